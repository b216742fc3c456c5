package gateway //nolint:testpackage // what it tests is a part that the role does not show

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/discord"
)

func at(n int64) discord.Position { return discord.Position{Session: "s", Sequence: n} }

func wantDurable(t *testing.T, l *ledger, want int64) {
	t.Helper()
	got, ok := l.durable()
	if ok != (want > 0) || got.Sequence != want {
		t.Errorf("durable up to %d (%v), want %d", got.Sequence, ok, want)
	}
}

func TestPositionIsDurableOnceAllOfItIs(t *testing.T) {
	l := newLedger()
	e, handed := l.begin(at(1))
	wantDurable(t, l, 0)
	one, two, other := l.number(e, 0), l.number(e, 0), l.number(e, 1)
	if one != 1 || two != 2 || other != 1 {
		t.Fatalf("numbers %d %d %d: each partition counts from 1", one, two, other)
	}
	handed()
	wantDurable(t, l, 0)
	l.taken(0, 1)
	wantDurable(t, l, 0)
	l.taken(1, 1)
	wantDurable(t, l, 0)
	l.taken(0, 2)
	wantDurable(t, l, 1)
	wantDurable(t, l, 0)
	if n := l.depth(); n != 0 {
		t.Errorf("%d open", n)
	}
}

func TestPositionsBecomeDurableInOrder(t *testing.T) {
	l := newLedger()
	var last int64
	for n := int64(1); n <= 3; n++ {
		e, handed := l.begin(at(n))
		last = l.number(e, int(n))
		handed()
	}
	l.taken(3, last)
	l.taken(2, 1)
	wantDurable(t, l, 0)
	l.taken(1, 1)
	wantDurable(t, l, 3)
}

func TestPositionWithoutInputs(t *testing.T) {
	l := newLedger()
	_, handed := l.begin(at(5))
	wantDurable(t, l, 0)
	handed()
	wantDurable(t, l, 5)
}

func TestTakenOfWhatWasNeverSent(t *testing.T) {
	l := newLedger()
	l.taken(9, 1000)
	e, handed := l.begin(at(1))
	l.number(e, 9)
	handed()
	// What was said before the input was numbered says nothing about it.
	wantDurable(t, l, 0)
	l.taken(9, 0)
	wantDurable(t, l, 0)
	l.taken(9, 1)
	l.taken(9, 1)
	wantDurable(t, l, 1)
}

// The ledger never says more than what a plain list of all inputs says.
func TestLedgerAgreesWithAList(t *testing.T) {
	type input struct {
		part         int
		number, seat int64
	}
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger()
		var sent []input
		upTo := map[int]int64{}
		var begun, durable int64
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "event") {
				begun++
				e, handed := l.begin(at(begun))
				for range rapid.IntRange(0, 4).Draw(rt, "inputs") {
					p := rapid.IntRange(0, 2).Draw(rt, "partition")
					sent = append(sent, input{p, l.number(e, p), begun})
				}
				handed()
			} else {
				p := rapid.IntRange(0, 2).Draw(rt, "partition")
				upTo[p] = max(upTo[p], rapid.Int64Range(0, 40).Draw(rt, "up to"))
				n := int64(0)
				for _, x := range sent {
					if x.part == p {
						n = x.number
					}
				}
				upTo[p] = min(upTo[p], n)
				l.taken(p, upTo[p])
			}
			if got, ok := l.durable(); ok {
				if got.Sequence <= durable {
					rt.Fatalf("durable went from %d to %d", durable, got.Sequence)
				}
				durable = got.Sequence
			}
			want := begun
			for _, x := range sent {
				if x.number > upTo[x.part] {
					want = min(want, x.seat-1)
				}
			}
			if durable != want {
				rt.Fatalf("durable up to %d, want %d", durable, want)
			}
		}
	})
}
