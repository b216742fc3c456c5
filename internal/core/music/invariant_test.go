package music_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// judge watches a guild step by step and says what did not stay true. It keeps
// only what the guild itself cannot tell: what was asked and what was begun.
type judge struct {
	// open are the replies that are owed.
	open map[string]bool
	// closed are those that were given.
	closed map[string]bool
	// plays are the plays that began and did not end, by bot.
	plays map[music.BotID]music.PlayID
	// over are the plays that ended.
	over map[music.PlayID]bool
	ids  map[music.EventID]bool
	// listened is for how long each play has sounded.
	listened map[music.PlayID]time.Duration
}

func newJudge() *judge {
	return &judge{
		open: map[string]bool{}, closed: map[string]bool{}, plays: map[music.BotID]music.PlayID{},
		over: map[music.PlayID]bool{}, ids: map[music.EventID]bool{}, listened: map[music.PlayID]time.Duration{},
	}
}

// watch judges one step from before to r at now.
func (j *judge) watch(before music.Guild, in music.Input, r music.Result, now time.Time) error {
	if c, ok := in.Body.(music.Command); ok && c.Reply.Owed() {
		j.open[c.Reply.ID] = true
	}
	for _, f := range []func() error{
		func() error { return shape(&r.Guild) },
		func() error { return j.events(r) },
		func() error { return j.replies(r) },
		func() error { return decisions(&before, r) },
		func() error { return kept(&before, in, r) },
		func() error { return j.heard(&before, r, now) },
		func() error { return order(&before, in, &r.Guild) },
		func() error { return deadline(r.Guild, now) },
	} {
		if err := f(); err != nil {
			return fmt.Errorf("after %s %+v: %w", in.Kind(), in.Body, err)
		}
	}
	return nil
}

// shape is what is true of every guild at any time.
func shape(g *music.Guild) error {
	slots := map[music.SlotID]bool{}
	for i, p := range g.Players {
		fail := func(what string) error { return fmt.Errorf("player %s: %s: %+v", p.Bot, what, p) }
		v := p.Voice
		switch {
		case i > 0 && g.Players[i-1].Bot >= p.Bot:
			return fail("players are out of order")
		case p.Kept.Waits() && (v.Want != "" || len(p.Queue) == 0 || !p.SilentSince.IsZero()):
			return fail("a queue is kept by a bot that is wanted, or there is none")
		case v.Want == "" && (p.Play != nil || len(p.Queue) > 0 && !p.Kept.Waits() || len(p.Owed) > 0 || p.Halted):
			return fail("it has something to do and is wanted nowhere")
		case v.Want == "" && (!v.JoinBy.IsZero() || !p.IdleAt.IsZero() || !p.EmptyAt.IsZero() || !p.AskedAt.IsZero() || !p.SurplusAt.IsZero()):
			return fail("it is wanted nowhere and has a deadline")
		case v.Want != "" && v.Want != v.Channel && v.JoinBy.IsZero():
			return fail("it is not where it is wanted and nothing gives that up")
		case v.Reset && v.Channel == "":
			return fail("it has to leave and is nowhere")
		case v.Channel == "" && v.Session != "":
			return fail("it has a session and is nowhere")
		case len(p.Owed) > 0 && v.JoinBy.IsZero():
			return fail("answers wait for no join")
		case p.Paused && p.Play == nil:
			return fail("nothing is paused")
		case p.Play == nil && !p.Halted && !p.Kept.Waits() && len(p.Queue) > 0 && p.Queue[0].State == music.SlotReady:
			return fail("a track is ready and nothing plays")
		case p.Play == nil && !p.Halted && !p.Kept.Waits() && len(p.Queue) > 0 && p.SilentSince.IsZero():
			return fail("silence is not measured")
		case len(p.Queue) == 0 && !p.SilentSince.IsZero():
			return fail("silence is measured with nothing to come")
		case (v.Want != "" && p.Play == nil && (p.Halted || len(p.Queue) == 0)) == p.IdleAt.IsZero():
			return fail("idle and its timer differ")
		case len(p.Failures) > music.MaxFailures || p.Halted != (len(p.Failures) >= music.MaxFailures):
			return fail("failures and the halt differ")
		case p.Play != nil && (p.Play.Retries > music.MaxRetries || p.Play.ID == "" || p.Play.Anchor.Position < 0):
			return fail("a play that cannot be")
		case len(p.Tried) > 0 && (v.JoinBy.IsZero() || len(p.Tried) > len(pool)):
			return fail("it is on its way for another bot and on no way, or round in circles")
		case v.Resets > music.MaxRetries:
			return fail("too many resets")
		case p.Volume > g.Entitlements.MaxVolume:
			return fail("it is louder than the plan allows")
		}
		if len(p.History) > music.HistoryLength || p.Loop == music.LoopOff || v.Want == "" && p.Loop != "" {
			return fail("a history without bound, or a loop of nothing")
		}
		for _, q := range p.History {
			if slots[q.ID] || q.State != music.SlotPlayed || q.Reply().Owed() || !q.Deadline().IsZero() || (p.Play != nil && p.Play.Slot == q.ID) {
				return fail("what was played is not over")
			}
			slots[q.ID] = true
		}
		unready := 0
		for _, q := range p.Queue {
			if slots[q.ID] || q.ID == "" || (p.Play != nil && p.Play.Slot == q.ID) {
				return fail("slot " + string(q.ID) + " is in two places")
			}
			slots[q.ID] = true
			if q.State != music.SlotReady {
				unready++
			}
			if (q.State == music.SlotPending) == q.Deadline().IsZero() {
				return fail("a slot is pending for ever, or due without being pending")
			}
			if q.Reply().Owed() && q.State != music.SlotPending {
				return fail("a slot that was answered still owes")
			}
		}
		if unready != p.Unready {
			return fail(fmt.Sprintf("%d slots are not ready", unready))
		}
	}
	return nil
}

