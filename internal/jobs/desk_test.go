package jobs_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/jobs"
)

// wants fails the test unless an error has a code.
func wants(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestOperatorsSeeAndChangeJobs(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		db := open(t, url)
		p := newProcess(t, db, nil)
		began, ended := make(chan struct{}, 9), make(chan struct{}, 9)
		p.start(t,
			jobs.Chore{Kind: "long", Every: time.Hour, Do: func(ctx context.Context) error {
				began <- struct{}{}
				<-ctx.Done()
				ended <- struct{}{}
				return context.Cause(ctx)
			}},
			jobs.Chore{Kind: "short", Every: time.Hour, Do: func(context.Context) error { return nil }})
		await(t, began, "the long job")
		eventually(t, "the short job", func() bool { return len(p.list(t, jobs.Filter{Kind: "short", State: "completed"})) == 1 })

		// Whoever only looks sees what another process does.
		desk := newDesk(t, p)
		all := desk.list(t, jobs.Filter{})
		if len(all) != 2 || all[0].ID < all[1].ID {
			t.Fatalf("%+v", all)
		}
		page, next, err := desk.List(t.Context(), jobs.Filter{Limit: 1})
		if err != nil || len(page) != 1 || page[0].ID != all[0].ID || next == "" {
			t.Fatalf("%+v, %q, %v", page, next, err)
		}
		page, _, err = desk.List(t.Context(), jobs.Filter{Limit: 1, Cursor: next})
		if err != nil || len(page) != 1 || page[0].ID != all[1].ID {
			t.Errorf("%+v, %v", page, err)
		}
		_, _, err = desk.List(t.Context(), jobs.Filter{Limit: 1, Cursor: "nonsense"})
		wants(t, err, fault.Invalid)
		_, _, err = desk.List(t.Context(), jobs.Filter{Limit: 1, State: "lost"})
		wants(t, err, fault.Invalid)

		long, short := desk.list(t, jobs.Filter{Kind: "long"})[0], desk.list(t, jobs.Filter{Kind: "short"})[0]
		if long.State != "running" || long.Attempted.IsZero() || !long.Ended.IsZero() {
			t.Errorf("%+v", long)
		}
		counts, err := desk.Counts(t.Context())
		if err != nil || len(counts) != 2 || counts[0].Kind != "long" || counts[0].State != "running" || counts[0].N != 1 ||
			counts[0].Oldest > within || counts[1].State != "completed" {
			t.Errorf("%+v, %v", counts, err)
		}
		_, err = desk.Retry(t.Context(), long.ID)
		wants(t, err, fault.Conflict)
		_, err = desk.Cancel(t.Context(), short.ID)
		wants(t, err, fault.Conflict)
		for _, f := range []func(context.Context, int64) (jobs.Job, error){desk.Get, desk.Retry, desk.Cancel} {
			_, err = f(t.Context(), 1<<40)
			wants(t, err, fault.NotFound)
		}
		// One that runs is told to end, wherever it does.
		if _, err := desk.Cancel(t.Context(), long.ID); err != nil {
			t.Fatal(err)
		}
		await(t, ended, "the end of the long job")
		eventually(t, "the job is cancelled", func() bool { j, err := desk.Get(t.Context(), long.ID); return err == nil && j.State == "cancelled" })
		// It can be had again, but not twice at once.
		if j, err := desk.Retry(t.Context(), long.ID); err != nil || j.State != "available" {
			t.Fatalf("%+v, %v", j, err)
		}
		await(t, began, "the long job again")
		if j, err := desk.Retry(t.Context(), short.ID); err != nil || j.State == "completed" {
			t.Errorf("%+v, %v", j, err)
		}
	})
}

// newDesk returns a queue on the same connections that runs nothing.
func newDesk(t *testing.T, p process) process {
	t.Helper()
	q, err := jobs.New(jobs.Options{
		SQLite: p.pools.Engine == "sqlite", Write: p.pools.Write, Read: p.pools.Read, Listen: p.pools.Listen, Holder: "desk", Logger: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return process{q, p.pools}
}

func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(within):
		t.Fatalf("%s did not come", what)
	}
}

