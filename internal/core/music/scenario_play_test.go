package music_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
)

// as lets a member in a voice channel ask for something.
func (b *bench) as(user music.UserID, voice music.ChannelID, a music.Action) music.Answer {
	b.t.Helper()
	b.in(music.Command{
		Actor: music.Actor{User: user, Voice: voice, Text: text},
		Reply: music.ReplyTo{Surface: "test", ID: fmt.Sprintf("as-%d", b.n)}, Do: a,
	})
	got, _ := b.answer()
	return got
}

func (b *bench) pass(d time.Duration) { b.now = b.now.Add(d) }

// tick lets time pass until the guild wants a tick, and gives it.
func (b *bench) tick() music.Result {
	b.t.Helper()
	d := b.g.Deadline()
	if d.IsZero() {
		b.t.Fatal("nothing is due")
	}
	b.now = d
	return b.in(music.Tick{})
}

func (b *bench) refused(a music.Answer, why music.Reason) {
	b.t.Helper()
	if a.Kind != music.AnswerRefused || a.Refusal.Reason != why {
		b.t.Fatalf("got %+v %+v, want it refused for %s", a, a.Refusal, why)
	}
}

func (b *bench) kind(a music.Answer, k music.AnswerKind) {
	b.t.Helper()
	if a.Kind != k {
		b.t.Fatalf("got %+v %+v, want %s", a, a.Refusal, k)
	}
}

// event returns the last step's event of a type.
func event[T music.Payload](b *bench) T {
	b.t.Helper()
	for _, e := range b.last.Events {
		if p, ok := e.Payload.(T); ok {
			return p
		}
	}
	var none T
	b.t.Fatalf("no %s happened, but %+v", none.EventType(), b.last.Events)
	return none
}

// listening is a guild whose bot sounds, with more that waits.
func listening(t testing.TB, waiting ...string) *bench {
	b := newBench(t)
	b.play("first")
	b.joined()
	b.sounding()
	for _, w := range waiting {
		b.play(w)
	}
	return b
}

func (b *bench) titles() []string {
	var out []string
	for _, q := range b.player().Queue {
		if q.State == music.SlotReady {
			out = append(out, q.Track.Title())
		} else {
			out = append(out, string(q.State)+" "+q.Query().Text)
		}
	}
	return out
}

func (b *bench) waits(want ...string) {
	b.t.Helper()
	if got := b.titles(); !slices.Equal(got, want) {
		b.t.Fatalf("%v wait, want %v", got, want)
	}
}

func TestRefusals(t *testing.T) {
	percent := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		on   func(t testing.TB) *bench
		user music.UserID
		at   music.ChannelID
		do   music.Action
		want music.Reason
	}{
		"empty query":             {at: lounge, do: music.Enqueue{}, want: music.ReasonQueryEmpty},
		"10 MB query":             {at: lounge, do: music.Enqueue{Query: string(make([]byte, 10<<20))}, want: music.ReasonQueryTooLong},
		"unsupported address":     {at: lounge, do: music.Enqueue{Query: "file:///etc/passwd"}, want: music.ReasonURLUnsupported},
		"play outside voice":      {do: music.Enqueue{Query: "a"}, want: music.ReasonNotInVoice},
		"join outside voice":      {do: music.Join{}, want: music.ReasonNotInVoice},
		"skip outside voice":      {do: music.Skip{}, want: music.ReasonNotInVoice},
		"play in another channel": {at: quiet, do: music.Enqueue{Query: "a"}, want: music.ReasonOtherChannel},
		"skip in another channel": {at: quiet, do: music.Skip{}, want: music.ReasonOtherChannel},
		"resume what plays":       {at: lounge, do: music.Resume{}, want: music.ReasonNotPaused},
		"too loud":                {at: lounge, do: music.SetVolume{Percent: percent(151)}, want: music.ReasonVolumeRange},
		"below silence":           {at: lounge, do: music.SetVolume{Percent: percent(-1)}, want: music.ReasonVolumeRange},
		"nothing asked":           {at: lounge, want: music.ReasonUnknownOperation},
		"a pointer is no action":  {at: lounge, do: &music.Pause{}, want: music.ReasonUnknownOperation},
		"skip with no bot there":  {on: newBenchT, at: lounge, do: music.Skip{}, want: music.ReasonNotConnected},
		"queue with no bot there": {on: newBenchT, do: music.ShowQueue{}, want: music.ReasonQueueEmpty},
		"what plays with no bot":  {on: newBenchT, do: music.ShowNowPlaying{}, want: music.ReasonNothingPlaying},
		"grab with no bot there":  {on: newBenchT, do: music.Grab{}, want: music.ReasonNothingPlaying},
	} {
		t.Run(name, func(t *testing.T) {
			on := c.on
			if on == nil {
				on = func(t testing.TB) *bench { return listening(t) }
			}
			b := on(t)
			before := string(music.Dump(b.g))
			b.refused(b.as(ana, c.at, c.do), c.want)
			if string(music.Dump(b.g)) != before || b.last.Changed || len(b.last.Events) > 0 {
				t.Fatal("a refusal changed something")
			}
		})
	}
}

