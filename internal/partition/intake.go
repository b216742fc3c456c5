package partition

import (
	"slices"
	"strings"
	"sync"

	"github.com/atrilhq/platform/internal/store"
)

// intake knows which numbered inputs are on their way through the loop. Guilds
// take turns, so inputs of one source are not committed in the order of their
// numbers; a cursor must not pass one that is still waiting, because whoever
// sent it forgets everything up to the cursor.
type intake struct {
	mu sync.Mutex
	// latest is the generation that each source counts in now. Only its cursor is kept.
	latest  map[sourceKey]*source
	sources map[cursorKey]*source
	// dirty are the sources whose cursor moved and was not stored.
	dirty map[*source]struct{}
}

type sourceKey struct {
	partition int
	source    string
}

type cursorKey struct {
	partition          int
	source, generation string
}

type source struct {
	key cursorKey
	// open are the inputs that are not taken yet, and those behind them, as they came.
	open []*ticket
	// reached is the number up to which everything was taken, stored the one that is kept.
	reached, stored int64
}

// ticket is the place of one input.
type ticket struct {
	of     *source
	number int64
	done   bool
}

func newIntake() *intake {
	return &intake{
		latest: map[sourceKey]*source{}, sources: map[cursorKey]*source{}, dirty: map[*source]struct{}{},
	}
}

// arrive notes an input before the loop can take it. It returns nil for one
// that nobody numbers.
func (in *intake) arrive(part int, o Origin) *ticket {
	if o.Source == "" {
		return nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	key := cursorKey{part, o.Source, o.Generation}
	s := in.sources[key]
	if s == nil {
		s = &source{key: key}
		in.sources[key] = s
		in.latest[sourceKey{part, o.Source}] = s
	}
	t := &ticket{of: s, number: o.Number}
	s.open = append(s.open, t)
	return t
}

// settle notes that inputs were taken: committed, or found to change nothing.
func (in *intake) settle(ds ...Delivery) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, d := range ds {
		if d.ticket == nil {
			continue
		}
		d.ticket.done = true
		s := d.ticket.of
		for len(s.open) > 0 && s.open[0].done {
			s.reached = max(s.reached, s.open[0].number)
			s.open = s.open[1:]
		}
		if s.reached > s.stored && in.sources[s.key] == s {
			in.dirty[s] = struct{}{}
		}
	}
}

// cursors returns the cursors to store together with these inputs, once for
// each source of a partition that is owned.
func (in *intake) cursors(ds []Delivery, owned func(int) bool) []store.Cursor {
	in.mu.Lock()
	defer in.mu.Unlock()
	with := make(map[*ticket]bool, len(ds))
	touched := map[*source]struct{}{}
	for s := range in.dirty {
		touched[s] = struct{}{}
	}
	for _, d := range ds {
		if d.ticket != nil {
			with[d.ticket] = true
			touched[d.ticket.of] = struct{}{}
		}
	}
	var out []store.Cursor
	for s := range touched {
		if in.latest[sourceKey{s.key.partition, s.key.source}] != s || !owned(s.key.partition) {
			delete(in.dirty, s)
			continue
		}
		at := s.reached
		for _, t := range s.open {
			if !t.done && !with[t] {
				break
			}
			at = max(at, t.number)
		}
		if at > s.stored {
			out = append(out, store.Cursor{
				Partition: s.key.partition, Source: s.key.source, Generation: s.key.generation, Position: at,
			})
		}
	}
	slices.SortFunc(out, func(a, b store.Cursor) int {
		if a.Partition != b.Partition {
			return a.Partition - b.Partition
		}
		return strings.Compare(a.Source, b.Source)
	})
	return out
}

// stored notes that cursors are kept, or can never be.
func (in *intake) stored(cs []store.Cursor) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, c := range cs {
		s := in.sources[cursorKey{c.Partition, c.Source, c.Generation}]
		if s == nil {
			continue
		}
		s.stored = max(s.stored, c.Position)
		if s.reached <= s.stored {
			delete(in.dirty, s)
		}
	}
}

// waits is true where a cursor moved and was not stored.
func (in *intake) waits() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.dirty) > 0
}

// forget drops what is known of a partition's sources.
func (in *intake) forget(part int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for k, s := range in.sources {
		if k.partition == part {
			delete(in.sources, k)
			delete(in.dirty, s)
		}
	}
	for k := range in.latest {
		if k.partition == part {
			delete(in.latest, k)
		}
	}
}