func (j *judge) replies(r music.Result) error {
	for _, e := range r.Effects {
		a, ok := e.(music.Respond)
		if !ok {
			continue
		}
		if !j.open[a.To.ID] {
			return fmt.Errorf("reply %s was answered again, or never asked: %+v", a.To.ID, a.Answer)
		}
		if a.Answer.Kind == "" || (a.Answer.Kind == music.AnswerRefused) == (a.Answer.Refusal == nil) {
			return fmt.Errorf("an answer that says nothing: %+v", a.Answer)
		}
		delete(j.open, a.To.ID)
		j.closed[a.To.ID] = true
	}
	held := map[string]bool{}
	for _, to := range owed(&r.Guild) {
		if held[to] || !j.open[to] {
			return fmt.Errorf("reply %s is owed twice or was given before", to)
		}
		held[to] = true
	}
	for id := range j.open {
		if !held[id] {
			return fmt.Errorf("reply %s is lost", id)
		}
	}
	return nil
}

// owed lists the replies that a guild still owes.
func owed(g *music.Guild) []string {
	var out []string
	for _, p := range g.Players {
		for _, o := range p.Owed {
			out = append(out, o.To.ID)
		}
		if p.Unready == 0 {
			continue
		}
		for _, q := range p.Queue {
			if q.Reply().Owed() {
				out = append(out, q.Reply().ID)
			}
		}
	}
	return out
}

// decisions holds what we decide ourselves against the limits: never two bots
// wanted in one channel, never a queue above its limit.
func decisions(before *music.Guild, r music.Result) error {
	for _, p := range r.Guild.Players {
		was := before.Player(p.Bot)
		limit := r.Guild.Entitlements.QueueLength
		if was != nil {
			// What was over and what goes round were let in before.
			limit = max(limit, len(was.Queue))
			if back(r, p.Bot) {
				limit = max(limit, min(len(was.Queue)+1, max(len(was.Queue), limit+music.HistoryLength)))
			}
		}
		// A queue that was let grow above its limit keeps its length with another bot.
		for _, o := range before.Players {
			if o.Bot != p.Bot && heir(r, o.Bot) == p.Bot {
				limit = max(limit, len(o.Queue))
			}
		}
		if len(p.Queue) > limit {
			return fmt.Errorf("player %s: %d tracks wait, %d may", p.Bot, len(p.Queue), limit)
		}
		if p.Voice.Want == "" || was != nil && was.Voice.Want == p.Voice.Want || moved(r, p.Bot) {
			continue
		}
		busy := 0
		for _, o := range r.Guild.Players {
			if o.Bot != p.Bot && o.Voice.Want == p.Voice.Want {
				return fmt.Errorf("%s and %s are wanted in %s", o.Bot, p.Bot, p.Voice.Want)
			}
			if o.Voice.Want != "" {
				busy++
			}
		}
		// A hand-over after a downgrade goes on with as many as before.
		if busy >= max(r.Guild.Entitlements.Bots+1, len(wanted(before))+1) {
			return fmt.Errorf("%d bots are used", busy)
		}
		if !slices.Contains(r.Guild.Bots, p.Bot) {
			return fmt.Errorf("%s is not in the guild", p.Bot)
		}
	}
	return nil
}

// wanted are the bots that are wanted in a channel.
func wanted(g *music.Guild) []music.BotID {
	var out []music.BotID
	for _, p := range g.Players {
		if p.Voice.Want != "" {
			out = append(out, p.Bot)
		}
	}
	return out
}

func moved(r music.Result, bot music.BotID) bool {
	return slices.ContainsFunc(r.Events, func(e music.Event) bool {
		m, ok := e.Payload.(music.VoiceMoved)
		return ok && m.Bot == bot
	})
}

// order holds that what waits keeps its order, and that a track is started
// before another only past slots that are not ready.
func order(before *music.Guild, in music.Input, after *music.Guild) error {
	if c, ok := in.Body.(music.Command); ok && reorders(c.Do) {
		return nil
	}
	for _, was := range before.Players {
		p := after.Player(was.Bot)
		if p == nil {
			continue
		}
		at := make(map[music.SlotID]int, len(was.Queue))
		for i, q := range was.Queue {
			at[q.ID] = i
		}
		last := -1
		for _, q := range p.Queue {
			i, ok := at[q.ID]
			if ok && i < last {
				return fmt.Errorf("player %s: slot %s lost its place", p.Bot, q.ID)
			}
			last = max(last, i)
		}
		if p.Play == nil || was.Play != nil && was.Play.ID == p.Play.ID {
			continue
		}
		from, ok := at[p.Play.Slot]
		for _, q := range p.Queue {
			if i, old := at[q.ID]; ok && old && i < from && q.State == music.SlotReady {
				return fmt.Errorf("player %s: slot %s was passed by", p.Bot, q.ID)
			}
		}
	}
	return nil
}

// deadline holds that a tick at the deadline leads on: the next one is later.
func deadline(g music.Guild, now time.Time) error {
	d := g.Deadline()
	if d.IsZero() {
		return nil
	}
	if g.Recovering() {
		return fmt.Errorf("a deadline while the guild recovers")
	}
	if d.Before(now) {
		d = now
	}
	r := music.Step(g, music.Input{ID: "tick", Guild: g.ID, Body: music.Tick{}}, d)
	if next := r.Guild.Deadline(); !next.IsZero() && !next.After(d) {
		return fmt.Errorf("a timer loop: due at %s, and then at %s", d, next)
	}
	return nil
}
