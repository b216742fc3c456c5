package partition_test

import (
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

const ttl = 5 * time.Second

// doubtful starts a loop whose partitions were owned for one lease, which ran
// out, and lets it commit a command in each.
func doubtful(t *testing.T) (r *rig, a, b music.GuildID) {
	t.Helper()
	r = newRig(t, 2)
	a, b = guildIn(0, 2, 0), guildIn(1, 2, 0)
	r.warm(a, b)
	for p := range 2 {
		r.loop.Prolong(p, r.clock.Now().Add(ttl))
	}
	r.check(func() { r.told, r.converge = nil, nil })
	r.advance(ttl)
	release := r.hold("f0", a)
	r.deliver(command("ca", a), command("cb", b))
	release()
	r.until("all is stored", func() bool { return len(r.store.journal) == 3 })
	r.settle()
	r.check(func() {
		if len(r.told) > 0 || len(r.converge) > 0 {
			t.Fatalf("told while the lease is in doubt: %+v", r.told)
		}
	})
	if _, rest, ok := r.loop.Epoch(a); ok || rest > 0 {
		t.Error("a lease in doubt is no right to act")
	}
	if _, ok := r.loop.PartitionEpoch(0); ok {
		t.Error("a lease in doubt is no right to act")
	}
	return r, a, b
}

func TestWhatIsHeldBackIsToldOnceTheLeaseIsBack(t *testing.T) {
	r, _, _ := doubtful(t)
	r.loop.Prolong(0, r.clock.Now().Add(ttl))
	r.settle()
	r.check(func() {
		if first, _ := r.acknowledged(); slices.Contains(first, "cb") {
			t.Error("told while one of its leases is in doubt")
		}
	})
	r.loop.Prolong(1, r.clock.Now().Add(ttl))
	r.running("it is told without anything new", func() bool { return len(r.events()) == 3 })
	r.check(func() {
		if first, _ := r.acknowledged(); !slices.Equal(first, []string{"ca", "cb"}) {
			t.Errorf("acknowledged: %v", first)
		}
		if len(r.converge) != 2 {
			t.Errorf("to converge: %v", r.converge)
		}
	})
}

func TestWhatIsHeldBackIsDroppedWithThePartitionOnly(t *testing.T) {
	r, a, b := doubtful(t)
	if err := r.loop.Lose(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	r.loop.Prolong(0, r.clock.Now().Add(ttl))
	r.running("the other's is told", func() bool { return len(r.events()) == 2 })
	r.settle()
	r.check(func() {
		if first, _ := r.acknowledged(); !slices.Equal(first, []string{"ca"}) {
			t.Errorf("acknowledged: %v", first)
		}
		for _, e := range r.events() {
			if e.Guild == b {
				t.Error("told of a partition that is not ours")
			}
		}
		if len(r.converge) != 1 || r.converge[0][:len(a)] != string(a) {
			t.Errorf("to converge: %v", r.converge)
		}
	})
}

func TestDeadLetterIsHeldBackToo(t *testing.T) {
	r := newRig(t, 1, panics("c1"))
	r.warm("7")
	r.loop.Prolong(0, r.clock.Now().Add(ttl))
	r.check(func() { r.told = nil })
	r.advance(ttl)
	r.deliver(command("c1", "7"))
	r.until("it is put aside", func() bool { return len(r.store.dead) == 1 })
	r.settle()
	r.check(func() {
		if first, _ := r.acknowledged(); len(first)+len(r.answers()) > 0 {
			t.Error("told while the lease is in doubt")
		}
	})
	r.loop.Prolong(0, r.clock.Now().Add(ttl))
	r.running("it is told", func() bool { return len(r.answers()) == 1 })
}

func TestLeaseCountsFromBeforeItWasAskedFor(t *testing.T) {
	r := newRig(t, 1)
	if _, rest, ok := r.loop.Epoch("7"); !ok || rest != forever {
		t.Errorf("rest %v", rest)
	}
	r.loop.Prolong(0, r.clock.Now().Add(ttl))
	r.clock.Advance(ttl - time.Nanosecond)
	if _, rest, ok := r.loop.Epoch("7"); !ok || rest != time.Nanosecond {
		t.Errorf("rest %v", rest)
	}
	r.clock.Advance(time.Nanosecond)
	if _, _, ok := r.loop.Epoch("7"); ok {
		t.Error("it ends when it ends")
	}
	r.loop.Prolong(5, r.clock.Now().Add(ttl))
	if n := len(r.loop.Owned()); n != 1 {
		t.Errorf("%d partitions: what is not owned cannot be prolonged", n)
	}
}
