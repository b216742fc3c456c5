package partition_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// place counts how often it was told.
type place struct{ atomic.Int64 }

func (p *place) Taken() { p.Add(1) }

func at(d partition.Delivery) (partition.Delivery, *place) {
	p := &place{}
	d.Place = p
	return d, p
}

func TestPlaceIsToldOnceItsInputNeedNotComeAgain(t *testing.T) {
	expired := command("late", "7")
	expired.Expires = start.Add(-time.Hour)
	for name, c := range map[string]struct {
		d partition.Delivery
		v []verdict
	}{
		"a fact":                          {joins("f", "7"), nil},
		"a command":                       {command("c", "7"), nil},
		"one that changes nothing":        {nothing("n", "7"), nil},
		"one that nobody needs":           {nothing("n", "not-in-memory"), nil},
		"an expired command":              {expired, nil},
		"one of a guild that is read":     {joins("f", "cold"), nil},
		"one that cannot be written":      {joins("unwritable", "7"), nil},
		"one that the database refuses":   {joins("f", "7"), []verdict{refuse}},
		"refused when put aside too":      {joins("f", "7"), []verdict{refuse, refuse}},
		"after the database was away":     {joins("f", "7"), []verdict{unavailable, unavailable}},
		"written, and nobody had said":    {joins("f", "7"), []verdict{unknownWritten}},
		"not written, and nobody said so": {joins("f", "7"), []verdict{unknownLost}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1)
			r.warm("7")
			r.store.seed("cold")
			left := c.v
			r.store.set(func(s *memStore) {
				s.onCommit = func(*store.Batch) verdict {
					if len(left) == 0 {
						return pass
					}
					v := left[0]
					left = left[1:]
					return v
				}
			})
			d, p := at(c.d)
			r.deliver(d)
			r.running("the place is told", func() bool { return p.Load() > 0 })
			r.advance(time.Minute)
			if n := p.Load(); n != 1 {
				t.Errorf("it was told %d times", n)
			}
		})
	}
}

func TestPlaceIsNotToldBeforeTheCommit(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	release := r.hold("first", "7")
	var places []*place
	for n := range 5 {
		d, p := at(joins(fmt.Sprint("f", n), "7"))
		places = append(places, p)
		r.deliver(d)
	}
	for i, p := range places {
		if p.Load() != 0 {
			t.Errorf("place %d was told before the commit", i)
		}
	}
	release()
	r.running("all are told", func() bool {
		for _, p := range places {
			if p.Load() != 1 {
				return false
			}
		}
		return true
	})
}

// TestPlaceOfALostPartition is the next owner's: whoever lost it must not say
// that it need not come again.
func TestPlaceOfALostPartition(t *testing.T) {
	for name, hurt := range map[string]func(*rig){
		"its lease is gone":    func(r *rig) { _ = r.loop.Lose(r.t.Context(), 0) },
		"another has it since": func(r *rig) { r.store.set(func(s *memStore) { s.onCommit = nil; s.parts[0].epoch++ }) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1)
			r.warm("7")
			r.store.set(func(s *memStore) { s.onCommit = func(*store.Batch) verdict { return unavailable } })
			waits, p := at(joins("f", "7"))
			before := point(r.store, func(s *memStore) int { return s.calls })
			r.deliver(waits)
			r.running("it was tried", func() bool { return r.store.calls > before })
			hurt(r)
			r.running("the partition is lost", func() bool { return len(r.lost) > 0 })
			late, q := at(joins("late", "7"))
			r.deliver(late)
			r.advance(time.Minute)
			if p.Load() != 0 || q.Load() != 0 {
				t.Errorf("told %d and %d times", p.Load(), q.Load())
			}
		})
	}
}
