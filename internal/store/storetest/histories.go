package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// played is a slot as a history has it.
func played(id string) *music.Slot {
	s := slot(id)
	s.State = music.SlotPlayed
	return s
}

func heard(ids ...string) []*music.Slot {
	out := make([]*music.Slot, len(ids))
	for i, id := range ids {
		out[i] = played(id)
	}
	return out
}

// remembered returns a copy of g whose first player has this history.
func remembered(g *music.Guild, history ...*music.Slot) *music.Guild {
	p := *g.Players[0]
	p.History = history
	return with(g, &p)
}

func testHistory(t *testing.T, open Open) {
	s := open(t, nil)
	o := own(t, s, 0, "one")
	abc := heard("a", "b", "c", "d", "e")
	changed := *abc[2]
	changed.By = "bruno"
	for _, c := range []struct {
		name     string
		from, to []*music.Slot
	}{
		{"from nothing", nil, abc},
		{"to nothing", abc, nil},
		{"one more", abc, append(slices.Clone(abc), played("x"))},
		{"one more, the oldest falls out", abc, append(slices.Clone(abc[1:]), played("x"))},
		{"the last is played again", abc, abc[:4]},
		{"the last is played again, and ends again", abc, append(slices.Clone(abc[:4]), played("e"))},
		{"the oldest go", abc, abc[3:]},
		{"one in the middle is another value", abc, []*music.Slot{abc[0], abc[1], &changed, abc[3], abc[4]}},
		{"one in the middle goes", abc, slices.Delete(slices.Clone(abc), 2, 3)},
		{"one comes between", abc, slices.Insert(slices.Clone(abc), 2, played("x"))},
		{"reversed", abc, []*music.Slot{abc[4], abc[3], abc[2], abc[1], abc[0]}},
		{"all others", abc, heard("v", "w")},
		{"the same track again and again", heard("a", "a"), heard("a", "a", "a", "b", "a")},
		{"the same value again", abc, []*music.Slot{abc[4], abc[4], abc[4]}},
		{"the same", abc, slices.Clone(abc)},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := music.GuildID("h-" + c.name)
			before := remembered(guild(string(id), player("1", slots("q")...)), c.from...)
			o.put(nil, before)
			sameGuild(t, o.load(id), before)
			after := remembered(before, c.to...)
			o.put(before, after)
			sameGuild(t, o.load(id), after)
			// And back, from what the store gave.
			loaded := o.load(id)
			back := remembered(loaded, c.from...)
			o.put(loaded, back)
			sameGuild(t, o.load(id), back)
			// And on, from a player that the store never saw.
			p := *back.Players[0]
			unseen := with(back, &p)
			on := remembered(unseen, c.to...)
			o.put(unseen, on)
			sameGuild(t, o.load(id), on)
		})
	}
	t.Run("a long evening", func(t *testing.T) {
		g := guild("evening", player("1"))
		o.put(nil, g)
		for i := range 3 * music.HistoryLength {
			h := append(slices.Clone(g.Players[0].History), played(fmt.Sprint("t", i%7)))
			next := remembered(g, h[max(0, len(h)-music.HistoryLength):]...)
			o.put(g, next)
			g = next
		}
		sameGuild(t, o.load("evening"), g)
		gone := *g
		gone.Players = nil
		o.put(g, &gone)
		o.put(&gone, with(&gone, player("1")))
		if got := o.load("evening"); len(got.Players[0].History) != 0 {
			t.Errorf("a new player remembers %d tracks of another", len(got.Players[0].History))
		}
	})
}

func testSettings(t *testing.T, open Open) {
	s := open(t, nil)
	o := own(t, s, 0, "one")
	g := guild("100", player("1", slots("a")...))
	g.Settings = music.Settings{
		Volume: 70, Idle: time.Minute, Empty: 30 * time.Second, Announce: "5", Language: "es",
		Rules:     []music.ChannelRule{{Channel: "6", Use: music.UseRoles, Roles: []music.RoleID{"7", "8"}}, {Channel: "9", Use: music.UseNobody}},
		Elsewhere: music.UseNobody,
	}
	o.put(nil, g)
	got, err := s.Settings(t.Context(), "100")
	if err != nil || fmt.Sprint(got) != fmt.Sprint(g.Settings) {
		t.Errorf("got %+v, want %+v, %v", got, g.Settings, err)
	}
	_, err = s.Settings(t.Context(), "nobody")
	want(t, err, fault.NotFound, "the settings of a guild that is not there")
}
