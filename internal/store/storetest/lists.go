package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func testLists(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	zero, one := own(t, s, 0, "h"), own(t, s, 1, "h")
	idle := player("1")
	playing := player("2")
	playing.Play, playing.Node = &music.Play{ID: "p", Slot: "s", Track: slot("t").Track}, "north"
	connected := player("3")
	connected.Voice.Channel, connected.Node = "9", "south"
	waiting := player("4", slots("a", "b", "c")...)

	zero.commit(store.Batch{Guilds: []store.GuildChange{
		{Partition: 0, After: guild("b", playing, waiting)},
		{Partition: 0, After: guild("a", idle)},
		{Partition: 0, After: guild("Z", connected)},
	}})
	one.put(nil, guild("c", waiting))

	t.Run("active", func(t *testing.T) {
		for partition, wanted := range map[int][]music.GuildID{0: {"Z", "b"}, 1: {"c"}, 2: nil} {
			if got, err := s.Active(ctx, partition); err != nil || !slices.Equal(got, wanted) {
				t.Errorf("partition %d has %v, want %v, %v", partition, got, wanted, err)
			}
		}
		g := zero.load("Z")
		p := *g.Players[0]
		p.Voice.Channel = ""
		zero.put(g, with(g, &p))
		if got, err := s.Active(ctx, 0); err != nil || !slices.Equal(got, []music.GuildID{"b"}) {
			t.Errorf("after it left: %v, %v", got, err)
		}
	})
	t.Run("guilds page in the order of bytes", func(t *testing.T) {
		var got []music.GuildID
		after := music.GuildID("")
		for {
			rows, err := s.List(ctx, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) == 0 {
				break
			}
			for _, r := range rows {
				got = append(got, r.ID)
				if r.Name != "The guild "+string(r.ID) || r.Plan != "elite" || r.Version < 1 || !r.Updated.Equal(epoch) || r.Tenant != "" {
					t.Errorf("the row is %+v", r)
				}
			}
			after = got[len(got)-1]
		}
		if !slices.Equal(got, []music.GuildID{"Z", "a", "b", "c"}) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("players", func(t *testing.T) {
		for _, c := range []struct {
			q      store.PlayerQuery
			wanted string
		}{
			{store.PlayerQuery{}, "[Z/3:0 a/1:0 b/2:0 b/4:3 c/4:3]"},
			{store.PlayerQuery{Guild: "b"}, "[b/2:0 b/4:3]"},
			{store.PlayerQuery{Bot: "4"}, "[b/4:3 c/4:3]"},
			{store.PlayerQuery{Node: "north"}, "[b/2:0]"},
			{store.PlayerQuery{Node: "nowhere"}, "[]"},
			{store.PlayerQuery{AfterGuild: "b", AfterBot: "2", Limit: 1}, "[b/4:3]"},
			{store.PlayerQuery{Bot: "4", AfterGuild: "b", AfterBot: "4"}, "[c/4:3]"},
		} {
			rows, err := s.Players(ctx, c.q)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, r := range rows {
				got = append(got, fmt.Sprintf("%s/%s:%d", r.Guild, r.Player.Bot, r.Waiting))
				if r.Player.Queue != nil || r.Version < 1 || !r.Updated.Equal(epoch) {
					t.Errorf("the row is %+v", r)
				}
			}
			if fmt.Sprint(got) != c.wanted {
				t.Errorf("%+v gives %v, want %s", c.q, got, c.wanted)
			}
		}
	})
	t.Run("cursors", func(t *testing.T) {
		for n := range int64(2) {
			zero.commit(store.Batch{Cursors: []store.Cursor{
				{Partition: 0, Source: "shard-1", Generation: fmt.Sprint("g", n), Position: 10 + n},
				{Partition: 0, Source: "bus", Position: 1<<40 + n},
			}})
			got, err := s.Cursors(ctx, 0)
			wanted := []store.Cursor{
				{Partition: 0, Source: "bus", Position: 1<<40 + n},
				{Partition: 0, Source: "shard-1", Generation: fmt.Sprint("g", n), Position: 10 + n},
			}
			if err != nil || !slices.Equal(got, wanted) {
				t.Errorf("got %v, %v", got, err)
			}
		}
	})
	t.Run("limits", func(t *testing.T) {
		for _, limit := range []int{-1, 1001} {
			_, err := s.List(ctx, "", limit)
			want(t, err, fault.Invalid, "guilds")
			_, err = s.Players(ctx, store.PlayerQuery{Limit: limit})
			want(t, err, fault.Invalid, "players")
			_, err = s.Events(ctx, store.EventQuery{Limit: limit})
			want(t, err, fault.Invalid, "events")
			_, err = s.Owed(ctx, "answer", epoch, limit)
			want(t, err, fault.Invalid, "effects")
			_, err = s.DeadLettersAfter(ctx, "", limit)
			want(t, err, fault.Invalid, "dead letters")
		}
	})
}