func newBenchT(t testing.TB) *bench { return newBench(t) }

func TestNothingPlays(t *testing.T) {
	b := newBench(t)
	b.as(ana, lounge, music.Join{})
	b.joined()
	for _, a := range []music.Action{music.Pause{}, music.Resume{}, music.Skip{}, music.Stop{}, music.ShowNowPlaying{}} {
		b.refused(b.as(ana, lounge, a), music.ReasonNothingPlaying)
	}
}

func TestVolumeBounds(t *testing.T) {
	b := listening(t)
	for _, n := range []int{0, 150} {
		b.kind(b.as(ana, lounge, music.SetVolume{Percent: &n}), music.AnswerVolume)
		if b.player().Volume != n || b.as(ana, lounge, music.SetVolume{}).Volume != n {
			t.Fatalf("the volume is %d, want %d", b.player().Volume, n)
		}
	}
	n := 200
	if a := b.as(ana, lounge, music.SetVolume{Percent: &n}); a.Refusal.Limit != 150 || a.Refusal.Plan != plan.Pro {
		t.Fatalf("the plan that lifts it is not named: %+v", a.Refusal)
	}
	e, _ := plan.Of(plan.Pro)
	b.in(music.EntitlementsChanged{Entitlements: e})
	b.kind(b.as(ana, lounge, music.SetVolume{Percent: &n}), music.AnswerVolume)
	if b.in(music.EntitlementsChanged{Entitlements: e}); b.last.Changed || len(b.last.Events) > 0 {
		t.Fatal("what did not change is told again")
	}
}

func TestPauseKeepsThePosition(t *testing.T) {
	b := listening(t)
	b.pass(time.Minute)
	b.kind(b.as(ana, lounge, music.Pause{}), music.AnswerPaused)
	at := event[music.PlayerPaused](b).PositionMS
	b.pass(time.Hour)
	b.refused(b.as(bruno, lounge, music.Pause{}), music.ReasonAlreadyPaused)
	if p := b.player().Play.PositionAt(b.now); p.Milliseconds() != at || at < 60_000 {
		t.Fatalf("paused at %d, and an hour later at %s", at, p)
	}
	b.kind(b.as(ana, lounge, music.Resume{}), music.AnswerResumed)
	b.pass(10 * time.Second)
	if p := b.player().Play.PositionAt(b.now); p.Milliseconds() != at+10_000 {
		t.Fatalf("goes on at %s", p)
	}
}

