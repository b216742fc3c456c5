package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// play is the n-th play of a guild: each lasts a minute and ends one after the
// other.
func play(n int, guild, user, title string) store.Play {
	return store.Play{
		ID: music.PlayID(fmt.Sprintf("%s-%03d", guild, n)), Tenant: "tenant", Guild: music.GuildID(guild), Bot: "20", User: music.UserID(user),
		Track: music.TrackInfo{
			Identifier: "id-" + title, Title: title, Author: "Someone", Source: "http", URI: "https://music.example/" + title,
			ISRC: "ISRC" + title, LengthMS: 60_000,
		},
		Started: epoch.Add(time.Duration(n) * time.Minute), Ended: epoch.Add(time.Duration(n+1) * time.Minute),
		Listened: 59*time.Second + 500*time.Millisecond, Reason: "finished", Node: "main",
	}
}

func project(t *testing.T, s store.Store, plays ...store.Play) {
	t.Helper()
	at, err := s.Position(t.Context(), store.PlaysProjection)
	if err == nil {
		err = s.ProjectPlays(t.Context(), at, at+int64(len(plays))+1, plays)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func idsOf(plays []store.Play) string {
	var out []string
	for _, p := range plays {
		out = append(out, string(p.ID))
	}
	return strings.Join(out, " ")
}

func testPlays(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	if at, err := s.Position(ctx, store.PlaysProjection); err != nil || at != 0 {
		t.Fatalf("a new projection is at %d, %v", at, err)
	}
	_, err := s.Position(ctx, "nothing")
	want(t, err, fault.NotFound, "a projection that is not there")

	first := play(0, "g", "ana", "ocean")
	first.Track.Stream, first.Track.Title = true, "A title\x00 with odd bytes \xff and 🎧"
	if err := s.ProjectPlays(ctx, 0, 10, []store.Play{first, play(1, "g", "bruno", "river"), play(1, "h", "ana", "ocean")}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Plays(ctx, store.PlayQuery{Guild: "g", User: "ana"})
	first.Track.Title = "A title\uFFFD with odd bytes \uFFFD and 🎧"
	if err != nil || len(got) != 1 || fmt.Sprintf("%+v", got[0]) != fmt.Sprintf("%+v", first) {
		t.Fatalf("got %+v, want %+v, %v", got, first, err)
	}

	t.Run("the position", func(t *testing.T) {
		want(t, s.ProjectPlays(ctx, 0, 20, []store.Play{play(7, "g", "ana", "late")}), fault.Conflict, "a position that was left")
		if at, err := s.Position(ctx, store.PlaysProjection); err != nil || at != 10 {
			t.Errorf("the position is %d, %v", at, err)
		}
		if rows, err := s.Plays(ctx, store.PlayQuery{Guild: "g"}); err != nil || idsOf(rows) != "g-001 g-000" {
			t.Errorf("there is %s, %v", idsOf(rows), err)
		}
	})
	t.Run("again", func(t *testing.T) {
		second := play(1, "g", "bruno", "river")
		second.Reason = "skipped"
		twice := second
		twice.Reason = "stopped"
		if err := s.ProjectPlays(ctx, 10, 0, nil); err != nil { // made anew
			t.Fatal(err)
		}
		if err := s.ProjectPlays(ctx, 0, 10, []store.Play{first, second, twice}); err != nil {
			t.Fatal(err)
		}
		rows, err := s.Plays(ctx, store.PlayQuery{Guild: "g"})
		if err != nil || idsOf(rows) != "g-001 g-000" || rows[0].Reason != "stopped" {
			t.Errorf("got %+v, %v", rows, err)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		none, nowhere := play(3, "g", "ana", "x"), play(3, "", "ana", "x")
		none.ID = ""
		want(t, s.ProjectPlays(ctx, 10, 11, []store.Play{none}), fault.Invalid, "a play without an id")
		want(t, s.ProjectPlays(ctx, 10, 11, []store.Play{nowhere}), fault.Invalid, "a play without a guild")
		_, err := s.Plays(ctx, store.PlayQuery{})
		want(t, err, fault.Invalid, "plays of no guild")
		_, err = s.Plays(ctx, store.PlayQuery{Guild: "g", Limit: 1001})
		want(t, err, fault.Invalid, "too many")
		_, err = s.Plays(ctx, store.PlayQuery{Guild: "g", After: "h-001"})
		want(t, err, fault.NotFound, "another guild's play")
	})
	t.Run("many projectors", func(t *testing.T) { testProjectors(t, s) })
}

// testProjectors lets several do the same work: each step is done once.
func testProjectors(t *testing.T, s store.Store) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				at, err := s.Position(t.Context(), store.PlaysProjection)
				if err != nil || at >= 60 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				err = s.ProjectPlays(t.Context(), at, at+1, []store.Play{play(int(at), "many", "ana", fmt.Sprint(at))})
				if code := fault.CodeOf(err); code != "" && code != fault.Conflict {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if rows, err := s.Plays(t.Context(), store.PlayQuery{Guild: "many"}); err != nil || len(rows) != 50 {
		t.Errorf("%d plays, %v", len(rows), err)
	}
}

func testPrunePlays(t *testing.T, open Open) {
	s := open(t, nil)
	var all []store.Play
	for i := range 30 {
		all = append(all, play(i, "g", "ana", fmt.Sprint("track ", i%10)))
	}
	project(t, s, all...)
	for _, c := range []struct{ before, limit, gone, left int }{
		{1, 100, 0, 30}, {11, 4, 4, 26}, {11, 100, 6, 20}, {11, 100, 0, 20}, {25, 100, 14, 6}, {100, 100, 6, 0},
	} {
		n, err := s.PrunePlays(t.Context(), epoch.Add(time.Duration(c.before)*time.Minute), c.limit)
		if err != nil || n != c.gone {
			t.Errorf("%+v pruned %d, %v", c, n, err)
		}
		rows, err := s.Plays(t.Context(), store.PlayQuery{Guild: "g"})
		if err != nil || len(rows) != c.left {
			t.Errorf("%+v leaves %d, %v", c, len(rows), err)
		}
	}
	for _, c := range []struct{ before, limit, gone, left int }{
		{11, 100, 0, 10}, {25, 3, 3, 7}, {25, 100, 1, 6}, {100, 100, 6, 0}, {100, 100, 0, 0},
	} {
		n, err := s.PruneHeard(t.Context(), epoch.Add(time.Duration(c.before)*time.Minute), c.limit)
		if err != nil || n != c.gone {
			t.Errorf("%+v pruned %d of what was heard, %v", c, n, err)
		}
		if rows, err := s.RecentTracks(t.Context(), "g", "ana", "", 0); err != nil || len(rows) != c.left {
			t.Errorf("%+v leaves %v, %v", c, rows, err)
		}
	}
}

func testCordons(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	set := func(node string, on bool, reason string) {
		t.Helper()
		if err := s.Cordon(ctx, music.NodeName(node), on, "olga", reason); err != nil {
			t.Fatal(err)
		}
	}
	is := func(wanted ...string) {
		t.Helper()
		rows, err := s.Cordoned(ctx)
		var got []string
		for _, r := range rows {
			got = append(got, string(r.Node)+":"+r.Reason)
			if r.By != "olga" || r.Updated.IsZero() {
				t.Errorf("the row is %+v", r)
			}
		}
		if err != nil || !slices.Equal(got, wanted) {
			t.Errorf("got %v, want %v, %v", got, wanted, err)
		}
	}
	is()
	set("south", true, "new disk")
	set("north", true, "")
	set("west", false, "never was")
	is("north:", "south:new disk")
	set("south", false, "done")
	is("north:")
	set("north", true, "still")
	is("north:still")
	for _, bad := range [][3]string{{"", "olga", ""}, {"a\x00", "olga", ""}, {"a", "olga", strings.Repeat("x", 513)}, {"a", "\xff", ""}} {
		want(t, s.Cordon(ctx, music.NodeName(bad[0]), true, bad[1], bad[2]), fault.Invalid, fmt.Sprintf("%q", bad))
	}
}
