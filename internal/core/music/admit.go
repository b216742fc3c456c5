package music

import "github.com/atrilhq/platform/internal/core/plan"

// Admit refuses early, where a command is born, what can be refused without the
// guild's players: rights, plans and arguments are decided here for every
// surface. Step asks it again and then decides finally. Nil means admitted.
func Admit(c Command, _ Settings, e plan.Entitlements) *Refusal {
	switch do := c.Do.(type) {
	case nil:
		return &Refusal{Reason: ReasonUnknownOperation}
	case ShowQueue, ShowNowPlaying:
		return nil
	case Enqueue:
		if _, r := ParseQuery(do.Query); r != nil {
			return r
		}
	case SetVolume:
		if do.Percent != nil && (*do.Percent < 0 || *do.Percent > e.MaxVolume) {
			lifts := plan.Lifts(e.MaxVolume, func(e plan.Entitlements) int { return e.MaxVolume })
			if *do.Percent < 0 {
				lifts = ""
			}
			return &Refusal{Reason: ReasonVolumeRange, Limit: e.MaxVolume, Plan: lifts}
		}
	case Pause, Resume, Skip, Stop, Leave, Join:
	default:
		return &Refusal{Reason: ReasonUnknownOperation}
	}
	brings := false
	switch c.Do.(type) {
	case Enqueue, Join:
		brings = true
	}
	switch {
	case c.Actor.Voice == "" && (brings || !c.Actor.Operator):
		return &Refusal{Reason: ReasonNotInVoice}
	case brings && !c.Actor.Operator:
		return anyAccess(c.Actor)
	}
	return nil
}

// anyAccess refuses where no bot at all may play in the actor's channel.
func anyAccess(a Actor) *Refusal {
	var first *Refusal
	for _, b := range a.Bots {
		r := access(a, b.Bot)
		if r == nil {
			return nil
		}
		if first == nil {
			first = r
		}
	}
	return first
}

// access refuses where a bot may not play in the actor's channel. A surface
// that says nothing of a bot leaves it to Discord.
func access(a Actor, bot BotID) *Refusal {
	for _, b := range a.Bots {
		switch {
		case b.Bot != bot:
			continue
		case !b.Connect:
			return &Refusal{Reason: ReasonCannotConnect, Channel: a.Voice}
		case !b.Speak:
			return &Refusal{Reason: ReasonCannotSpeak, Channel: a.Voice}
		}
	}
	return nil
}
