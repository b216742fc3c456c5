package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func rich(id string) *music.Guild {
	g := guild(id,
		&music.Player{
			Bot: "20", Node: "main", Volume: 80, Paused: true, Text: "500", Halted: true,
			Voice: music.Voice{Want: "600", Channel: "600", Session: "s", Token: "secret", Endpoint: "voice.example:443", JoinBy: epoch},
			Play: &music.Play{
				ID: "p", Slot: "q", Track: slot("x").Track, By: "ana", Phase: music.PhaseSounding, Since: epoch, Retries: 2,
				Anchor: music.Anchor{Position: 1234567890 * time.Nanosecond, At: epoch.Add(time.Nanosecond), Speed: 1.25},
			},
			Failures: []time.Time{epoch, epoch.Add(time.Second)}, SilentSince: epoch, EmptyAt: epoch.Add(time.Minute),
			Owed:     []music.Owed{{To: music.ReplyTo{Surface: "discord", ID: "i", Address: "a", Locale: "es"}}},
			LastSkip: music.SkipMark{By: "bruno", At: epoch},
			Queue: []*music.Slot{slot("b"), {
				ID: "a", State: music.SlotPending, By: "carla", At: epoch,
				Pending: &music.Pending{
					Query: music.Query{Text: "ocean \u202e ñ 🎵", URL: false}, Deadline: epoch.Add(15 * time.Second),
					Reply: music.ReplyTo{Surface: "discord", ID: "j"},
				},
			}},
			History: []*music.Slot{played("h1"), played("h2"), played("h1")},
		},
		player("30"))
	g.Bots = []music.BotID{"30", "20"}
	g.Name = "A name\x00 with odd bytes and 🎧"
	return g
}

func testGuilds(t *testing.T, open Open) {
	s := open(t, nil)
	o := own(t, s, 0, "one")
	if got := o.load("nobody"); got != nil {
		t.Fatalf("a guild that is not there: %+v", got)
	}
	if gs, err := s.Load(t.Context(), nil); err != nil || len(gs) != 0 {
		t.Fatalf("no ids: %v, %v", gs, err)
	}
	g := rich("100")
	o.put(nil, g)
	sameGuild(t, o.load("100"), g)

	t.Run("only settings", func(t *testing.T) {
		next := *g
		next.Settings.Volume = 33
		next.Bots = []music.BotID{"30"}
		o.put(g, &next)
		sameGuild(t, o.load("100"), &next)
		g = &next
	})
	t.Run("only a player", func(t *testing.T) {
		rows := func() (store.GuildRow, store.PlayerRow) {
			list, err := s.List(t.Context(), "", 10)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			players, err := s.Players(t.Context(), store.PlayerQuery{Bot: "30"})
			if err != nil || len(players) != 1 {
				t.Fatal(players, err)
			}
			return list[0], players[0]
		}
		wasGuild, wasPlayer := rows()
		next := with(g, player("30", slots("n")...))
		o.put(g, next)
		sameGuild(t, o.load("100"), next)
		isGuild, isPlayer := rows()
		if isGuild.Version != wasGuild.Version || isPlayer.Version != wasPlayer.Version+1 {
			t.Errorf("versions went from %d, %d to %d, %d", wasGuild.Version, wasPlayer.Version, isGuild.Version, isPlayer.Version)
		}
		g = next
	})
	t.Run("a player goes and one comes", func(t *testing.T) {
		next := *g
		next.Players = []*music.Player{g.Players[0], player("40", slots("n", "m")...)}
		o.put(g, &next)
		sameGuild(t, o.load("100"), &next)
		o.put(&next, g)
		sameGuild(t, o.load("100"), g)
	})
	t.Run("from what was loaded", func(t *testing.T) {
		loaded := o.load("100")
		next := queued(loaded, append(slices.Clone(loaded.Players[0].Queue), slot("z"))...)
		o.put(loaded, next)
		sameGuild(t, o.load("100"), next)
	})
	t.Run("from a copy that the store never saw", func(t *testing.T) {
		next := o.load("100")
		c := *next.Players[0]
		c.Queue = slices.Clone(c.Queue)
		before := with(next, &c)
		after := queued(before, append(slots("first"), c.Queue...)...)
		o.put(before, after)
		sameGuild(t, o.load("100"), after)
	})
	t.Run("many at once", func(t *testing.T) {
		var b store.Batch
		var ids []music.GuildID
		all := map[music.GuildID]*music.Guild{}
		for i := range 700 {
			g := guild(fmt.Sprintf("many-%03d", i), player("1", slots("a", "b")...))
			b.Guilds = append(b.Guilds, store.GuildChange{Partition: 0, After: g})
			ids = append(ids, g.ID, g.ID)
			all[g.ID] = g
		}
		o.commit(b)
		got, err := s.Load(t.Context(), ids)
		if err != nil || len(got) != len(all) {
			t.Fatalf("%d guilds, %v", len(got), err)
		}
		for i := range got {
			sameGuild(t, &got[i], all[got[i].ID])
		}
	})
	t.Run("there already", func(t *testing.T) {
		_, err := o.try(store.Batch{Guilds: []store.GuildChange{{Partition: 0, After: guild("100")}}})
		want(t, err, fault.Invalid, "a guild without a before that has a row")
		sameGuildID(t, o.load("100"))
	})
	t.Run("another partition's", func(t *testing.T) {
		other := own(t, s, 1, "one")
		g := o.load("100")
		next := *g
		next.Name = "taken"
		_, err := other.try(store.Batch{Guilds: []store.GuildChange{{Partition: 1, Before: g, After: &next}}})
		want(t, err, fault.Invalid, "a guild under another partition")
		_, err = other.try(store.Batch{Guilds: []store.GuildChange{{Partition: 1, Before: g, After: queued(g)}}})
		want(t, err, fault.Invalid, "a player under another partition")
		sameGuild(t, o.load("100"), g)
	})
}

func sameGuildID(t *testing.T, g *music.Guild) {
	t.Helper()
	if g == nil || len(g.Players) == 0 {
		t.Errorf("the guild has changed: %+v", g)
	}
}
