package lavalink_test

import (
	"context"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	sim "github.com/atrilhq/platform/internal/sim/lavalink"
)

// gaps returns how often a play's sound was interrupted or moved.
func (r *rig) gaps() (n int) {
	for _, line := range r.node.Timeline() {
		for _, rec := range line.Records {
			if rec.Kind == sim.KindSilence || rec.Kind == sim.KindSeek {
				n++
			}
		}
	}
	return n
}

func TestASuccessorAdoptsWhatPlays(t *testing.T) {
	r := newRig(t)
	first := r.own("")
	session := first.up().Session
	first.apply(r.wanted("p1", "last-ferry"))
	r.nodeClock.Advance(10 * time.Second)
	first.leave()
	eventually(t, "the node noticed", func() bool { return !r.node.Sessions()[0].Connected })
	r.nodeClock.Advance(20 * time.Second)

	second := r.own(session)
	if up := second.up(); !up.Resumed || up.Steered || up.Session != session {
		t.Fatalf("up %+v", up)
	}
	snap := body[music.NodeSnapshot](second)
	if snap.Play != "p1" || snap.Fresh || snap.Position < 29*time.Second || snap.Position > 30*time.Second {
		t.Fatalf("snapshot %+v", snap)
	}
	if len(second.saved) != 0 {
		t.Fatalf("an adopted session was stored again: %v", second.saved)
	}
	r.wire.sent()
	later := r.wanted("p1", "last-ferry")
	later.Epoch = 4
	second.apply(later)
	if sent := r.wire.sent(); len(sent) != 1 || sent[0] != `{"track":{"userData":{"play":"p1","epoch":4}}}` {
		t.Fatalf("reasserted with %v", sent)
	}
	second.apply(later)
	if sent := r.wire.sent(); len(sent) != 0 {
		t.Fatalf("sent again: %v", sent)
	}
	if n := r.gaps(); n != 0 {
		t.Fatalf("%d gaps: %+v", n, r.node.Timeline())
	}
	// The node says the new epoch from now on, so the old owner is fenced off.
	if err := second.link.Apply(context.Background(), guild, r.wanted("p0", "blink")); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("an older epoch was applied: %v", err)
	}
}

func TestASessionWhoseSocketStandsIsSteeredByREST(t *testing.T) {
	r := newRig(t)
	first := r.own("")
	session := first.up().Session
	first.apply(r.wanted("p1", "last-ferry"))
	r.nodeClock.Advance(10 * time.Second)

	second := r.own(session)
	if up := second.up(); !up.Resumed || !up.Steered {
		t.Fatalf("up %+v", up)
	}
	if snap := body[music.NodeSnapshot](second); snap.Play != "p1" {
		t.Fatalf("snapshot %+v", snap)
	}
	if c := second.link.Counters(); c.Opened != 0 {
		t.Fatalf("a socket was opened although one stands: %+v", c)
	}
	paused := r.wanted("p1", "last-ferry")
	paused.Paused, paused.Epoch = true, 4
	second.apply(paused)
	if p := r.node.Players(); len(p) != 1 || !p[0].Paused {
		t.Fatalf("players %+v", p)
	}
	// What ends meanwhile shows in polling.
	next := r.wanted("p2", "blink")
	next.Epoch = 4
	second.apply(next)
	r.nodeClock.Advance(4 * time.Second)
	if snap := body[music.NodeSnapshot](second); snap.Play != "" {
		t.Fatalf("snapshot %+v", snap)
	}
	if s := r.node.Sessions(); len(s) != 1 {
		t.Fatalf("sessions %+v", s)
	}
	first.leave()
	if up := second.up(); !up.Resumed || up.Steered || up.Session != session {
		t.Fatalf("up %+v", up)
	}
	if c := second.link.Counters(); c.Steered != 1 || c.Opened != 1 || c.Resumed != 1 || c.Fresh != 0 {
		t.Fatalf("counters %+v", c)
	}
}

func TestACutSocketIsResumedAndEventsReplayed(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	session := o.up().Session
	o.apply(r.wanted("p1", "blink"))
	body[music.PlayStarted](o)
	// What the link is told while its socket is down has to wait for it.
	r.node.CutSockets()
	r.nodeClock.Advance(4 * time.Second)
	o.down()
	if up := o.up(); !up.Resumed || up.Session != session {
		t.Fatalf("up %+v", up)
	}
	if e := body[music.PlayEnded](o); e.Play != "p1" || e.Reason != music.EndFinished {
		t.Fatalf("ended %+v", e)
	}
	if len(o.saved) != 1 {
		t.Fatalf("saved %v", o.saved)
	}
	o.apply(r.wanted("p2", "blink"))
	if s := body[music.PlayStarted](o); s.Play != "p2" {
		t.Fatalf("started %+v", s)
	}
}

func TestARestartedNodeMakesEverythingFresh(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	old := o.up().Session
	d := r.wanted("p1", "last-ferry")
	o.apply(d)
	r.nodeClock.Advance(time.Second)
	r.node.ForgetSessions()
	o.down()
	up := o.up()
	if up.Resumed || up.Session == old {
		t.Fatalf("up %+v", up)
	}
	if snap := body[music.NodeSnapshot](o); snap.Play != "" || !snap.Fresh {
		t.Fatalf("snapshot %+v", snap)
	}
	if len(o.saved) != 2 || o.saved[1] != up.Session {
		t.Fatalf("saved %v", o.saved)
	}
	d.Position = time.Second
	o.apply(d)
	p := r.node.Players()
	if len(p) != 1 || p[0].Position != 1000 || p[0].Session != up.Session || !p[0].Connected {
		t.Fatalf("players %+v", p)
	}
	// A guild that the link never heard of is fresh too.
	if err := o.link.Snapshot(context.Background(), "7002"); err != nil {
		t.Fatal(err)
	}
	e := o.next("snapshot of 7002", func(e lavalink.Event) bool { return e.Guild == "7002" })
	if snap, ok := e.Body.(music.NodeSnapshot); !ok || !snap.Fresh || snap.Play != "" {
		t.Fatalf("event %+v", e)
	}
	if p := r.node.Players(); len(p) != 1 {
		t.Fatalf("asking made a player: %+v", p)
	}
}

func TestANodeThatIsAwayIsWaitedFor(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	session := o.up().Session
	o.apply(r.wanted("p1", "last-ferry"))
	r.node.SetDown(true)
	o.down()
	err := o.link.Apply(context.Background(), guild, lavalink.Desired{Gone: true})
	if fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("applied to a link that is down: %v", err)
	}
	eventually(t, "some attempts", func() bool {
		o.clock.Advance(time.Second)
		return o.link.Status().Failures >= 3
	})
	if n := len(o.events); n != 0 {
		t.Fatalf("%d more events for the same outage", n)
	}
	r.node.SetDown(false)
	if up := o.up(); !up.Resumed || up.Session != session {
		t.Fatalf("up %+v", up)
	}
}

func TestDestroyLeavesNothing(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	o.apply(r.wanted("p1", "last-ferry"))
	if err := o.link.Destroy(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.leave()
	eventually(t, "the session is gone", func() bool { return len(r.node.Sessions()) == 0 })
}
