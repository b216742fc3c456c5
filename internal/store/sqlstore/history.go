package sqlstore

import "github.com/atrilhq/platform/internal/core/music"

// historyDiff is what has to be written to make one history of another. Entries
// have places that follow each other without a gap, so the first one's says all
// of them. A track may stand in a history twice, as the same slot too: a place
// and not a slot is what a row is known by.
type historyDiff struct {
	// rewrite says that the rows that are there are not known: all of them go.
	rewrite bool
	// removed are places whose rows go.
	removed []int64
	written []placedSlot
	// first is the place of the new history's first entry.
	first int64
}

type placedSlot struct {
	slot  *music.Slot
	place int64
}

// diffHistory compares histories. A history grows at its end and loses entries
// at both ends, so that what stays is one run of it; of the runs that could be
// meant it takes the one that costs the fewest rows. first is the place of the
// old one's first entry, where it is known.
func diffHistory(old []*music.Slot, first int64, known bool, history []*music.Slot) historyDiff {
	if !known && len(old) > 0 {
		d := historyDiff{rewrite: true}
		d.write(history, 0, nil)
		return d
	}
	from, best := len(old), len(old)+len(history)
	run := 0
	for start := range old {
		n, changed := overlap(old[start:], history)
		if cost := len(old) - n + len(history) - n + changed; n > 0 && cost < best {
			from, run, best = start, n, cost
		}
		// What is left of the old one cannot do better than losing its head.
		if start+1 >= best {
			break
		}
	}
	// Where nothing stays the new one stands behind the old one.
	d := historyDiff{first: first + int64(from)}
	for i := range old {
		if i < from || i >= from+run {
			d.removed = append(d.removed, first+int64(i))
		}
	}
	d.write(history, run, old[from:])
	return d
}

// overlap is how many entries two histories have in common from their
// beginnings on, and how many of those are not the same value any more.
func overlap(old, history []*music.Slot) (n, changed int) {
	for n < min(len(old), len(history)) && same(old[n], history[n]) {
		if old[n] != history[n] {
			changed++
		}
		n++
	}
	return n, changed
}

// write adds what is not as it was: entries behind the first run ones are new,
// those before are written where they are another value than in old.
func (d *historyDiff) write(history []*music.Slot, run int, old []*music.Slot) {
	for i, s := range history {
		if i >= run || old[i] != s {
			d.written = append(d.written, placedSlot{s, d.first + int64(i)})
		}
	}
}
