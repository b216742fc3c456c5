package main

import (
	"os"
	"time"

	"github.com/atrilhq/platform/bench/load"
)

// ofPath are the measurements of the way of a command, all of one run.
func ofPath() []measurement {
	p := &path{log: os.Stderr}
	of := func(f func() (value, ratio float64)) func(env) (float64, float64, error) {
		return func(e env) (float64, float64, error) {
			if err := p.measure(e); err != nil {
				return 0, 0, err
			}
			value, ratio := f()
			return value, ratio, nil
		}
	}
	value := func(f func() float64) func(env) (float64, float64, error) {
		return of(func() (float64, float64) { return f(), 0 })
	}
	// against compares a percentile with the bare bot's, and with what a commit
	// may add: some syncs.
	against := func(pick func(*system) []time.Duration, percent, factor, syncs float64) func(env) (float64, float64, error) {
		return of(func() (float64, float64) {
			ours, theirs := at(pick(p.platform), percent), at(pick(p.bare), percent)
			return ours, ours / (factor*theirs + syncs*at(p.syncs, percent))
		})
	}
	peer := func(s **system, pick func(*system) []time.Duration, percent float64) func(env) (float64, float64, error) {
		return value(func() float64 { return at(pick(*s), percent) })
	}
	patches := func(s *system) []time.Duration { return s.patches }
	replies := func(s *system) []time.Duration { return s.replies }
	within := goal{ratio: 1, below: true}
	return []measurement{
		{"play-to-patch-p50", "ms", "1.25 x bare bot + 2 x fsync", within, against(patches, 50, 1.25, 2)},
		{"play-to-patch-p99", "ms", "1.5 x bare bot + 3 x fsync", within, against(patches, 99, 1.5, 3)},
		{"play-to-patch-p50-bare", "ms", "", goal{}, peer(&p.bare, patches, 50)},
		{"play-to-patch-p99-bare", "ms", "", goal{}, peer(&p.bare, patches, 99)},
		{"play-to-patch-p50-floor", "ms", "", goal{}, peer(&p.floor, patches, 50)},
		{"play-to-patch-p99-floor", "ms", "", goal{}, peer(&p.floor, patches, 99)},
		{"play-to-reply-p50", "ms", "bare bot", goal{}, against(replies, 50, 1, 0)},
		{"play-to-reply-p99", "ms", "bare bot", goal{}, against(replies, 99, 1, 0)},
		{"plays-lost", "plays", "", goal{}, value(func() float64 { return float64(p.platform.lost) })},
		{"fsync-p50", "ms", "", goal{}, value(func() float64 { return at(p.syncs, 50) })},
		{"fsync-p99", "ms", "", goal{}, value(func() float64 { return at(p.syncs, 99) })},
		{"saturation", "commands/s", "bare bot", goal{ratio: 0.8}, of(func() (float64, float64) {
			return p.platform.best(), p.platform.best() / p.bare.best()
		})},
		{"saturation-bare", "commands/s", "", goal{}, value(func() float64 { return p.bare.best() })},
		{"saturation-floor", "plays/s", "", goal{}, value(func() float64 { return p.floor.best() })},
		{"cpu-per-command", "ms", "bare bot", goal{}, of(func() (float64, float64) {
			return p.platform.cpu(), p.platform.cpu() / p.bare.cpu()
		})},
		{"cpu-share-simulators", "%", "", goal{}, value(func() float64 { return p.platform.simsShare() })},
		{"cpu-share-simulators-bare", "%", "", goal{}, value(func() float64 { return p.bare.simsShare() })},
		{"generator-late-p99", "ms", "", goal{}, value(func() float64 { return at(p.late, 99) })},
		{"generator-limit", "calls/s", "", goal{}, value(func() float64 { return p.limit })},
	}
}

// at is a percentile in milliseconds.
func at(values []time.Duration, percent float64) float64 {
	return milliseconds(load.Percentile(values, percent))
}
