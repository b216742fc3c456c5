package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

func testQueues(t *testing.T, open Open) {
	s := open(t, nil)
	o := own(t, s, 0, "one")
	abc := slots("a", "b", "c", "d", "e")
	changed := *abc[2]
	changed.State = music.SlotWaiting
	for _, c := range []struct {
		name string
		from []*music.Slot
		to   []*music.Slot
	}{
		{"from nothing", nil, abc},
		{"to nothing", abc, nil},
		{"the first plays", abc, abc[1:]},
		{"the last goes", abc, abc[:4]},
		{"one goes in the middle", abc, slices.Delete(slices.Clone(abc), 1, 3)},
		{"one is appended", abc, append(slices.Clone(abc), slot("x"))},
		{"one comes first", abc, append(slots("x"), abc...)},
		{"some come first", abc, append(slots("x", "y", "z"), abc...)},
		{"one comes between", abc, slices.Insert(slices.Clone(abc), 2, slot("x"))},
		{"many come between", abc, slices.Insert(slices.Clone(abc), 2, numbered(300)...)},
		{"one is filled", abc, []*music.Slot{abc[0], abc[1], &changed, abc[3], abc[4]}},
		{"the first plays, one is filled, one is appended", abc, []*music.Slot{abc[1], &changed, abc[3], abc[4], slot("x")}},
		{"reversed", abc, []*music.Slot{abc[4], abc[3], abc[2], abc[1], abc[0]}},
		{"one moves to the front", abc, []*music.Slot{abc[3], abc[0], abc[1], abc[2], abc[4]}},
		{"two swap", abc, []*music.Slot{abc[0], abc[3], abc[2], abc[1], abc[4]}},
		{"all others", abc, slots("v", "w", "x")},
		{"the same", abc, slices.Clone(abc)},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := music.GuildID("g-" + c.name)
			before := guild(string(id), player("1", c.from...))
			o.put(nil, before)
			sameGuild(t, o.load(id), before)
			after := queued(before, c.to...)
			o.put(before, after)
			sameGuild(t, o.load(id), after)
			// And back, from what the store gave.
			loaded := o.load(id)
			back := queued(loaded, c.from...)
			o.put(loaded, back)
			sameGuild(t, o.load(id), back)
		})
	}
	t.Run("always between the same two", func(t *testing.T) {
		g := guild("between", player("1", slots("head", "tail")...))
		o.put(nil, g)
		for i := range 100 {
			next := queued(g, slices.Insert(slices.Clone(g.Players[0].Queue), 1, slot(fmt.Sprint(i)))...)
			o.put(g, next)
			g = next
		}
		sameGuild(t, o.load("between"), g)
	})
	t.Run("a playlist of 5,000", func(t *testing.T) {
		g := guild("long", player("1"))
		o.put(nil, g)
		next := queued(g, numbered(5_000)...)
		o.put(g, next)
		sameGuild(t, o.load("long"), next)
		popped := queued(next, next.Players[0].Queue[1:]...)
		o.put(next, popped)
		sameGuild(t, o.load("long"), popped)
		cleared := queued(popped)
		o.put(popped, cleared)
		sameGuild(t, o.load("long"), cleared)
	})
}
