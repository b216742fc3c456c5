package testenv_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/atrilhq/platform/internal/testenv"
)

func TestADiskIsFullUntilItIsFreed(t *testing.T) {
	d := testenv.NewDisk(t, filepath.Join(t.TempDir(), "disk"), 1<<20)
	file := filepath.Join(d.Dir(), "file")
	for range 2 {
		if err := os.WriteFile(file, make([]byte, 4096), 0o600); err != nil {
			t.Fatal(err)
		}
		d.Fill(t)
		if err := os.WriteFile(filepath.Join(d.Dir(), "more"), make([]byte, 4096), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("a full disk takes a file: %v", err)
		}
		if have, err := os.ReadFile(file); err != nil || len(have) != 4096 { //nolint:gosec // the test's own
			t.Errorf("what was there is %d bytes, %v", len(have), err)
		}
		d.Free(t)
	}
}
