package upkeep_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/upkeep"
)

func TestUpAndDownAndUp(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, fresh func(t *testing.T) string) {
		url := fresh(t)
		s, err := upkeep.Up(t.Context(), url, 0, quiet)
		if err != nil || s.Version != s.Known || s.Known < 2 {
			t.Fatalf("%+v, %v", s, err)
		}
		newest := s.Known
		if s.CompatibleFrom < 1 || s.CompatibleFrom > newest {
			t.Errorf("the schema can be used from %d on", s.CompatibleFrom)
		}
		for n := len(s.Steps) - 1; n >= 1; n-- {
			to := s.Steps[n-1].Version
			if s, err = upkeep.Down(t.Context(), url, to, quiet); err != nil || s.Version != to || s.Steps[n].Applied || s.Steps[n].At != nil {
				t.Fatalf("to %d: %+v, %v", to, s, err)
			}
		}
		_, err = upkeep.Down(t.Context(), url, 0, quiet)
		wants(t, err, fault.Invalid, "an empty database")
		if s, err = upkeep.Up(t.Context(), url, 0, quiet); err != nil || s.Version != newest {
			t.Fatalf("%+v, %v", s, err)
		}
		for _, st := range s.Steps {
			if !st.Applied || st.At == nil || time.Since(*st.At).Abs() > time.Hour || st.Name == "" {
				t.Errorf("%+v", st)
			}
		}
		lived(t, url) // what was taken back and made again works
		_, err = upkeep.Up(t.Context(), url, newest+1, quiet)
		wants(t, err, fault.Invalid, "a version that nobody knows")
		spoil(t, url, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, `+yes(url)+`)`)
		_, err = upkeep.Up(t.Context(), url, 0, quiet)
		wants(t, err, fault.Conflict, "a newer database")
		_, err = upkeep.Down(t.Context(), url, 1, quiet)
		wants(t, err, fault.Conflict, "a newer database")
	})
}

// yes is true in the words of the engine.
func yes(url string) string {
	if url[:6] == "sqlite" {
		return "1"
	}
	return "true"
}

func TestSchemaOfADatabaseInUseIsLeft(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, fresh func(t *testing.T) string) {
		url := fresh(t)
		db := open(t, url)
		defer func() { _ = db.Close() }()
		if _, err := db.Acquire(t.Context(), 0, "somebody", time.Hour); err != nil {
			t.Fatal(err)
		}
		_, err := upkeep.Down(t.Context(), url, 1, quiet)
		wants(t, err, fault.Conflict, "down")
		_, err = upkeep.Copy(t.Context(), url, fresh(t), quiet, silent)
		wants(t, err, fault.Conflict, "copy")
		if s, err := upkeep.Status(t.Context(), url, quiet); err != nil || s.Version != s.Known {
			t.Errorf("a look is allowed: %+v, %v", s, err)
		}
	})
}

func TestAddressesThatCannotBe(t *testing.T) {
	t.Parallel()
	for url, code := range map[string]fault.Code{
		"":                                   fault.Invalid,
		"mysql://x":                          fault.Invalid,
		"sqlite://relative.db":               fault.Invalid,
		"sqlite://" + t.TempDir() + "/no.db": fault.NotFound,
		"postgres://127.0.0.1:1/none?connect_timeout=1": fault.Unavailable,
	} {
		_, err := upkeep.Status(t.Context(), url, quiet)
		wants(t, err, code, url)
	}
}
