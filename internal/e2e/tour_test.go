package e2e_test

import (
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/e2e"
)

// TestTour leads members who read English and members who read Spanish through
// all that the product shows on Discord. What they read is in
// testdata/golden/tour; after a change that is meant, look at the difference, run
// the test with -update, and read what it wrote.
func TestTour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, me, other string }{
		{"en", "ana", "carla"},
		{"es", "bruno", "diego"},
	} {
		t.Run(c.language, func(t *testing.T) {
			t.Parallel()
			r := e2e.NewRig(t, false)
			r.Allowed = []string{"broken-start"}
			r.Up()
			w, err := r.Control().World(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			g := &guide{
				t: t, r: r, me: c.me, other: c.other, language: c.language, names: names(w), book: openBook(t, c.language),
				typed: map[string]bool{}, pressed: map[string]bool{},
			}
			if *update {
				defer g.book.close() // what was read so far too
			}
			g.tour()
			g.book.close()
			g.missedNothing()
			v, err := r.Control().Violations(t.Context())
			if err != nil || len(v) != 1 || !strings.Contains(v[0].Message, "Cannot send messages to this user") {
				t.Errorf("Discord refuses the direct message that is not taken, and nothing else: %v %v", v, err)
			}
		})
	}
}
