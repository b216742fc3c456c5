package cli_test

import (
	"os/exec"
	"strings"
	"testing"
)

// platformctl starts in milliseconds because it links neither the daemon's
// frameworks nor the simulators.
func TestProgramStaysLight(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/platformctl").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "internal/client\n") {
		t.Fatalf("the list is not what it should be: %s", out)
	}
	for line := range strings.Lines(string(out)) {
		for _, heavy := range []string{"danielgtaylor/huma", "prometheus/", "knadh/koanf", "internal/sim/", "internal/store", "internal/core", "database/sql", "disgoorg/"} {
			if strings.Contains(line, heavy) {
				t.Errorf("platformctl links %s", strings.TrimSpace(line))
			}
		}
	}
}
