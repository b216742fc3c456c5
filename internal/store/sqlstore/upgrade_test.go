package sqlstore_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// older takes back what the steps after the first made.
var older = []string{
	`DROP TABLE history`, `DROP TABLE projections`, `DROP TABLE plays`, `DROP TABLE heard_tracks`, `DROP TABLE nodes`,
	`DROP TABLE members`, `DROP TABLE holder_sessions`, `DROP TABLE identify_budgets`, `DROP TABLE identifies`,
	`DROP TABLE schema_marks`, `DROP TABLE maintenance`,
	`DROP INDEX effects_created`,
	`CREATE UNIQUE INDEX journal_id ON journal (id)`, `CREATE INDEX journal_occurred ON journal (occurred_at)`,
	`CREATE INDEX effects_keys ON effects (partition_id, kind, created_at)`,
	`CREATE INDEX effects_done ON effects (done_at) WHERE done_at > 0`,
	`CREATE INDEX effects_expired ON effects (expires_at) WHERE expires_at > 0`,
	`DELETE FROM goose_db_version WHERE version_id > 1`,
}

// TestADatabaseOfTheFirstSchema brings one to this version: what is in it stays,
// and what is new works.
func TestADatabaseOfTheFirstSchema(t *testing.T) {
	dir := t.TempDir()
	server := testenv.Postgres(t)
	for _, e := range []struct{ name, url, driver, address string }{
		{"sqlite", file(dir), "sqlite", dir + "/platform.db"}, {"postgres", server, "pgx", server},
	} {
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
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			raw(t, e.driver, e.address, older...)

			db = open(t, sqlstore.Options{URL: e.url})
			if _, _, schema, err := db.Describe(t.Context()); err != nil || schema != newest(t) {
				t.Fatalf("the schema is %d, %v", schema, err)
			}
			loaded, err := db.Load(t.Context(), guildIDs(g.ID))
			if err != nil || len(loaded) != 1 || len(loaded[0].Players[0].Queue) != 3 {
				t.Fatalf("got %+v, %v", loaded, err)
			}
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
