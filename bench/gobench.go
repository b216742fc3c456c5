package main

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A bench is a Go benchmark: its package and its whole name, without the number
// of processors at the end.
type bench struct {
	pkg  string
	name string
	cpu  int // 0 for all
}

// A result is what a benchmark reported, by unit: "ns/op", "ratio", ....
type result map[string]float64

// perSecond measures how many operations a second there are.
func perSecond(b bench) func(env) (float64, float64, error) {
	return func(e env) (float64, float64, error) {
		got, err := b.run(e, b.name)
		if err != nil {
			return 0, 0, err
		}
		ns, err := got[0].of("ns/op", b.name)
		return float64(time.Second) / ns, 0, err
	}
}

// against measures how many operations a second there are, and how many times
// as many as the peer's, which is a benchmark of the same package.
func against(b bench, peer string) func(env) (float64, float64, error) {
	return func(e env) (float64, float64, error) {
		got, err := b.run(e, b.name, peer)
		if err != nil {
			return 0, 0, err
		}
		ours, err := got[0].of("ns/op", b.name)
		if err != nil {
			return 0, 0, err
		}
		theirs, err := got[1].of("ns/op", peer)
		return float64(time.Second) / ours, theirs / ours, err
	}
}

// metric measures a benchmark for one figure that it reports itself.
func metric(b bench, unit string) func(env) (float64, float64, error) {
	return func(e env) (float64, float64, error) {
		got, err := b.run(e, b.name)
		if err != nil {
			return 0, 0, err
		}
		v, err := got[0].of(unit, b.name)
		return v, 0, err
	}
}

// metrics measures a benchmark that reports both figures itself.
func metrics(b bench, value, ratio string) func(env) (float64, float64, error) {
	return func(e env) (float64, float64, error) {
		got, err := b.run(e, b.name)
		if err != nil {
			return 0, 0, err
		}
		v, err := got[0].of(value, b.name)
		if err != nil {
			return 0, 0, err
		}
		r, err := got[0].of(ratio, b.name)
		return v, r, err
	}
}

func (r result) of(unit, name string) (float64, error) {
	if v, ok := r[unit]; ok {
		return v, nil
	}
	return 0, fmt.Errorf("%s reports no %s", name, unit)
}

// run runs benchmarks of b's package, each round one after the other, and
// returns the medians of what each reported.
func (b bench) run(e env, names ...string) ([]result, error) {
	rounds := make([]map[string][]float64, len(names))
	for i := range rounds {
		rounds[i] = map[string][]float64{}
	}
	for range e.rounds {
		for i, name := range names {
			args := []string{"test", "-run", "^$", "-bench", pattern(name), "-benchtime", e.time.String(), "-timeout", "10m"}
			if b.cpu > 0 {
				args = append(args, "-cpu", strconv.Itoa(b.cpu))
			}
			out, err := e.runGo(append(args, b.pkg)...)
			if err != nil {
				return nil, fmt.Errorf("%s: %w\n%s", name, err, out)
			}
			got, ok := parse(out)[name]
			if !ok {
				return nil, fmt.Errorf("%s has no benchmark %s", b.pkg, name)
			}
			for unit, v := range got {
				rounds[i][unit] = append(rounds[i][unit], v)
			}
		}
	}
	medians := make([]result, len(names))
	for i, units := range rounds {
		medians[i] = result{}
		for unit, values := range units {
			medians[i][unit] = median(values)
		}
	}
	return medians, nil
}

// pattern is the regular expression that finds exactly one benchmark. A name
// with a slash in it, such as encoding/json, counts as levels, as the testing
// package does.
func pattern(name string) string {
	levels := strings.Split(name, "/")
	for i, l := range levels {
		levels[i] = "^" + regexp.QuoteMeta(l) + "$"
	}
	return strings.Join(levels, "/")
}

// parse reads the results of `go test -bench`, by name.
func parse(out []byte) map[string]result {
	results := map[string]result{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		r := result{}
		for pair := range slices.Chunk(fields[2:], 2) {
			if v, err := strconv.ParseFloat(pair[0], 64); err == nil && len(pair) == 2 {
				r[pair[1]] = v
			}
		}
		name := fields[0]
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			if _, err := strconv.Atoi(name[i+1:]); err == nil {
				name = name[:i]
			}
		}
		results[name] = r
	}
	return results
}

// median of values, of which there is at least one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
