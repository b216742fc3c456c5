package api_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/store"
)

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestGuildsPageByPage(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	fill(t, r, "one", "two", "three")
	b := backend(r, nil)
	var seen []string
	for cursor, turns := "", 0; turns < 10; turns++ {
		page, err := b.Guilds(t.Context(), httpapi.Page{Limit: 2, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range page.Items {
			seen = append(seen, g.Name+"/"+g.Plan)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if got := fmt.Sprint(seen); got != "[one/free two/free three/free]" {
		t.Errorf("saw %s", got)
	}
	_, err := b.Guilds(t.Context(), httpapi.Page{Limit: 2, Cursor: "%"})
	code(t, err, fault.Invalid, "next_cursor")
	g, err := b.Guild(t.Context(), "two")
	if err != nil || g.ID != "1001" || g.Limits == nil || g.Limits.Bots != 1 || g.Limits.MaxVolume != 150 {
		t.Errorf("%+v %v", g, err)
	}
	_, err = b.Guild(t.Context(), "four")
	code(t, err, fault.NotFound, "platformctl guilds list")
	_, err = b.Settings(t.Context(), "99")
	code(t, err, fault.NotFound, "platformctl guilds list")
}

// What was heard in a guild is shown to whoever asks for that guild, and nothing
// of another one.
func TestPlaysOfAGuild(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	ids := fill(t, r, "one", "two")
	end := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var plays []store.Play
	for i := range 5 {
		plays = append(plays, store.Play{
			ID: music.PlayID(fmt.Sprint("p", i)), Guild: ids[i/4], Bot: r.Bot, User: music.UserID(fmt.Sprint("u", i%2)),
			Track:   music.TrackInfo{Identifier: "t", Title: fmt.Sprint("Song ", i), Author: "Ana", Source: "http", LengthMS: 60_000},
			Started: end.Add(-time.Minute), Ended: end.Add(time.Duration(i) * time.Minute), Listened: time.Duration(i+1) * time.Second, Reason: "finished", Node: "n1",
		})
	}
	at, err := r.Store.Position(t.Context(), store.PlaysProjection)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Store.ProjectPlays(t.Context(), at, at+1, plays); err != nil {
		t.Fatal(err)
	}
	b := backend(r, nil)
	read := func(f httpapi.PlayFilter) (out string) {
		f.Limit = 3
		for range 5 {
			page, err := b.Plays(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Items {
				out += h.ID + " "
				if h.Guild != string(ids[0]) && f.Guild == "one" || h.BotName != "main" || h.Track.LengthMS != 60_000 {
					t.Errorf("%+v", h)
				}
			}
			if f.Cursor = page.NextCursor; f.Cursor == "" {
				break
			}
		}
		return out
	}
	for want, f := range map[string]httpapi.PlayFilter{
		"p3 p2 p1 p0 ": {Guild: "one"}, "p4 ": {Guild: string(ids[1])}, "p3 p1 ": {Guild: "one", User: "u1"},
		"p3 p2 ": {Guild: "one", Since: end.Add(2 * time.Minute)}, "p1 p0 ": {Guild: "one", Until: end.Add(2 * time.Minute)},
	} {
		if got := read(f); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
	_, err = b.Plays(t.Context(), httpapi.PlayFilter{Guild: "one", Page: httpapi.Page{Limit: 3, Cursor: "gone"}})
	code(t, err, fault.Invalid, "next_cursor")
	_, err = b.Plays(t.Context(), httpapi.PlayFilter{Guild: "three", Page: httpapi.Page{Limit: 3}})
	code(t, err, fault.NotFound, "platformctl guilds list")
	sum, err := b.PlayTotals(t.Context(), "one", time.Time{})
	if err != nil || sum.Count != 4 || sum.ListenedMS != 10_000 || len(sum.Users) != 2 || len(sum.Tracks) != 1 || sum.GuildName != "one" {
		t.Errorf("%+v %v", sum, err)
	}
	if sum, err = b.PlayTotals(t.Context(), "one", end.Add(3*time.Minute)); err != nil || sum.Count != 1 {
		t.Errorf("%+v %v", sum, err)
	}
}
