package storetest

import (
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// testRefusals commits what can never be stored: both engines refuse the same.
func testRefusals(t *testing.T, open Open) {
	s := open(t, nil)
	o := own(t, s, 0, "h")
	base := guild("base", player("1", slots("a")...))
	o.put(nil, base)
	change := func(gs ...store.GuildChange) store.Batch { return store.Batch{Guilds: gs} }
	event := func(f func(*store.Record)) store.Batch {
		r := o.record("event", epoch)
		f(&r)
		return store.Batch{Events: []store.Record{r}}
	}
	for name, b := range map[string]store.Batch{
		"a guild without an id":       change(store.GuildChange{After: guild("")}),
		"a guild with a zero byte":    change(store.GuildChange{After: guild("a\x00b")}),
		"a guild that is not text":    change(store.GuildChange{After: guild("a\xffb")}),
		"a guild with a long id":      change(store.GuildChange{After: guild(strings.Repeat("x", 600))}),
		"a guild of no partition":     change(store.GuildChange{Partition: 1, After: guild("x")}),
		"no guild":                    change(store.GuildChange{}),
		"a guild that becomes others": change(store.GuildChange{Before: base, After: guild("x")}),
		"a guild twice":               change(store.GuildChange{After: guild("x")}, store.GuildChange{After: guild("x")}),
		"players out of order":        change(store.GuildChange{After: guild("x", player("2"), player("1"))}),
		"a player twice":              change(store.GuildChange{After: guild("x", player("2"), player("2"))}),
		"a player that is nil":        change(store.GuildChange{After: guild("x", nil)}),
		"a player without a bot":      change(store.GuildChange{After: guild("x", player(""))}),
		"a slot twice":                change(store.GuildChange{After: guild("x", player("1", slots("a", "b", "a")...))}),
		"a slot again":                change(store.GuildChange{Before: base, After: queued(base, base.Players[0].Queue[0], slot("b"), slot("a"))}),
		"a slot that is nil":          change(store.GuildChange{After: guild("x", player("1", nil))}),
		"a slot without an id":        change(store.GuildChange{After: guild("x", player("1", &music.Slot{}))}),
		"an event without an id":      event(func(r *store.Record) { r.ID = "" }),
		"an event without a type":     event(func(r *store.Record) { r.Type = "" }),
		"an event elsewhere":          event(func(r *store.Record) { r.Partition = 1 }),
		"an event that is not text":   event(func(r *store.Record) { r.Envelope = []byte{0xff} }),
		"an effect without a key":     {Effects: []store.EffectRow{o.effect("", "answer")}},
		"an effect elsewhere":         {Effects: []store.EffectRow{{Key: "k", Kind: "answer", Partition: 2}}},
		"a cursor without a source":   {Cursors: []store.Cursor{{}}},
		"a cursor elsewhere":          {Cursors: []store.Cursor{{Partition: 1, Source: "s"}}},
		"a dead letter without an id": {DeadLetters: []store.DeadLetter{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			// What stands beside it must not stay either.
			b.Guilds = append([]store.GuildChange{{After: guild("beside")}}, b.Guilds...)
			_, err := o.try(b)
			want(t, err, fault.Invalid, name)
			if load(t, s, "beside") != nil {
				t.Error("a part of the batch was written")
			}
			sameGuild(t, load(t, s, "base"), base)
		})
	}
	t.Run("stamps", func(t *testing.T) {
		next := o.stamp
		next.Batch++
		for name, stamps := range map[string][]store.Stamp{
			"none":          nil,
			"twice":         {next, next},
			"of no number":  {next, {Partition: -1}},
			"out of bounds": {{Partition: 1 << 40}},
		} {
			_, err := s.Commit(t.Context(), &store.Batch{Stamps: stamps, At: epoch})
			want(t, err, fault.Invalid, name)
		}
	})
	o.put(base, queued(base, slots("a", "b")...))
}
