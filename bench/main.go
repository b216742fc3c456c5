package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "measure only what has `text` in its name; several are separated by commas")
	profile := flag.String("profile", "", "`file` for a processor profile of the platform under the open loop")
	results := flag.String("results", "bench/results.json", "`file` that the figures are written to; empty for none")
	bin := flag.String("bin", "bin", "`directory` of the built programs")
	rounds := flag.Int("rounds", 3, "how often each is measured; the median counts")
	benchtime := flag.Duration("benchtime", time.Second, "how long a round of a Go benchmark takes")
	quick := flag.Bool("quick", false, "measure the way of a command and saturation in fewer rounds, for a first look")
	steady := flag.Duration("steady", steadyDefault, "how long a cluster is kept at half of what it can do")
	players := flag.Int("players", scalePlayers, "how many `players` the simulated large installation has")
	flag.Parse()
	e := env{
		runGo: runGo, bin: *bin, rounds: max(1, *rounds), time: *benchtime, profile: *profile, events: replayEvents, quick: *quick,
		steady: *steady, players: *players,
	}
	if err := run(os.Stdout, os.Stderr, measurements(), e, *only, *results, commit()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// runGo runs the go command. Tests that only measure are told to.
func runGo(args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "E2E_FIGURES=1")
	return cmd.CombinedOutput()
}

// run measures what only selects, prints the table to stdout and talk to
// stderr, and writes the results. Something that cannot be measured does not
// keep the rest from it.
func run(stdout, stderr io.Writer, all []measurement, e env, only, results, commit string) error {
	var (
		rows   []row
		failed []error
	)
	for _, m := range all {
		if !selected(m.name, only) {
			continue
		}
		_, _ = fmt.Fprintf(stderr, "measuring %s\n", m.name)
		value, ratio, err := m.run(e)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s was not measured: %w", m.name, err))
			continue
		}
		r := newRow(m, value, ratio, commit)
		if r.Met != nil && !*r.Met {
			failed = append(failed, fmt.Errorf("%s misses its goal %s", m.name, m.goal))
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 && len(failed) == 0 {
		names := make([]string, 0, len(all))
		for _, m := range all {
			names = append(names, m.name)
		}
		return fmt.Errorf("nothing is called %q; there are %s", only, strings.Join(names, ", "))
	}
	if err := table(stdout, rows); err != nil {
		return err
	}
	if results != "" {
		old, err := readRows(results)
		if err != nil {
			return err
		}
		if err := writeRows(results, merge(old, rows, all)); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

// selected tells whether a name has one of the texts in it.
func selected(name, only string) bool {
	for text := range strings.SplitSeq(only, ",") {
		if strings.Contains(name, text) {
			return true
		}
	}
	return false
}

// commit names what is measured, with a mark where files differ from it.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude", "*").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