func TestSkips(t *testing.T) {
	t.Run("two members at once mean one track", func(t *testing.T) {
		b := listening(t, "second", "third")
		b.kind(b.as(ana, lounge, music.Skip{}), music.AnswerSkipped)
		b.pass(time.Second)
		if a := b.as(bruno, lounge, music.Skip{}); a.Refusal == nil || a.Refusal.Reason != music.ReasonAlreadySkipped || a.Refusal.User != ana {
			t.Fatalf("got %+v", a)
		}
		if b.player().Play.Track.Title() != "second" {
			t.Fatal("two tracks were skipped")
		}
		b.pass(music.SkipWindow)
		b.kind(b.as(bruno, lounge, music.Skip{}), music.AnswerSkipped)
	})
	t.Run("one member twice skips two", func(t *testing.T) {
		b := listening(t, "second", "third")
		b.as(ana, lounge, music.Skip{})
		b.kind(b.as(ana, lounge, music.Skip{}), music.AnswerSkipped)
		if b.player().Play.Track.Title() != "third" {
			t.Fatalf("%+v plays", b.player().Play)
		}
	})
	t.Run("what comes is pending", func(t *testing.T) {
		b := listening(t)
		b.as(ana, lounge, music.Enqueue{Query: "second"})
		slot := b.slot()
		if a := b.as(ana, lounge, music.Skip{}); a.Kind != music.AnswerSkipped || a.Now != nil {
			t.Fatalf("got %+v", a)
		}
		b.refused(b.as(bruno, lounge, music.Skip{}), music.ReasonAlreadySkipped)
		b.in(music.Resolved{Slot: slot, Tracks: []music.Track{track("second")}})
		if a, _ := b.answer(); a.Kind != music.AnswerPlaying {
			t.Fatalf("got %+v", a)
		}
	})
	t.Run("a late word for the skipped play is ignored", func(t *testing.T) {
		b := listening(t, "second")
		old := b.player().Play.ID
		b.as(ana, lounge, music.Skip{})
		for _, r := range []music.EndReason{music.EndReplaced, music.EndFinished, music.EndLoadFailed} {
			if b.in(music.PlayEnded{Bot: bot, Play: old, Reason: r}); b.last.Changed {
				t.Fatalf("%s of an old play counted", r)
			}
		}
	})
	t.Run("an old panel", func(t *testing.T) {
		b := listening(t, "second")
		old := b.player().Play.ID
		b.as(ana, lounge, music.Skip{})
		b.in(music.Command{Actor: music.Actor{User: bruno, Voice: lounge}, Reply: music.ReplyTo{Surface: "test", ID: "x"}, Bot: bot, Play: old, Do: music.Skip{}})
		a, _ := b.answer()
		b.refused(a, music.ReasonNotPlayer)
	})
}

func TestPendingSlots(t *testing.T) {
	t.Run("keep their places", func(t *testing.T) {
		b := listening(t)
		var slots []music.SlotID
		for _, q := range []string{"a", "b"} {
			b.as(ana, lounge, music.Enqueue{Query: q})
			slots = append(slots, b.slot())
		}
		b.as(ana, lounge, music.Enqueue{Query: "c", Next: true})
		b.in(music.Resolved{Slot: slots[1], Tracks: []music.Track{track("b"), track("unasked")}})
		b.waits("pending c", "pending a", "b")
		b.in(music.Resolved{Slot: slots[0], Playlist: "list", Total: 2, Tracks: []music.Track{track("a1"), track("a2")}})
		b.waits("pending c", "a1", "a2", "b")
	})
	t.Run("let a ready one pass after two seconds of silence", func(t *testing.T) {
		b := newBench(t)
		b.as(ana, lounge, music.Enqueue{Query: "slow"})
		b.play("fast")
		if b.player().Play != nil {
			t.Fatal("it passed at once")
		}
		since := b.now
		b.tick()
		if b.player().Play == nil || b.now.Sub(since) != music.SilenceWithin {
			t.Fatalf("after %s: %+v", b.now.Sub(since), b.player().Play)
		}
		b.waits("pending slow")
	})
	t.Run("fail after their time, and silence is measured anew", func(t *testing.T) {
		b := newBench(t)
		b.as(ana, lounge, music.Join{})
		b.joined()
		b.as(ana, lounge, music.Enqueue{Query: "slow"})
		b.tick()
		a, _ := b.answer()
		b.refused(a, music.ReasonResolveTimeout)
		if event[music.TrackRejected](b).Reason != "timeout" || !b.player().SilentSince.IsZero() {
			t.Fatalf("%+v", b.player())
		}
	})
	t.Run("give every failure its reason", func(t *testing.T) {
		for f, want := range map[music.ResolveFailure]music.Reason{
			music.FailureNone: music.ReasonNotFound, music.FailureNotFound: music.ReasonNotFound, music.FailureDenied: music.ReasonAddressDenied,
			music.FailureUnknown: music.ReasonURLUnsupported, music.FailureLoad: music.ReasonLoadFailed,
		} {
			b := listening(t)
			b.as(ana, lounge, music.Enqueue{Query: "x"})
			b.in(music.Resolved{Slot: b.slot(), Failure: f})
			a, _ := b.answer()
			b.refused(a, want)
		}
	})
	t.Run("stop answers them", func(t *testing.T) {
		b := listening(t)
		b.as(ana, lounge, music.Enqueue{Query: "x"})
		b.as(bruno, lounge, music.Stop{})
		if n := len(b.last.Effects); n < 3 {
			t.Fatalf("both are answered: %+v", b.last.Effects)
		}
		a, _ := b.answer()
		b.refused(a, music.ReasonCancelled)
	})
}

