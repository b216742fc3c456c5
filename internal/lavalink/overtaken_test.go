package lavalink_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// A play that has just ended is not started again, for its owner may not know
// of the end. One who seeks in it wants it to go on, and need not wait.
func TestASeekAfterTheEndStartsThePlayAgain(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	d := r.wanted("p1", "blink")
	o.apply(d)
	body[music.PlayStarted](o)
	r.nodeClock.Advance(4 * time.Second)
	if e := body[music.PlayEnded](o); e.Reason != music.EndFinished || e.Seeks != 0 {
		t.Fatalf("%+v", e)
	}
	if err := o.link.Apply(t.Context(), guild, d); fault.CodeOf(err) != fault.Pending {
		t.Fatalf("its end is not waited for: %v", err)
	}
	r.wire.sent()
	d.Seeks, d.Position = 1, time.Second
	o.apply(d)
	if sent := r.wire.sent(); len(sent) != 1 {
		t.Fatalf("sent %q", sent)
	}
	body[music.PlayStarted](o)
	if all := r.node.Players(); len(all) != 1 || all[0].Identifier == "" || all[0].Position < 1000 {
		t.Fatalf("the node has %+v", all)
	}
	r.nodeClock.Advance(4 * time.Second)
	if e := body[music.PlayEnded](o); e.Reason != music.EndFinished || e.Seeks != 1 {
		t.Fatalf("the end after the seek is %+v", e)
	}
}
