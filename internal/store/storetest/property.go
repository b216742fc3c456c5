package storetest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// testProperty commits random changes of guilds, some of them cut, and compares
// what is loaded with a model.
func testProperty(t *testing.T, open Open) {
	var cut breaker
	s := open(t, cut.fail)
	o := own(t, s, 0, "h")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m := &model{o: o, cut: &cut, guilds: map[music.GuildID]*music.Guild{}, prefix: fmt.Sprintf("run%d-", run)}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			if rapid.IntRange(0, 3).Draw(rt, "reload") == 0 {
				m.reload()
			} else {
				m.change(rt)
			}
			m.check(rt)
		}
	})
}

type model struct {
	o      *owner
	cut    *breaker
	guilds map[music.GuildID]*music.Guild
	prefix string
	made   int
}

func (m *model) change(rt *rapid.T) {
	var b store.Batch
	next := map[music.GuildID]*music.Guild{}
	for range rapid.IntRange(1, 3).Draw(rt, "guilds") {
		id := music.GuildID(m.prefix + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "guild"))
		if next[id] != nil {
			continue
		}
		before := m.guilds[id]
		next[id] = m.mutate(rt, before, id)
		b.Guilds = append(b.Guilds, store.GuildChange{Before: before, After: next[id]})
	}
	m.cut.set(rapid.SampledFrom([]store.Stage{"", "", "", store.StageBegin, store.StageWrite, store.StageCommit, store.StageAnswer}).Draw(rt, "cut"))
	_, err := m.o.try(b)
	m.cut.set("")
	switch fault.CodeOf(err) {
	case "":
	case fault.Unavailable:
		return
	case fault.Unknown:
		now, err := m.o.BatchNumbers(m.o.t.Context(), []int{0})
		if err != nil {
			rt.Fatal(err)
		}
		if now[0].Batch == m.o.stamp.Batch {
			return
		}
		m.o.stamp = now[0]
	default:
		rt.Fatal(err)
	}
	maps.Copy(m.guilds, next)
}

func (m *model) mutate(rt *rapid.T, before *music.Guild, id music.GuildID) *music.Guild {
	if before == nil {
		before = guild(string(id))
	}
	g := *before
	if rapid.Bool().Draw(rt, "settings") {
		g.Settings.Volume = rapid.IntRange(0, 200).Draw(rt, "volume")
		g.Name = rapid.String().Draw(rt, "name")
	}
	bot := rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "bot")
	old := g.Player(music.BotID(bot))
	if old != nil && rapid.IntRange(0, 9).Draw(rt, "remove") == 0 {
		g.Players = slices.DeleteFunc(slices.Clone(g.Players), func(p *music.Player) bool { return p == old })
		return &g
	}
	p := music.Player{Bot: music.BotID(bot)}
	if old != nil {
		p = *old
	}
	p.Volume = rapid.IntRange(0, 200).Draw(rt, "player volume")
	p.Queue = m.requeue(rt, slices.Clone(p.Queue))
	p.History = m.remember(rt, slices.Clone(p.History))
	return with(&g, &p)
}

func (m *model) requeue(rt *rapid.T, q []*music.Slot) []*music.Slot {
	for range rapid.IntRange(0, 3).Draw(rt, "edits") {
		at := rapid.IntRange(0, len(q)).Draw(rt, "at")
		switch rapid.IntRange(0, 4).Draw(rt, "edit") {
		case 0, 1:
			for range rapid.SampledFrom([]int{1, 2, 40}).Draw(rt, "count") {
				m.made++
				q = slices.Insert(q, at, slot(fmt.Sprintf("%s%d", m.prefix, m.made)))
			}
		case 2:
			q = slices.Delete(q, at, min(len(q), at+rapid.IntRange(0, 5).Draw(rt, "gone")))
		case 3:
			if at < len(q) {
				c := *q[at]
				c.Pending = &music.Pending{Query: music.Query{Text: rapid.String().Draw(rt, "text")}}
				q[at] = &c
			}
		case 4:
			q = rapid.Permutation(q).Draw(rt, "order")
		}
	}
	return q
}

// remember changes a history as playing does, and as nothing does.
func (m *model) remember(rt *rapid.T, h []*music.Slot) []*music.Slot {
	for range rapid.IntRange(0, 3).Draw(rt, "ends") {
		switch rapid.IntRange(0, 6).Draw(rt, "history") {
		case 0, 1, 2:
			m.made++
			h = append(h, played(fmt.Sprintf("%s%d", m.prefix, m.made)))
		case 3:
			if len(h) > 0 { // the same one again
				h = append(h, h[rapid.IntRange(0, len(h)-1).Draw(rt, "again")])
			}
		case 4:
			h = h[rapid.IntRange(0, len(h)).Draw(rt, "falls out"):]
		case 5:
			h = h[:rapid.IntRange(0, len(h)).Draw(rt, "is taken")]
		case 6:
			h = rapid.Permutation(h).Draw(rt, "history's order")
		}
	}
	return h
}

// reload goes on with what the store gives, as a successor does.
func (m *model) reload() {
	for id := range m.guilds {
		m.guilds[id] = m.o.load(id)
	}
}

func (m *model) check(rt *rapid.T) {
	for id, g := range m.guilds {
		if got, wanted := picture(m.o.t, m.o.load(id)), picture(m.o.t, g); got != wanted {
			rt.Fatalf("%s is\n%s\nwant\n%s", id, got, wanted)
		}
	}
}
