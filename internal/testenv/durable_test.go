package testenv_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/testenv"
)

// TestADurableServerWaitsForTheDisk holds apart what measurements are made on and
// what tests are made on.
func TestADurableServerWaitsForTheDisk(t *testing.T) {
	for name, c := range map[string]struct{ address, want string }{
		"durable": {testenv.DurablePostgres(t), "on"}, "for tests": {testenv.Postgres(t), "off"},
	} {
		var got string
		if err := connect(t, c.address).QueryRow(t.Context(), "SHOW fsync").Scan(&got); err != nil || got != c.want {
			t.Errorf("%s: fsync is %q, %v", name, got, err)
		}
	}
}
