package sqlstore_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// older takes every step after the first back.
func older(t *testing.T, url string) (newest int64) {
	t.Helper()
	r, err := sqlstore.OpenRaw(t.Context(), url, sqlstore.Change, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	p, err := r.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	all := p.ListSources()
	return all[len(all)-1].Version
}

// TestADatabaseOfTheFirstSchema brings one to this version: what is in it stays,
// and what is new works.
func TestADatabaseOfTheFirstSchema(t *testing.T) {
	dir := t.TempDir()
	server := testenv.Postgres(t)
	for _, e := range []struct{ name, url string }{{"sqlite", file(dir)}, {"postgres", server}} {
		t.Run(e.name, func(t *testing.T) {
			db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: e.url})
			if err != nil {
				t.Fatal(err)
			}
			l, err := db.Acquire(t.Context(), 0, "h", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			stamp := store.Stamp{Epoch: l.Epoch, Batch: l.Batch + 1}
			g := busy(1, 3, 0)
			if _, err := db.Commit(t.Context(), &store.Batch{Stamps: []store.Stamp{stamp}, At: benchTime, Guilds: []store.GuildChange{{After: g}}}); err != nil {
				t.Fatal(err)
			}
			if err := db.Release(t.Context(), "h", []store.Stamp{stamp}); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			newest := older(t, e.url)

			db = open(t, sqlstore.Options{URL: e.url})
			if _, _, schema, err := db.Describe(t.Context()); err != nil || schema != newest {
				t.Fatalf("the schema is %d, %v", schema, err)
			}
			loaded, err := db.Load(t.Context(), guildIDs(g.ID))
			if err != nil || len(loaded) != 1 || len(loaded[0].Players[0].Queue) != 3 {
				t.Fatalf("got %+v, %v", loaded, err)
			}
			if l, err = db.Acquire(t.Context(), 0, "h", time.Minute); err != nil {
				t.Fatal(err)
			}
			stamp.Epoch = l.Epoch
			after, p := loaded[0], *loaded[0].Players[0]
			p.History = busy(1, 0, 2).Players[0].History
			after.Players = append(after.Players[:0:0], &p)
			stamp.Batch++
			if _, err := db.Commit(t.Context(), &store.Batch{Stamps: []store.Stamp{stamp}, At: benchTime, Guilds: []store.GuildChange{{Before: &loaded[0], After: &after}}}); err != nil {
				t.Fatal(err)
			}
			if again, err := db.Load(t.Context(), guildIDs(g.ID)); err != nil || len(again[0].Players[0].History) != 2 {
				t.Errorf("got %+v, %v", again, err)
			}
			if at, err := db.Position(t.Context(), store.PlaysProjection); err != nil || at != 0 {
				t.Errorf("the projection is at %d, %v", at, err)
			}
		})
	}
}
