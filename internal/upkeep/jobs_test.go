package upkeep_test

import (
	"path/filepath"
	"testing"

	"github.com/atrilhq/platform/internal/upkeep"
)

// Jobs are in a backup, and are neither compared nor copied: a copy begins with
// an empty queue, of its own engine.
func TestJobsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, fresh func(t *testing.T) string) {
		from, to := fresh(t), fresh(t)
		lived(t, from)
		spoil(t, from, `INSERT INTO river_job (kind, args, max_attempts) VALUES ('prune_plays', '{}', 8)`)
		o := options(from, filepath.Join(t.TempDir(), "backup"))
		if _, err := upkeep.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if _, err := upkeep.Verify(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		counts, err := upkeep.Copy(t.Context(), from, to, quiet, silent)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			if c.Table[:min(6, len(c.Table))] == "river_" {
				t.Errorf("%s was copied", c.Table)
			}
		}
		if n := rows(t, from, "river_job"); n != 1 {
			t.Errorf("the source has %d jobs", n)
		}
		if n := rows(t, to, "river_job"); n != 0 {
			t.Errorf("the copy has %d jobs", n)
		}
		o.URL, o.Scratch = fresh(t), from
		if _, err := upkeep.Restore(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if n := rows(t, o.URL, "river_job"); n != 1 {
			t.Errorf("the restored database has %d jobs", n)
		}
	})
}
