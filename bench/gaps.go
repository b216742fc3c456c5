package main

import (
	"errors"
	"fmt"
	"sync"
)

// ofGaps is what listeners hear, and members wait for, when processes of a
// cluster go. A test of internal/e2e breaks real processes at random moments and
// looks at the clock of the simulated nodes; it runs once for all rows.
func ofGaps() []measurement {
	g := &gaps{}
	of := func(name, unit string) func(env) (float64, float64, error) {
		return func(e env) (float64, float64, error) {
			g.once.Do(func() { g.results, g.err = g.run(e) })
			if g.err != nil {
				return 0, 0, g.err
			}
			r, ok := g.results["BenchmarkGap/"+name]
			if !ok {
				return 0, 0, fmt.Errorf("%s was not measured", name)
			}
			v, err := r.of(unit, name)
			return v, 0, err
		}
	}
	const gap, back = "gap-ms", "back-ms"
	// The lease is 5 s.
	most := func(ms float64) goal { return goal{value: ms, none: true} }
	return []measurement{
		{"gap-audio-sigterm", "ms", "", most(0), of("audio-sigterm", gap)},
		{"gap-audio-kill", "ms", "", most(0), of("audio-kill", gap)},
		{"gap-gateway-sigterm", "ms", "", most(0), of("gateway-sigterm", gap)},
		{"gap-gateway-kill", "ms", "", most(0), of("gateway-kill", gap)},
		{"gap-boundary-sigterm", "ms", "", most(1_000), of("boundary-sigterm", gap)},
		{"gap-boundary-kill", "ms", "", most(1_000), of("boundary-kill", gap)},
		{"gap-boundary-hung", "ms", "", most(6_000), of("boundary-hung", gap)},
		{"gap-node", "ms", "", most(2_000), of("node", gap)},
		{"back-audio-kill", "ms", "", most(6_000), of("audio-kill", back)},
		{"back-gateway-kill", "ms", "", most(6_000), of("gateway-kill", back)},
		{"back-boundary-hung", "ms", "", most(6_000), of("boundary-hung", back)},
		{"rolling-identifies", "IDENTIFYs", "", most(0), of("rolling", "identifies")},
		{"rolling-gap", "ms", "", most(0), of("rolling", gap)},
	}
}

type gaps struct {
	once    sync.Once
	err     error
	results map[string]result
}

func (g *gaps) run(e env) (map[string]result, error) {
	out, err := e.runGo("test", "-count", "1", "-run", "^TestGaps$", "-v", "-timeout", "30m", "./internal/e2e")
	if err != nil {
		return nil, fmt.Errorf("the gaps were not measured: %w\n%s", err, out)
	}
	got := parse(out)
	if len(got) == 0 {
		return nil, errors.New("the test of the gaps measured nothing")
	}
	return got, nil
}
