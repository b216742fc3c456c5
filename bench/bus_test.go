package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestBusMeasurements keeps the rows and the benchmarks of the bus together.
func TestBusMeasurements(t *testing.T) {
	for _, m := range ofBus() {
		if m.peer == "" || m.goal.ratio == 0 || m.unit == "" {
			t.Errorf("%s is not whole", m.name)
		}
		e := fakeEnv("", nil)
		asked := ""
		e.runGo = func(args ...string) ([]byte, error) {
			asked = args[4]
			name, _, _ := strings.Cut(asked, "/")
			if dir := filepath.Join("..", args[len(args)-1]); !hasBenchmark(t, dir, strings.Trim(name, "^$")) {
				t.Errorf("%s has no %s", dir, name)
			}
			line := strings.NewReplacer("^", "", "$", "").Replace(asked)
			return []byte(line + "-2 \t 4 \t 341720348 ns/op \t 5000 events/s \t 2.5 ratio \t 201.8 us/hop \t 2.5 times\n"), nil
		}
		value, ratio, err := m.run(e)
		if err != nil || value <= 0 || ratio != 2.5 {
			t.Errorf("%s (%s) measures %v, %v, %v", m.name, asked, value, ratio, err)
		}
	}
}
