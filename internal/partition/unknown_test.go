package partition_test

import (
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// failing returns an error some times and then nil.
func failing(n int) func() error {
	return func() error {
		if n > 0 {
			n--
			return fault.New(fault.Unavailable, "test", "still away")
		}
		return nil
	}
}

func TestUnknownOutcome(t *testing.T) {
	tests := []struct {
		name            string
		v               verdict
		numbers, seqOf  int
		commits, writes int
	}{
		{"written", unknownWritten, 0, 0, 1, 1},
		{"written, seen late", unknownWritten, 5, 0, 1, 1},
		{"written, its place in the journal seen late", unknownWritten, 2, 4, 1, 1},
		{"lost", unknownLost, 0, 0, 2, 1},
		{"lost, seen late", unknownLost, 5, 0, 2, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, 1)
			r.warm("7")
			v, first := tt.v, true
			inside, open := make(chan struct{}), make(chan struct{})
			r.store.set(func(s *memStore) {
				s.calls, s.batches = 0, nil
				s.onCommit = func(*store.Batch) verdict {
					if first {
						first = false
						close(inside)
						<-open
						return pass
					}
					now := v
					v = pass
					return now
				}
				s.onNumbers, s.onSeqOf = failing(tt.numbers), failing(tt.seqOf)
			})
			r.deliver(joins("f0", "7"))
			<-inside
			r.deliver(command("c1", "7"), joins("f1", "7"))
			close(open)
			r.running("all is told", func() bool { return len(r.events()) == 3 })
			r.check(func() {
				if r.store.calls != 1+tt.commits || len(r.store.batches) != 1+tt.writes {
					t.Errorf("%d commits, %d written", r.store.calls, len(r.store.batches))
				}
				if got := r.store.causes("7"); !slices.Equal(got, []string{"f0", "c1", "f1"}) {
					t.Errorf("journal: %v", got)
				}
				if first, again := r.acknowledged(); !slices.Equal(first, []string{"c1"}) || len(again) > 0 {
					t.Errorf("acknowledged %v, again %v", first, again)
				}
				if len(r.lost) > 0 {
					t.Errorf("lost %v for nothing", r.lost)
				}
			})
			// The loop goes on from the right batch number.
			r.deliver(joins("f2", "7"))
			r.until("the next is told", func() bool { return len(r.events()) == 4 })
		})
	}
}

func TestNothingIsSteppedWhileAnOutcomeIsUnknown(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7", "8")
	r.store.set(func(s *memStore) {
		s.calls = 0
		s.onCommit = func(*store.Batch) verdict { return unknownWritten }
		s.onNumbers = func() error { return fault.New(fault.Unavailable, "test", "away") }
	})
	r.deliver(joins("f1", "7"))
	r.until("the first was tried", func() bool { return r.store.calls == 1 })
	inputs := r.loop.Stats().Inputs.Load()
	r.deliver(joins("f2", "8"))
	for range 50 {
		r.clock.Advance(maxWait)
	}
	if n := r.loop.Stats().Inputs.Load(); n != inputs {
		t.Error("something was stepped from a guess")
	}
	r.store.set(func(s *memStore) { s.onCommit, s.onNumbers = nil, nil })
	r.running("both are told", func() bool { return len(r.events()) == 2 })
}

func TestUnknownOutcomeWithOnePartitionTakenMeanwhile(t *testing.T) {
	r := newRig(t, 2)
	a, b := guildIn(0, 2, 0), guildIn(1, 2, 0)
	r.warm(a, b)
	inside, open := make(chan struct{}), make(chan struct{})
	n := 0
	r.store.set(func(s *memStore) {
		s.onCommit = func(*store.Batch) verdict {
			n++
			switch n {
			case 1:
				close(inside)
				<-open
				return pass
			case 2:
				return unknownWritten
			}
			return pass
		}
		s.onNumbers = func() error {
			s.set(func(s *memStore) { s.parts[1].epoch, s.parts[1].holder = 9, "other" })
			return nil
		}
	})
	r.deliver(joins("f0", a))
	<-inside
	r.deliver(joins("f1", a), joins("f2", b))
	close(open)
	r.running("what was written is told", func() bool { return len(r.events()) == 3 })
	r.deliver(joins("f3", a), joins("f4", b))
	r.running("the other goes on", func() bool { return slices.Contains(r.store.causes(a), "f3") })
	r.running("the loss is noticed", func() bool { return slices.Equal(r.lost, []int{1}) })
	r.check(func() {
		if got := r.store.causes(b); slices.Contains(got, "f4") {
			t.Errorf("written without being owned: %v", got)
		}
	})
}
