package lavalink_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
)

func TestANewSessionIsStoredAndPlays(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	up := o.up()
	if up.Resumed || up.Steered {
		t.Fatalf("a first session came up as %+v", up)
	}
	sessions := r.node.Sessions()
	if len(sessions) != 1 || !sessions[0].Resuming || sessions[0].Timeout != 300 || sessions[0].User != string(bot) {
		t.Fatalf("the node's sessions: %+v", sessions)
	}
	if len(o.saved) != 1 || o.saved[0] != up.Session {
		t.Fatalf("saved %v, the session is %s", o.saved, up.Session)
	}
	o.apply(r.wanted("p1", "blink"))
	if s := body[music.PlayStarted](o); s.Play != "p1" || s.Bot != bot {
		t.Fatalf("started %+v", s)
	}
	r.nodeClock.Advance(time.Second)
	if err := o.link.Snapshot(context.Background(), guild); err != nil {
		t.Fatal(err)
	}
	if s := body[music.NodeSnapshot](o); s.Play != "p1" || s.Fresh || s.Position <= 0 || s.Node != "one" {
		t.Fatalf("snapshot %+v", s)
	}
	if p := body[music.PlayPosition](o); p.Play != "p1" || p.Position <= 0 || p.Speed != 1 {
		t.Fatalf("position %+v", p)
	}
	r.nodeClock.Advance(3 * time.Second)
	if e := body[music.PlayEnded](o); e.Play != "p1" || e.Reason != music.EndFinished {
		t.Fatalf("ended %+v", e)
	}
	if seen, ok := o.link.Observe(guild); !ok || seen.Play != "" || !seen.Connected {
		t.Fatalf("observed after the end: %+v %v", seen, ok)
	}
}

func TestAPositionIsReportedFirstAndWhenItDrifts(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	o.apply(r.wanted("p1", "last-ferry"))
	body[music.PlayStarted](o)
	both := func(d time.Duration) {
		before, _ := o.link.Observe(guild)
		o.clock.Advance(d)
		r.nodeClock.Advance(d)
		// Taken over, not only read: the link judges a position by its own clock.
		eventually(t, "a player update", func() bool {
			seen, _ := o.link.Observe(guild)
			return seen.Position > before.Position && seen.At.Equal(o.clock.Now())
		})
	}
	both(5 * time.Second)
	first := body[music.PlayPosition](o)
	for range 4 {
		both(5 * time.Second) // as expected: nothing to say
	}
	if n := len(o.events); n != 0 {
		t.Fatalf("%d events for a play that goes on as expected: %+v", n, <-o.events)
	}
	seen, _ := o.link.Observe(guild)
	if seen.Position < first.Position+15*time.Second {
		t.Fatalf("observed %v after %v", seen.Position, first.Position)
	}
	r.nodeClock.Advance(5 * time.Second) // only the node's time goes on
	if p := body[music.PlayPosition](o); p.Position < seen.Position+4*time.Second {
		t.Fatalf("drifted to %v, observed before %v", p.Position, seen.Position)
	}
}

func TestTroubleOfTracksIsReported(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	o.apply(r.wanted("p1", "broken-start"))
	r.nodeClock.Advance(time.Second)
	if x := body[music.PlayException](o); x.Play != "p1" || x.Message == "" {
		t.Fatalf("exception %+v", x)
	}
	if e := body[music.PlayEnded](o); e.Play != "p1" || e.Reason != music.EndLoadFailed {
		t.Fatalf("ended %+v", e)
	}
	o.apply(r.wanted("p2", "stuck-needle"))
	r.nodeClock.Advance(15 * time.Second)
	if s := body[music.PlayStuck](o); s.Play != "p2" {
		t.Fatalf("stuck %+v", s)
	}
	o.apply(r.wanted("p3", "ocean-floor"))
	if e := body[music.PlayEnded](o); e.Play != "p2" || e.Reason != music.EndReplaced {
		t.Fatalf("ended %+v", e)
	}
	if err := r.node.CloseVoice(string(bot), string(guild), 4014, "moved", true); err != nil {
		t.Fatal(err)
	}
	if c := body[music.VoiceClosed](o); c.Code != 4014 || c.Bot != bot {
		t.Fatalf("closed %+v", c)
	}
	r.wire.sent()
	o.apply(r.wanted("p3", "ocean-floor"))
	if sent := r.wire.sent(); len(sent) != 1 {
		t.Fatalf("the voice connection was not asked for again: %v", sent)
	}
}

