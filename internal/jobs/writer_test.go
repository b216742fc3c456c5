package jobs_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/jobs"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// commander commits as a partition does.
type commander struct {
	db    *sqlstore.DB
	stamp store.Stamp
	last  *music.Guild
}

func newCommander(tb testing.TB, db *sqlstore.DB) *commander {
	tb.Helper()
	l, err := db.Acquire(tb.Context(), 0, "test", time.Hour)
	if err != nil {
		tb.Fatal(err)
	}
	return &commander{db: db, stamp: store.Stamp{Epoch: l.Epoch, Batch: l.Batch}}
}

func (c *commander) commit(ctx context.Context) error {
	c.stamp.Batch++
	g := &music.Guild{ID: "42", Name: fmt.Sprint("change ", c.stamp.Batch), Players: []*music.Player{{Bot: "900"}}}
	_, err := c.db.Commit(ctx, &store.Batch{
		Stamps: []store.Stamp{c.stamp}, At: time.Now(), Guilds: []store.GuildChange{{Before: c.last, After: g}},
		Effects: []store.EffectRow{{
			Key: fmt.Sprint("k", c.stamp.Batch), Kind: "notice", Created: time.Now(), Payload: make([]byte, 200),
		}},
	})
	c.last = g
	return err
}

// busy are many more chores than there are, each every second, that write.
func busy(db *sqlstore.DB, runs *atomic.Int64) (out []jobs.Chore) {
	for i := range 5 {
		out = append(out, jobs.Chore{Kind: fmt.Sprint("chore_", i), Every: time.Second, Do: func(ctx context.Context) error {
			runs.Add(1)
			_, err := db.PruneEffects(ctx, time.Now().Add(-time.Hour), 500)
			return err
		}})
	}
	return out
}

// On SQLite the queue writes beside the one writer of the commands. With the time
// limit that the product has, no commit may find the database busy, and no job
// either, however often they meet.
func TestCommandsAreCommittedWhileJobsRun(t *testing.T) {
	t.Parallel()
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "platform.db"), Timeout: within})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var runs atomic.Int64
	p := newProcess(t, db, nil)
	c := newCommander(t, db)
	stop := p.start(t, busy(db, &runs)...)
	for end := time.Now().Add(within); runs.Load() < 10; {
		if err := c.commit(t.Context()); err != nil {
			t.Fatalf("commit %d: %v", c.stamp.Batch, err)
		}
		if time.Now().After(end) {
			t.Fatal("no jobs run beside commits")
		}
	}
	stop()
	for _, j := range p.list(t, jobs.Filter{}) {
		if len(j.Failures) > 0 {
			t.Errorf("%+v", j)
		}
	}
}

// BenchmarkCommit measures one commit after the other, alone and with some eighty
// times the jobs that the product has.
func BenchmarkCommit(b *testing.B) {
	for _, with := range []bool{false, true} {
		b.Run(map[bool]string{false: "alone", true: "beside jobs"}[with], func(b *testing.B) {
			db, err := sqlstore.Open(b.Context(), sqlstore.Options{URL: "sqlite://" + filepath.Join(b.TempDir(), "platform.db")})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			var runs atomic.Int64
			ctx, cancel := context.WithCancel(b.Context())
			done := make(chan error, 1)
			if with {
				q := newProcess(b, db, nil)
				go func() { done <- q.Run(ctx, busy(db, &runs)) }()
				for runs.Load() == 0 {
					<-time.After(10 * time.Millisecond)
				}
			} else {
				done <- nil
			}
			c := newCommander(b, db)
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if err := c.commit(b.Context()); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			for _, q := range []float64{.5, .99, .999, 1} {
				b.ReportMetric(float64(took[int(q*float64(len(took)-1))].Microseconds()), fmt.Sprintf("µs-p%g", q*100))
			}
			b.ReportMetric(float64(runs.Load()), "jobs")
			cancel()
			if err := <-done; err != nil {
				b.Error(err)
			}
		})
	}
}
