package e2e_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestChaos draws faults of the table by a seed, for as long as CHAOS_DURATION
// says, on one cluster; now and then two at once. What is wrong is judged at the
// end, when the seed is known already. `make chaos` runs it.
func TestChaos(t *testing.T) {
	text := os.Getenv("CHAOS_DURATION")
	if text == "" {
		t.Skip("CHAOS_DURATION says for how long; make chaos does")
	}
	lasts, err := time.ParseDuration(text)
	if err != nil || lasts <= 0 {
		t.Fatalf("CHAOS_DURATION=%s is no duration", text)
	}
	s := raiseStorm(t, seedOf(t))
	all := slices.DeleteFunc(trials(), func(tr trial) bool {
		return tr.inject == nil || tr.long || tr.disk && s.disk == nil
	})
	strikes := 0
	for end := time.Now().Add(lasts); time.Now().Before(end) && !t.Failed(); strikes++ {
		one := all[s.rng.IntN(len(all))]
		names, inject := []string{one.row}, one.inject
		if s.rng.IntN(4) == 0 {
			two := all[s.rng.IntN(len(all))]
			names = append(names, two.row)
			inject = func(s *storm) {
				one.inject(s)
				two.inject(s)
				s.mended()
			}
		}
		row := strings.Join(names, "+")
		t.Logf("fault %d: row %s", strikes+1, row)
		s.strike(row, inject)
		s.hold(time.Duration(s.rng.IntN(1_500)) * time.Millisecond)
	}
	s.end(strikes)
}
