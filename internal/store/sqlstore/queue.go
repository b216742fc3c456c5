package sqlstore

import (
	"slices"
	"sort"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// rankGap lies between neighbours in a fresh queue. It can be halved 32 times
// before a queue has to be numbered anew, and leaves room for 2^29 slots.
const (
	rankGap   = int64(1) << 32
	rankLimit = int64(1) << 61
)

type rankedSlot struct {
	slot *music.Slot
	rank int64
}

// queueDiff is what has to be written to make one queue of another.
type queueDiff struct {
	// rewrite says that the rows that are there are not known: all of them go.
	rewrite  bool
	removed  []music.SlotID
	inserted []rankedSlot
	updated  []rankedSlot
	// ranks are those of the new queue.
	ranks []int64
}

// diffQueue compares queues by the ids and pointers of their slots. ranks are
// those of the old queue, nil where they are not known.
func diffQueue(old []*music.Slot, ranks []int64, queue []*music.Slot) (queueDiff, error) {
	d := queueDiff{ranks: make([]int64, len(queue))}
	if len(ranks) != len(old) {
		d.rewrite = true
		old, ranks = nil, nil
	}
	// A queue mostly changes at one place: what lies before and behind it is
	// compared in step, without a map.
	head, tail := 0, 0
	for head < min(len(old), len(queue)) && same(old[head], queue[head]) {
		head++
	}
	for tail < min(len(old), len(queue))-head && same(old[len(old)-1-tail], queue[len(queue)-1-tail]) {
		tail++
	}
	was := make([]int, len(queue)) // index in old, -1 for a new slot
	for i := range queue {
		switch {
		case i < head:
			was[i] = i
		case i >= len(queue)-tail:
			was[i] = len(old) - len(queue) + i
		default:
			was[i] = -1
		}
	}
	if err := d.middle(old, queue, was, head, tail); err != nil {
		return queueDiff{}, err
	}
	keep := kept(was[head : len(queue)-tail])
	for i := range queue {
		if i < head || i >= len(queue)-tail || keep[i-head] {
			d.ranks[i] = ranks[was[i]]
		}
	}
	fits := d.fill(head, len(queue)-tail, keep)
	if !fits {
		for i := range d.ranks {
			d.ranks[i] = int64(i) * rankGap
		}
	}
	for i, s := range queue {
		switch {
		case was[i] < 0:
			d.inserted = append(d.inserted, rankedSlot{s, d.ranks[i]})
		case old[was[i]] != s || ranks[was[i]] != d.ranks[i]:
			d.updated = append(d.updated, rankedSlot{s, d.ranks[i]})
		}
	}
	return d, nil
}

func same(a, b *music.Slot) bool { return a == b || a.ID == b.ID }

// middle finds the slots between head and tail again, wherever they went, and
// which are gone.
func (d *queueDiff) middle(old, queue []*music.Slot, was []int, head, tail int) error {
	at := make(map[music.SlotID]int, len(old)-head-tail)
	for i := head; i < len(old)-tail; i++ {
		at[old[i].ID] = i
	}
	seen := make(map[music.SlotID]struct{}, len(queue)-head-tail)
	for i := head; i < len(queue)-tail; i++ {
		id := queue[i].ID
		if _, twice := seen[id]; twice {
			return fault.New(fault.Invalid, "sqlstore.Commit", "a slot stands twice in a queue")
		}
		seen[id] = struct{}{}
		if j, ok := at[id]; ok {
			was[i] = j
		}
	}
	for i := head; i < len(old)-tail; i++ {
		if _, stays := seen[old[i].ID]; !stays {
			d.removed = append(d.removed, old[i].ID)
		}
	}
	return nil
}

// kept marks a longest run of slots that still stand in their old order: only
// the others need a new rank.
func kept(was []int) []bool {
	marks := make([]bool, len(was))
	var ends []int // ends[n] is where the best run of n+1 slots ends
	prev := make([]int, len(was))
	for i, w := range was {
		if w < 0 {
			continue
		}
		n := sort.Search(len(ends), func(k int) bool { return was[ends[k]] >= w })
		prev[i] = -1
		if n > 0 {
			prev[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	if len(ends) == 0 {
		return marks
	}
	for i := ends[len(ends)-1]; i >= 0; i = prev[i] {
		marks[i] = true
	}
	return marks
}

// fill gives ranks to the slots between from and to that keep does not mark. It
// returns false where a gap is too small.
func (d *queueDiff) fill(from, to int, keep []bool) bool {
	for i := from; i < to; {
		if keep[i-from] {
			i++
			continue
		}
		end := i
		for end < to && !keep[end-from] {
			end++
		}
		count := int64(end - i)
		var low int64
		step := rankGap
		switch {
		case i > 0 && end < len(d.ranks):
			low = d.ranks[i-1]
			step = (d.ranks[end] - low) / (count + 1)
		case i > 0:
			low = d.ranks[i-1]
		case end < len(d.ranks):
			low = d.ranks[end] - rankGap*(count+1)
		default:
			low = -rankGap
		}
		if step == 0 {
			return false
		}
		for k := range count {
			d.ranks[i+int(k)] = low + step*(k+1)
		}
		i = end
	}
	if len(d.ranks) == 0 {
		return true
	}
	return slices.Min(d.ranks) > -rankLimit && slices.Max(d.ranks) < rankLimit
}
