package e2e_test

import (
	"os"
	"testing"

	"github.com/atrilhq/platform/internal/e2e"
)

func TestMain(m *testing.M) {
	code := m.Run()
	e2e.Clean()
	os.Exit(code)
}
