package music

import (
	"slices"

	"github.com/atrilhq/platform/internal/core/plan"
)

// Admit refuses early, where a command is born, what can be refused without the
// guild's players: rights, plans and arguments are decided here for every
// surface. Step asks it again and then decides finally. Nil means admitted.
func Admit(c Command, set Settings, e plan.Entitlements) *Refusal {
	needs, r := argued(c, e)
	if r != nil {
		return r
	}
	if r := set.closed(c.Actor, c.Actor.Text); r != nil {
		return r
	}
	if needs == needsNothing {
		return nil
	}
	switch {
	case c.Actor.Voice == "" && (needs == needsBot || !c.Actor.Operator):
		return &Refusal{Reason: ReasonNotInVoice}
	case c.Actor.Voice != "":
		if r := set.closed(c.Actor, c.Actor.Voice); r != nil {
			return r
		}
	}
	if needs == needsBot && !c.Actor.Operator {
		return anyAccess(c.Actor)
	}
	return nil
}

// need is what an action asks of its actor.
type need int

const (
	// needsNothing reads, or changes what is of no channel.
	needsNothing need = iota
	// needsPlayer is about what plays in the actor's channel.
	needsPlayer
	// needsBot brings a bot there, or is about to.
	needsBot
)

// argued says what an action needs, and refuses arguments that can never do.
func argued(c Command, e plan.Entitlements) (need, *Refusal) {
	switch do := c.Do.(type) {
	case ShowQueue, ShowNowPlaying, ShowHistory, Grab, ShowBots, ShowSettings:
		return needsNothing, nil
	case ChangeSettings:
		if !c.Actor.Admin && !c.Actor.Operator {
			return 0, &Refusal{Reason: ReasonNotAdmin}
		}
		return needsNothing, do.Change.check(e)
	case Enqueue:
		_, r := ParseQuery(do.Query)
		return needsBot, r
	case Search:
		_, r := ParseQuery(do.Query)
		return needsBot, r
	case Join:
		return needsBot, nil
	case SetVolume:
		if do.Percent != nil && (*do.Percent < 0 || *do.Percent > e.MaxVolume) {
			return 0, &Refusal{Reason: ReasonVolumeRange, Limit: e.MaxVolume, Plan: liftsVolume(*do.Percent, e)}
		}
	case SetLoop:
		if !slices.Contains([]LoopMode{"", LoopOff, LoopTrack, LoopQueue}, do.Mode) {
			return 0, &Refusal{Reason: ReasonLoopUnknown}
		}
	case Remove:
		if do.ways() > 1 {
			return 0, &Refusal{Reason: ReasonUnknownOperation}
		}
	case SkipTo:
		if do.Slot != "" && do.Position != 0 {
			return 0, &Refusal{Reason: ReasonUnknownOperation}
		}
	case Pause, Resume, Skip, Stop, Leave, Previous, Seek, SeekBy, Replay, Move, Swap, Shuffle, Clear:
	default:
		return 0, &Refusal{Reason: ReasonUnknownOperation}
	}
	return needsPlayer, nil
}

// OnlyReads says whether an action changes nothing and leads to no change.
func OnlyReads(do Action) bool {
	switch do.(type) {
	case ShowQueue, ShowNowPlaying, ShowHistory, Grab, ShowBots, ShowSettings:
		return true
	}
	return false
}

// liftsVolume names the plan that allows a volume, none for one below 0.
func liftsVolume(percent int, e plan.Entitlements) plan.Name {
	if percent < 0 {
		return ""
	}
	return plan.Lifts(e.MaxVolume, func(e plan.Entitlements) int { return e.MaxVolume })
}

// ways counts how many different things a removal names.
func (r Remove) ways() int {
	n := 0
	for _, set := range []bool{r.From != 0 || r.To != 0, r.Slot != "", r.Duplicates, r.By != ""} {
		if set {
			n++
		}
	}
	return n
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
		case b.Full:
			return &Refusal{Reason: ReasonJoinTimeout, Channel: a.Voice}
		case !b.Connect:
			return &Refusal{Reason: ReasonCannotConnect, Channel: a.Voice}
		case !b.Speak:
			return &Refusal{Reason: ReasonCannotSpeak, Channel: a.Voice}
		}
	}
	return nil
}
