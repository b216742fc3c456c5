package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func testRecentTracks(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	plays := []store.Play{
		play(0, "g", "ana", "Canción del Mar"), play(1, "g", "ana", "100% wool_"), play(2, "g", "ana", "MARE Nostrum"),
		play(3, "g", "bruno", "Mar adentro"), play(4, "h", "ana", "Mar de nubes"), play(5, "g", "ana", "Canción del Mar"),
		play(6, "g", "", "nobody's"), play(7, "g", "ana", "Ｆｕｌｌ width 🎧"),
	}
	plays[2].Track.Author = "Óscar & friends"
	project(t, s, plays[:4]...)
	project(t, s, plays[4:]...)
	for _, c := range []struct {
		guild, user, filter string
		limit               int
		wanted              string
	}{
		{"g", "ana", "", 0, "Ｆｕｌｌ width 🎧|Canción del Mar|MARE Nostrum|100% wool_"},
		{"g", "ana", "", 2, "Ｆｕｌｌ width 🎧|Canción del Mar"},
		{"g", "ana", "mar", 0, "Canción del Mar|MARE Nostrum"},
		{"g", "ana", "  CANCION ", 0, "Canción del Mar"},
		{"g", "ana", "mar canción", 0, "Canción del Mar"},
		{"g", "ana", "oscar", 0, "MARE Nostrum"},
		{"g", "ana", "full", 0, "Ｆｕｌｌ width 🎧"},
		{"g", "ana", "🎧", 0, "Ｆｕｌｌ width 🎧"},
		{"g", "ana", "%", 0, "100% wool_"},
		{"g", "ana", "_", 0, "100% wool_"},
		{"g", "ana", `\`, 0, ""},
		{"g", "ana", "'; --", 0, ""},
		{"g", "ana", "\x00\xff", 0, ""},
		{"g", "ana", strings.Repeat("mar ", 1000), 0, "Canción del Mar|MARE Nostrum"},
		{"g", "bruno", "mar", 0, "Mar adentro"},
		{"h", "ana", "", 0, "Mar de nubes"},
		{"g", "", "", 0, ""},
		{"x", "ana", "", 0, ""},
	} {
		rows, err := s.RecentTracks(ctx, music.GuildID(c.guild), music.UserID(c.user), c.filter, c.limit)
		var got []string
		for _, r := range rows {
			got = append(got, r.Track.Title)
		}
		if err != nil || strings.Join(got, "|") != c.wanted {
			t.Errorf("%.40q of %s in %s gives %v, want %s, %v", c.filter, c.user, c.guild, got, c.wanted, err)
		}
	}
	rows, err := s.RecentTracks(ctx, "g", "ana", "mar canción", 1)
	if err != nil || len(rows) != 1 || rows[0].Track != plays[5].Track || !rows[0].At.Equal(plays[5].Ended) {
		t.Errorf("got %+v, want %+v, %v", rows, plays[5], err)
	}
	for _, limit := range []int{-1, 101} {
		_, err := s.RecentTracks(ctx, "g", "ana", "", limit)
		want(t, err, fault.Invalid, fmt.Sprint("a limit of ", limit))
	}
	t.Run("what is older does not count", func(t *testing.T) {
		again := play(1, "g", "ana", "Canción del Mar")
		again.ID = "older"
		project(t, s, again)
		if rows, err := s.RecentTracks(ctx, "g", "ana", "mar", 0); err != nil || len(rows) != 2 || !rows[0].At.Equal(plays[5].Ended) {
			t.Errorf("got %+v, %v", rows, err)
		}
	})
	t.Run("pages of plays", func(t *testing.T) {
		for _, c := range []struct {
			q      store.PlayQuery
			wanted string
		}{
			{store.PlayQuery{Guild: "g"}, "g-007 g-006 g-005 g-003 g-002 older g-001 g-000"},
			{store.PlayQuery{Guild: "g", Limit: 2}, "g-007 g-006"},
			{store.PlayQuery{Guild: "g", Limit: 2, After: "g-006"}, "g-005 g-003"},
			{store.PlayQuery{Guild: "g", After: "older"}, "g-001 g-000"},
			{store.PlayQuery{Guild: "g", After: "g-000"}, ""},
			{store.PlayQuery{Guild: "g", User: "ana", Since: epoch.Add(3 * time.Minute)}, "g-007 g-005 g-002"},
			{store.PlayQuery{Guild: "g", Until: epoch.Add(3 * time.Minute)}, "older g-001 g-000"},
			{store.PlayQuery{Guild: "g", User: "bruno"}, "g-003"},
			{store.PlayQuery{Guild: "nowhere"}, ""},
		} {
			rows, err := s.Plays(ctx, c.q)
			if err != nil || idsOf(rows) != c.wanted {
				t.Errorf("%+v gives %s, want %s, %v", c.q, idsOf(rows), c.wanted, err)
			}
		}
	})
}

func testPlayTotals(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	var all []store.Play
	for i := range 40 {
		p := play(i, "g", fmt.Sprint("user-", i%3), fmt.Sprint("t", i%12))
		p.Listened = time.Duration(i) * time.Second
		all = append(all, p)
	}
	all[0].User = ""
	project(t, s, append(all, play(0, "h", "user-0", "t0"))...)
	got, err := s.PlayTotals(ctx, "g", time.Time{})
	if err != nil || got.Count != 40 || got.Listened != 780*time.Second || len(got.Tracks) != 10 || len(got.Users) != 3 {
		t.Fatalf("got %+v, %v", got, err)
	}
	// 40 plays of 12 tracks: t0 to t3 were heard four times, t3 the longest.
	top := got.Tracks[0]
	if top.Track != all[3].Track || top.Count != 4 || top.Listened != (3+15+27+39)*time.Second || got.Tracks[4].Track.Title != "t11" {
		t.Errorf("the tracks are %+v", got.Tracks)
	}
	if got.Users[0].User != "user-0" || got.Users[0].Count != 13 || got.Users[2].User != "user-1" || got.Users[0].Listened != 273*time.Second {
		t.Errorf("the members are %+v", got.Users)
	}
	got, err = s.PlayTotals(ctx, "g", epoch.Add(39*time.Minute))
	if err != nil || got.Count != 2 || got.Listened != 77*time.Second || len(got.Tracks) != 2 || got.Tracks[0].Track.Title != "t3" {
		t.Errorf("the last two: %+v, %v", got, err)
	}
	if got, err := s.PlayTotals(ctx, "nowhere", time.Time{}); err != nil || got.Count != 0 || got.Listened != 0 || got.Tracks != nil || got.Users != nil {
		t.Errorf("nowhere: %+v, %v", got, err)
	}
	_, err = s.PlayTotals(ctx, "", time.Time{})
	want(t, err, fault.Invalid, "totals of no guild")
}