func TestNothingIsPlayedOnASessionThatWasNotStored(t *testing.T) {
	r := newRig(t)
	var calls atomic.Int32
	o := r.own("", func(opts *lavalink.Options) {
		save := opts.SaveSession
		opts.SaveSession = func(ctx context.Context, id string) error {
			if calls.Add(1) == 1 {
				return fault.New(fault.Conflict, "store", "an older epoch")
			}
			return save(ctx, id)
		}
	})
	if err := o.down(); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("down because of %v", err)
	}
	up := o.up()
	if calls.Load() != 2 || up.Session != o.saved[0] {
		t.Fatalf("%d calls, saved %v, up %+v", calls.Load(), o.saved, up)
	}
	eventually(t, "the session that was not stored is gone", func() bool { return len(r.node.Sessions()) == 1 })
}

func TestNothingIsDialledWithoutALease(t *testing.T) {
	r := newRig(t)
	var held atomic.Bool
	o := r.own("", func(opts *lavalink.Options) { opts.HasLease = held.Load })
	for range 5 {
		o.clock.BlockUntilContext(t.Context(), 1) //nolint:errcheck // a test that ends
		o.clock.Advance(time.Second)
	}
	if c := o.link.Counters(); c.Opened != 0 || len(r.node.Sessions()) != 0 {
		t.Fatalf("dialled without a lease: %+v", c)
	}
	held.Store(true)
	o.up()
	held.Store(false)
	err := o.link.Apply(context.Background(), guild, r.wanted("p1", "blink"))
	if fault.CodeOf(err) != fault.Conflict || len(r.node.Players()) != 0 {
		t.Fatalf("applied without a lease: %v, %+v", err, r.node.Players())
	}
	if s := o.link.Status(); s.State != lavalink.StateUp {
		t.Fatalf("the socket went with the lease: %+v", s)
	}
}

func TestAnOwnerThatIsSlowStallsNothing(t *testing.T) {
	r := newRig(t)
	gate := make(chan struct{})
	var seen atomic.Int32
	o := r.own("", func(opts *lavalink.Options) {
		opts.Events = func(lavalink.Event) { <-gate; seen.Add(1) }
	})
	eventually(t, "the link is up", func() bool { return o.link.Status().State == lavalink.StateUp })
	for n := range 50 {
		o.apply(r.wanted(music.PlayID("p"+string(rune('A'+n%26))), "last-ferry"))
	}
	eventually(t, "events wait", func() bool { return o.link.Status().Backlog > 50 })
	waiting := o.link.Status().Backlog
	close(gate)
	eventually(t, "all are delivered", func() bool { return int(seen.Load()) > waiting && o.link.Status().Backlog == 0 })
}

func TestNewLinkRefusesWhatCannotWork(t *testing.T) {
	r := newRig(t)
	full := lavalink.Options{
		Client: r.client, Bot: bot, Events: func(lavalink.Event) {}, SaveSession: func(context.Context, string) error { return nil },
	}
	for name, change := range map[string]func(*lavalink.Options){
		"bot":    func(o *lavalink.Options) { o.Bot = "front" },
		"zero":   func(o *lavalink.Options) { o.Bot = "0" },
		"client": func(o *lavalink.Options) { o.Client = nil },
		"events": func(o *lavalink.Options) { o.Events = nil },
		"save":   func(o *lavalink.Options) { o.SaveSession = nil },
	} {
		opts := full
		change(&opts)
		if _, err := lavalink.NewLink(opts); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