// A process that died left a job running, in the middle of the only run that there
// may be of its kind. It is rescued, and tried again.
func TestAJobOfADeadProcessIsRescued(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		db := open(t, url)
		var runs atomic.Int64
		chore := jobs.Chore{Kind: "orphan", Every: time.Hour, Timeout: time.Second, Do: func(context.Context) error { runs.Add(1); return nil }}
		p := newProcess(t, db, func(o *jobs.Options) { o.RescueAfter = 3 * time.Minute })
		stop := p.start(t, chore)
		eventually(t, "the first run", func() bool { return len(p.list(t, jobs.Filter{State: "completed"})) == 1 })
		stop()
		id := p.list(t, jobs.Filter{})[0].ID
		text := `UPDATE river_job SET state = 'running', finalized_at = NULL, attempted_at = now() - interval '4 minutes' WHERE id = $1`
		if p.pools.Engine == "sqlite" {
			text = `UPDATE river_job SET state = 'running', finalized_at = NULL, attempted_at = datetime('now', '-4 minutes') WHERE id = $1`
		}
		if _, err := p.pools.Write.ExecContext(t.Context(), text, id); err != nil {
			t.Fatal(err)
		}
		p.start(t, chore)
		eventually(t, "the rescue", func() bool {
			j, err := p.Get(t.Context(), id)
			return err == nil && j.State != "running" && len(j.Failures) > 0
		})
		if n := len(p.list(t, jobs.Filter{})); n != 1 {
			t.Errorf("beside it %d jobs were made", n-1)
		}
	})
}

// A process that is told to end cancels what does not finish soon, and leaves it
// to the next one without counting the try.
func TestTheEndOfAProcessWaitsAndCostsNoTry(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		db := open(t, url)
		outcomes := make(chan string, 9)
		p := newProcess(t, db, func(o *jobs.Options) {
			o.Ran = func(_, outcome string, _ time.Duration) { outcomes <- outcome }
		})
		began, release := make(chan struct{}, 9), make(chan struct{})
		chore := jobs.Chore{Kind: "slow", Every: time.Hour, Do: func(ctx context.Context) error {
			began <- struct{}{}
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-release:
				return nil
			}
		}}
		stop := p.start(t, chore)
		await(t, began, "the job")
		stop()
		if got := <-outcomes; got != jobs.Interrupted {
			t.Errorf("it was %s", got)
		}
		all := p.list(t, jobs.Filter{})
		if len(all) != 1 || all[0].Attempt != 0 || len(all[0].Failures) > 0 || !slices.Contains([]string{"available", "scheduled"}, all[0].State) {
			t.Fatalf("%+v", all)
		}
		close(release)
		p.start(t, chore)
		eventually(t, "it goes on", func() bool { j, err := p.Get(t.Context(), all[0].ID); return err == nil && j.State == "completed" })
	})
}

func TestChoresThatCannotBe(t *testing.T) {
	t.Parallel()
	p := newProcess(t, open(t, "sqlite://"+t.TempDir()+"/platform.db"), nil)
	do := func(context.Context) error { return nil }
	for name, c := range map[string]jobs.Chore{
		"no name":       {Every: time.Minute, Do: do},
		"a bad name":    {Kind: "Prune Plays", Every: time.Minute, Do: do},
		"too often":     {Kind: "ab", Every: time.Millisecond, Do: do},
		"for too long":  {Kind: "ab", Every: time.Minute, Timeout: time.Hour, Do: do},
		"before it was": {Kind: "ab", Every: time.Minute, Timeout: -1, Do: do},
		"nothing to do": {Kind: "ab", Every: time.Minute},
		"a short name":  {Kind: "a", Every: time.Minute, Do: do},
	} {
		t.Run(name, func(t *testing.T) { wants(t, p.Run(t.Context(), []jobs.Chore{c}), fault.Invalid) })
	}
	twice := jobs.Chore{Kind: "ab", Every: time.Minute, Do: do}
	wants(t, p.Run(t.Context(), []jobs.Chore{twice, twice}), fault.Invalid)
}

// While the database is away nothing is lost and nobody is stopped.
func TestAQueueWithoutADatabaseGoesOnTrying(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite://"+t.TempDir()+"/platform.db")
	p := newProcess(t, db, nil)
	if err := p.pools.Write.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- p.Run(ctx, []jobs.Chore{{Kind: "ab", Every: time.Minute, Do: func(context.Context) error { return nil }}})
	}()
	_, err := p.Get(t.Context(), 1)
	wants(t, err, fault.Unavailable)
	_, _, err = p.List(t.Context(), jobs.Filter{Limit: 1})
	wants(t, err, fault.Unavailable)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