func TestLimits(t *testing.T) {
	b := listening(t)
	b.as(ana, lounge, music.Enqueue{Query: "huge"})
	all := make([]music.Track, 5000)
	for i := range all {
		all[i] = track(fmt.Sprint(i))
	}
	b.in(music.Resolved{Slot: b.slot(), Playlist: "huge", Total: 5000, Tracks: all})
	a, _ := b.answer()
	if a.Kind != music.AnswerPlaylist || a.Added != 200 || a.Total != 5000 || a.Limit != 200 || a.Plan != plan.Pro {
		t.Fatalf("got %+v", a)
	}
	full := b.as(ana, lounge, music.Enqueue{Query: "more"})
	b.refused(full, music.ReasonQueueFull)
	if full.Refusal.Limit != 200 || full.Refusal.Plan != plan.Pro {
		t.Fatalf("got %+v", full.Refusal)
	}
	page := b.as(ana, "", music.ShowQueue{Page: 99}).Queue
	if page.Page != 20 || page.Pages != 20 || page.Total != 200 || page.Slots[9].Position != 200 {
		t.Fatalf("got %+v", page)
	}
	if n := b.as(ana, lounge, music.Stop{}).Count; n != 200 {
		t.Fatalf("%d were removed", n)
	}
}

func TestErrorsHaltAndResumeGoesOn(t *testing.T) {
	b := listening(t, "b", "c", "d", "e")
	for i := range music.MaxFailures {
		p := b.player().Play.ID
		if i == 1 {
			b.in(music.PlayStuck{Bot: bot, Play: p})
		} else {
			b.in(music.PlayException{Bot: bot, Play: p, Message: "x"})
			if b.player().Play == nil || b.player().Play.ID != p {
				t.Fatal("an exception alone moved on")
			}
			b.in(music.PlayEnded{Bot: bot, Play: p, Reason: music.EndLoadFailed})
		}
	}
	if p := b.player(); !p.Halted || p.Play != nil || len(p.Queue) != 2 || p.IdleAt.IsZero() {
		t.Fatalf("%+v", p)
	}
	event[music.PlayerHalted](b)
	if a := b.as(ana, lounge, music.Resume{}); a.Kind != music.AnswerResumed || a.Track.Title != "d" {
		t.Fatalf("got %+v", a)
	}
	b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndLoadFailed})
	if b.player().Halted || b.player().Play == nil {
		t.Fatal("the count began anew")
	}
}

func TestErrorsCountOnlyInARow(t *testing.T) {
	b := listening(t, "b", "c", "d", "e", "f")
	fail := func() { b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndLoadFailed}) }
	fail()
	fail()
	b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndFinished})
	fail()
	if p := b.player(); p.Halted || p.Play == nil || len(p.Failures) != 1 {
		t.Fatalf("%+v", p)
	}
}

func TestOperators(t *testing.T) {
	b := listening(t, "b")
	op := func(c music.Command) music.Answer {
		c.Actor, c.Reply = music.Actor{User: "op", Operator: true}, music.ReplyTo{Surface: "api", ID: fmt.Sprint(b.n)}
		b.in(c)
		a, _ := b.answer()
		return a
	}
	b.kind(op(music.Command{Do: music.Pause{}}), music.AnswerPaused)
	b.kind(op(music.Command{Do: music.Skip{}, Bot: bot}), music.AnswerSkipped)
	b.refused(op(music.Command{Do: music.Skip{}, Bot: "nobody"}), music.ReasonNotConnected)
	b.refused(op(music.Command{Do: music.Enqueue{Query: "x"}}), music.ReasonNotInVoice)
	b.kind(op(music.Command{Do: music.Leave{}}), music.AnswerLeft)
}
