package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/jobs"
)

// Two processes share the chores: each run is one job, and no two are at it at
// once. When one of them ends the other goes on.
func TestOneRunAtATimeAcrossProcesses(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		db := open(t, url)
		var runs, at, twice atomic.Int64
		c := jobs.Chore{Kind: "count", Every: time.Second, Do: func(context.Context) error {
			if at.Add(1) > 1 {
				twice.Add(1)
			}
			runs.Add(1)
			<-time.After(300 * time.Millisecond)
			at.Add(-1)
			return nil
		}}
		a := newProcess(t, db, func(o *jobs.Options) { o.Holder = "a" })
		b := newProcess(t, db, func(o *jobs.Options) { o.Holder = "b" })
		stop := a.start(t, c)
		b.start(t, c)
		eventually(t, "some runs", func() bool { return runs.Load() >= 3 })
		stop()
		before := runs.Load()
		eventually(t, "runs after a process ended", func() bool { return runs.Load() >= before+2 })
		if twice.Load() > 0 {
			t.Errorf("a chore was run twice at once %d times", twice.Load())
		}
		if n := int64(len(b.list(t, jobs.Filter{Kind: "count"}))); n < before {
			t.Errorf("%d runs had %d jobs", before, n)
		}
	})
}

func TestWhatFailsIsTriedAgainAndSaysWhy(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		var mu sync.Mutex
		outcomes := map[string]int{}
		p := newProcess(t, open(t, url), func(o *jobs.Options) {
			o.Ran = func(kind, outcome string, _ time.Duration) { mu.Lock(); outcomes[kind+" "+outcome]++; mu.Unlock() }
		})
		var tries atomic.Int64
		p.start(t, jobs.Chore{Kind: "mend", Every: time.Hour, Do: func(context.Context) error {
			if tries.Add(1) == 1 {
				return fault.Wrap(errors.New("password=hunter2"), fault.Unavailable, "test", "the disk is away")
			}
			return nil
		}}, jobs.Chore{Kind: "explode", Every: time.Hour, Do: func(context.Context) error { panic("private words") }},
			jobs.Chore{Kind: "dawdle", Every: time.Hour, Timeout: time.Millisecond, Do: func(ctx context.Context) error {
				<-ctx.Done()
				return context.Cause(ctx)
			}})
		for kind, says := range map[string]string{"mend": "the disk is away", "explode": "the job panicked", "dawdle": "it was not done within 1ms"} {
			eventually(t, "the failure of "+kind, func() bool {
				all := p.list(t, jobs.Filter{Kind: kind, State: "retryable"})
				return len(all) == 1 && len(all[0].Failures) == 1
			})
			j := p.list(t, jobs.Filter{Kind: kind})[0]
			if j.Failures[0].Error != says || j.Attempt != 1 || j.MaxAttempts != jobs.MaxAttempts || !strings.HasPrefix(j.By, "test@") {
				t.Errorf("%+v", j)
			}
			if wait := j.Scheduled.Sub(j.Failures[0].At); wait < 9*time.Second || wait > 60*time.Second {
				t.Errorf("%s is tried again after %v", kind, wait)
			}
		}
		// An operator need not wait.
		id := p.list(t, jobs.Filter{Kind: "mend"})[0].ID
		if j, err := p.Retry(t.Context(), id); err != nil || j.State != "available" {
			t.Fatalf("%+v, %v", j, err)
		}
		eventually(t, "the second try", func() bool {
			j, err := p.Get(t.Context(), id)
			return err == nil && j.State == "completed" && !j.Ended.IsZero() && j.Attempt == 2
		})
		mu.Lock()
		defer mu.Unlock()
		if outcomes["mend failed"] != 1 || outcomes["mend done"] != 1 || outcomes["explode failed"] != 1 || outcomes["dawdle failed"] != 1 {
			t.Errorf("%v", outcomes)
		}
	})
}
