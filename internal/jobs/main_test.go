package jobs_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/jobs"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// within is how long a test waits for what has to come.
const within = 60 * time.Second

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// engines runs a test on both databases, each new.
func engines(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, "sqlite://"+filepath.Join(t.TempDir(), "platform.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, testenv.Postgres(t))
	})
}

func open(t *testing.T, url string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url, Timeout: within})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// process is what one process has of a queue.
type process struct {
	*jobs.Queue
	pools sqlstore.JobPools
}

// newProcess returns a process; change, where it is not nil, changes its options.
func newProcess(tb testing.TB, db *sqlstore.DB, change func(*jobs.Options)) process {
	tb.Helper()
	p, err := db.OpenJobs()
	if err != nil {
		tb.Fatal(err)
	}
	o := jobs.Options{
		SQLite: p.Engine == sqlstore.EngineSQLite, Write: p.Write, Read: p.Read, Listen: p.Listen,
		Holder: "test", Logger: quiet(),
	}
	if change != nil {
		change(&o)
	}
	q, err := jobs.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return process{q, p}
}

// start runs chores until what it returns is called, or the test ends.
func (p process) start(t *testing.T, chores ...jobs.Chore) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, chores) }()
	ended := false
	stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(within):
			t.Error("the queue does not end")
		}
	}
	t.Cleanup(stop)
	return stop
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (p process) list(t *testing.T, f jobs.Filter) []jobs.Job {
	t.Helper()
	f.Limit = 1000
	all, next, err := p.List(t.Context(), f)
	if err != nil || next != "" {
		t.Fatalf("%q, %v", next, err)
	}
	return all
}
