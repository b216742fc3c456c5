package sqlstore_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

func queueOf(n int) ([]*music.Slot, []int64) {
	slots, ranks := make([]*music.Slot, n), make([]int64, n)
	for i := range n {
		slots[i] = &music.Slot{ID: music.SlotID(fmt.Sprint(i))}
		ranks[i] = int64(i) * sqlstore.RankGap
	}
	return slots, ranks
}

func fresh(n int) []*music.Slot {
	out := make([]*music.Slot, n)
	for i := range n {
		out[i] = &music.Slot{ID: music.SlotID(fmt.Sprint("new", i))}
	}
	return out
}

// TestOnlyTheDifferenceIsWritten is about cost: a long queue changes by as few
// rows as the change has.
func TestOnlyTheDifferenceIsWritten(t *testing.T) {
	q, ranks := queueOf(5000)
	other := *q[7]
	for _, c := range []struct {
		name  string
		queue []*music.Slot
		want  sqlstore.Changed
	}{
		{"nothing", slices.Clone(q), sqlstore.Changed{}},
		{"the first plays", q[1:], sqlstore.Changed{Removed: 1}},
		{"one is appended", append(slices.Clone(q), fresh(1)...), sqlstore.Changed{Inserted: 1}},
		{"a playlist is appended", append(slices.Clone(q), fresh(500)...), sqlstore.Changed{Inserted: 500}},
		{"one comes first", append(fresh(1), q...), sqlstore.Changed{Inserted: 1}},
		{"some come between", slices.Insert(slices.Clone(q), 2000, fresh(9)...), sqlstore.Changed{Inserted: 9}},
		{"one is filled", append(append(slices.Clone(q[:7]), &other), q[8:]...), sqlstore.Changed{Updated: 1}},
		{"the last comes first", append(slices.Clone(q[4999:]), q[:4999]...), sqlstore.Changed{Updated: 1}},
		{"the first goes last", append(slices.Clone(q[1:]), q[0]), sqlstore.Changed{Updated: 1}},
		{"one goes, one comes", append(slices.Clone(q[1:]), fresh(1)...), sqlstore.Changed{Removed: 1, Inserted: 1}},
		{"all go", nil, sqlstore.Changed{Removed: 5000}},
		{"all others", fresh(3), sqlstore.Changed{Removed: 5000, Inserted: 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, next, err := sqlstore.DiffQueue(q, ranks, c.queue)
			if err != nil || got != c.want {
				t.Fatalf("got %+v, want %+v, %v", got, c.want, err)
			}
			if len(next) != len(c.queue) || !ascending(next) {
				t.Error("the ranks do not ascend")
			}
		})
	}
	t.Run("unknown ranks", func(t *testing.T) {
		got, next, err := sqlstore.DiffQueue(q, nil, q[:3])
		if err != nil || got != (sqlstore.Changed{Inserted: 3}) || !ascending(next) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("no room between", func(t *testing.T) {
		tight := []int64{0, 1, 2}
		got, next, err := sqlstore.DiffQueue(q[:3], tight, []*music.Slot{q[0], fresh(1)[0], q[1], q[2]})
		if err != nil || got.Inserted != 1 || !ascending(next) {
			t.Errorf("got %+v %v, %v", got, next, err)
		}
	})
	t.Run("at the end of numbers", func(t *testing.T) {
		_, next, err := sqlstore.DiffQueue(q[:1], []int64{1<<61 - 1}, []*music.Slot{q[0], fresh(1)[0]})
		if err != nil || next[0] != 0 || !ascending(next) {
			t.Errorf("got %v, %v", next, err)
		}
	})
	t.Run("twice the same", func(t *testing.T) {
		_, _, err := sqlstore.DiffQueue(nil, nil, append(fresh(2), fresh(1)...))
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("got %v", err)
		}
	})
}

func ascending(ranks []int64) bool {
	for i := range ranks {
		if i > 0 && ranks[i-1] >= ranks[i] {
			return false
		}
	}
	return true
}

// TestRanksAlwaysAscend edits a queue at random, carrying its ranks along.
func TestRanksAlwaysAscend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, ranks := queueOf(rapid.IntRange(0, 20).Draw(t, "start"))
		if rapid.Bool().Draw(t, "tight") {
			for i := range ranks {
				ranks[i] = int64(i)
			}
		}
		for step := range rapid.IntRange(1, 30).Draw(t, "steps") {
			next := rapid.Permutation(q).Draw(t, "order")
			if rapid.Bool().Draw(t, "keep order") {
				next = slices.Clone(q)
			}
			at := rapid.IntRange(0, len(next)).Draw(t, "at")
			next = slices.Delete(next, at, min(len(next), at+rapid.IntRange(0, 2).Draw(t, "gone")))
			for i := range rapid.IntRange(0, 4).Draw(t, "come") {
				next = slices.Insert(next, at, &music.Slot{ID: music.SlotID(fmt.Sprint("s", step, "-", i))})
			}
			got, nextRanks, err := sqlstore.DiffQueue(q, ranks, next)
			if err != nil {
				t.Fatal(err)
			}
			if !ascending(nextRanks) || len(q)-got.Removed+got.Inserted != len(next) {
				t.Fatalf("%+v gives ranks %v", got, nextRanks)
			}
			q, ranks = next, nextRanks
		}
	})
}
