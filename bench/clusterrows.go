package main

import (
	"os"
	"time"

	"github.com/atrilhq/platform/bench/load"
)

// ofCluster are the measurements of an installation whose roles are apart, all of
// one run.
func ofCluster() []measurement {
	c := &clusterRun{log: os.Stderr}
	of := func(f func() (value, ratio float64)) func(env) (float64, float64, error) {
		return func(e env) (float64, float64, error) {
			if err := c.measure(e); err != nil {
				return 0, 0, err
			}
			value, ratio := f()
			return value, ratio, nil
		}
	}
	value := func(f func() float64) func(env) (float64, float64, error) {
		return of(func() (float64, float64) { return f(), 0 })
	}
	// within compares a percentile with the bare bot's and what may come on top.
	within := func(percent float64, more func() float64) func(env) (float64, float64, error) {
		return of(func() (float64, float64) {
			ours := at(c.cluster.patches, percent)
			return ours, ours / (at(c.bare.patches, percent) + more())
		})
	}
	durable, once := func() float64 { return 2*at(c.commits, 50) + 2 }, goal{ratio: 1, below: true}
	return []measurement{
		{"cluster-play-to-patch-p50", "ms", "bare bot + 2 x commit + 2 ms", once, within(50, durable)},
		{"cluster-play-to-patch-p99", "ms", "bare bot + 15 ms", once, within(99, func() float64 { return 15 })},
		{"cluster-play-to-patch-p50-bare", "ms", "", goal{}, value(func() float64 { return at(c.bare.patches, 50) })},
		{"cluster-play-to-patch-p99-bare", "ms", "", goal{}, value(func() float64 { return at(c.bare.patches, 99) })},
		{"cluster-plays-lost", "plays", "", goal{none: true}, value(func() float64 { return float64(c.cluster.lost) })},
		{"postgres-commit-p50", "ms", "", goal{}, value(func() float64 { return at(c.commits, 50) })},
		{"cluster-ceiling", "commands/s", "bare bot", goal{}, of(func() (float64, float64) {
			return c.cluster.best(), c.cluster.best() / c.bare.best()
		})},
		{"cluster-cpu-per-command", "ms", "bare bot", goal{}, of(func() (float64, float64) {
			return c.cluster.cpu(), c.cluster.cpu() / c.bare.cpu()
		})},
		{"cluster-half-rate", "commands/s", "", goal{}, value(func() float64 { return c.halfRate })},
		{"cluster-half-p99", "ms", "with hardly anything to do", goal{ratio: 3, below: true}, of(func() (float64, float64) {
			return at(c.half, 99), at(c.half, 99) / at(c.calm, 99)
		})},
		// The commands of the last hour are remembered on purpose.
		{"cluster-half-memory", "B/command", "", goal{value: 1_000, none: true}, value(c.growth)},
		{"cluster-half-lag", "s", "", goal{value: 1, none: true}, value(c.behind)},
	}
}

// growth is by how much the heaps of all processes grow for each command, in the
// second half of the samples, 0 where they do not.
func (c *clusterRun) growth() float64 {
	var x, y []float64
	for _, s := range c.samples[len(c.samples)/2:] {
		x, y = append(x, s.at.Seconds()), append(y, s.heap)
	}
	return max(0, load.Slope(x, y)/c.halfRate)
}

// behind is for how long what comes waits in the streams at most, in seconds: the
// most that waited in the second half, by what comes in a second.
func (c *clusterRun) behind() float64 {
	most := 0.0
	for _, s := range c.samples[len(c.samples)/2:] {
		most = max(most, s.lag)
	}
	return most / c.halfRate
}

// steadyDefault is how long half load takes where nobody asks for more.
const steadyDefault = time.Minute
