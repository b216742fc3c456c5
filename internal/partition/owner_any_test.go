package partition_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// Processes come, go, die, stand still and lose their sessions in any order. At
// no moment do two act for one partition, and when they are left alone each has
// its part and nothing moves any more.
func TestAnyComingAndGoingConverges(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			comeAndGo(t, rand.New(rand.NewPCG(seed, 4))) //nolint:gosec // a seed that is printed is the point
		})
	}
}

func comeAndGo(t *testing.T, r *rand.Rand) {
	t.Helper()
	const partitions = 12
	s, clock := world(t, partitions)
	live := []*process{startProcess(t, s, clock, "p0")}
	var all []*process
	all = append(all, live...)
	for op := range 24 {
		i := r.IntN(len(live))
		p := live[i]
		switch r.IntN(6) {
		case 0, 1:
			if len(live) < 5 {
				live = append(live, startProcess(t, s, clock, fmt.Sprint("p", op+1)))
				all = append(all, live[len(live)-1])
			}
		case 2:
			if len(live) > 1 {
				p.end()
				live = append(live[:i:i], live[i+1:]...)
			}
		case 3:
			if p.paused.Load() == nil {
				p.pause()
			}
		case 4:
			p.resume()
		case 5:
			// A process that is alive and loses its session freezes before others look.
			before := p.owner.Stats().Doubts.Load()
			if p.breakAny() {
				s.wait("it freezes", func() bool { return p.owner.Stats().Doubts.Load() > before })
			}
		}
		for range r.IntN(40) {
			clock.Advance(ttl / 20)
			time.Sleep(time.Millisecond / 2) //nolint:forbidigo // lets goroutines run; nothing depends on how long
			for part := range partitions {
				twoAct(t, all, part)
			}
		}
	}
	for _, p := range live {
		p.resume()
	}
	fair := func() bool {
		sum := 0
		for _, p := range live {
			n := p.has()
			if n < partitions/len(live) || n > (partitions+len(live)-1)/len(live) {
				return false
			}
			sum += n
		}
		return sum == partitions
	}
	together("each has its part", live, fair)
	from, moved := clock.Now(), s.epochs()
	together("time passes", live, func() bool { return clock.Since(from) > 3*ttl })
	if n := s.epochs(); n != moved || !fair() {
		t.Errorf("%d changes of owner while nobody comes or goes", n-moved)
	}
}

// twoAct fails where two processes may act for a partition at the same moment.
// One after the other is no failure: who was found first is looked at again.
func twoAct(t *testing.T, all []*process, part int) {
	t.Helper()
	var first *process
	var under int64
	for _, p := range all {
		epoch, ok := p.loop.PartitionEpoch(part)
		switch {
		case !ok:
		case first == nil:
			first, under = p, epoch
		default:
			if again, still := first.loop.PartitionEpoch(part); still && again == under {
				t.Fatalf("partition %d: %s under %d and %s under %d may act", part, first.name, under, p.name, epoch)
			}
			first, under = p, epoch
		}
	}
}
