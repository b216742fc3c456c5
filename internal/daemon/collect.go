package daemon

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/atrilhq/platform/internal/config/locate"
)

const (
	// collectEvery is how often it is looked at how large the heap is.
	collectEvery = time.Second
	// roomy is how much garbage may always gather before it is collected, in
	// bytes: what lives is small then, and collecting it would be for little.
	roomy = 32 << 20
	// usualPercent is Go's own choice: as much garbage as there is that lives.
	usualPercent = 100
	// leastPercent bounds the processor time that collecting takes: a collection
	// looks at all that lives, so it costs as much as three times at 100.
	leastPercent = 30
	// minorPercent is a change that is not worth stopping everybody for.
	minorPercent = 5
)

// garbage is how much may gather beside what lives, in percent of it. What
// lives is players that wait for their turn: with many of them Go's own choice
// would hold as much again for nothing.
func garbage(live uint64) int {
	if live <= roomy*100/usualPercent {
		return usualPercent
	}
	return max(leastPercent, int(roomy*100/live))
}

// collects says whether the daemon decides how much garbage may gather. Where
// the environment does, it stands.
func (d *daemon) collects() bool {
	return locate.Get(d.Env, "GOGC") == "" && locate.Get(d.Env, "GOMEMLIMIT") == ""
}

// collect lets as much garbage gather as garbage says, until ctx ends.
func (d *daemon) collect(ctx context.Context) error {
	now := usualPercent
	before := debug.SetGCPercent(now)
	defer debug.SetGCPercent(before)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		metrics.Read(live)
		if live[0].Value.Kind() == metrics.KindUint64 {
			want := garbage(live[0].Value.Uint64())
			if want-now >= minorPercent || now-want >= minorPercent {
				debug.SetGCPercent(want)
				now = want
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.clock.After(collectEvery):
		}
	}
}
