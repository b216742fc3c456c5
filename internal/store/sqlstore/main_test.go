package sqlstore_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/store/storetest"
	"github.com/atrilhq/platform/internal/testenv"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashVar); dir != "" {
		crashing(dir)
		return
	}
	if url := os.Getenv(writersVar); url != "" {
		writing(url)
		return
	}
	goleak.VerifyTestMain(m)
}

func open(tb testing.TB, o sqlstore.Options) *sqlstore.DB {
	tb.Helper()
	// A busy machine is no database that does not answer: tests of that set their own.
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	db, err := sqlstore.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return db
}

func file(dir string) string { return "sqlite://" + filepath.Join(dir, "platform.db") }

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T, failpoint func(store.Stage) error) store.Store {
		return open(t, sqlstore.Options{URL: file(t.TempDir()), Failpoint: failpoint})
	})
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T, failpoint func(store.Stage) error) store.Store {
		return open(t, sqlstore.Options{URL: testenv.Postgres(t), Failpoint: failpoint})
	})
}

func guildIDs(ids ...music.GuildID) []music.GuildID { return ids }
