package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var built struct {
	sync.Once
	dir string
	err error
}

// Binary returns the path of platformd or platformctl. Both are built at the
// first call, with the race detector where the test has it.
func Binary(tb testing.TB, name string) string {
	tb.Helper()
	built.Do(func() { built.dir, built.err = build() })
	if built.err != nil {
		tb.Fatal(built.err)
	}
	return filepath.Join(built.dir, name)
}

// Clean removes what Binary built. It is for TestMain, after the tests.
func Clean() {
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
}

func build() (string, error) {
	dir, err := os.MkdirTemp("", "e2e-bin")
	if err != nil {
		return "", err
	}
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	if Race {
		args = append(args, "-race")
	}
	if knownFault() != "" {
		args = append(args, "-tags", "knownfault")
	}
	cmd := exec.Command("go", append(args, "github.com/atrilhq/platform/cmd/platformd", "github.com/atrilhq/platform/cmd/platformctl")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("the programs cannot be built: %w\n%s", err, out)
	}
	return dir, os.Chmod(dir, 0o755) //nolint:gosec // another user runs them in a test
}

// knownFault is the fault that is built into the programs on purpose, so that the
// tests can be shown to find it; see build/proof/mutants.sh.
func knownFault() string { return os.Getenv("KNOWNFAULT") }
