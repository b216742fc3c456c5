package sqlstore_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

func TestTimes(t *testing.T) {
	zone := time.FixedZone("east", 3*3600)
	for name, c := range map[string]struct{ in, out time.Time }{
		"none":      {time.Time{}, time.Time{}},
		"precise":   {time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC), time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC)},
		"elsewhere": {time.Date(2026, 1, 2, 3, 4, 5, 6, zone), time.Date(2026, 1, 2, 0, 4, 5, 6, time.UTC)},
		"before":    {time.Date(1950, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(1950, 1, 1, 0, 0, 0, 1, time.UTC)},
		"too early": {time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, -1<<63).UTC()},
		"too late":  {time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 1<<63-1).UTC()},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sqlstore.FromNanos(sqlstore.Nanos(c.in)); got != c.out {
				t.Errorf("got %v, want %v", got, c.out)
			}
		})
	}
}

func TestShownTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		limit := rapid.IntRange(0, 40).Draw(t, "limit")
		got := sqlstore.Shown(raw, limit)
		if len(got) > limit || !sqlstore.Storable(got) {
			t.Fatalf("%q becomes %q", raw, got)
		}
		if sqlstore.Storable(raw) && len(raw) <= limit && got != raw {
			t.Fatalf("%q becomes %q without need", raw, got)
		}
	})
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"sqlite:///a/b.db", "sqlite:///a%20b/../c", "postgres://u:p@h/d", "sqlite://x", ":", "sqlite:////a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		file, server, err := sqlstore.ParseURL(raw)
		switch {
		case err != nil:
			if fault.CodeOf(err) != fault.Invalid || file != "" || server != "" {
				t.Errorf("%q gives %q, %q, %v", raw, file, server, err)
			}
			if _, hint := fault.Show(err); hint == "" {
				t.Errorf("%q: there is no hint", raw)
			}
		case file != "":
			if !filepath.IsAbs(file) || filepath.Clean(file) != file || server != "" {
				t.Errorf("%q gives the file %q", raw, file)
			}
		case server != raw:
			t.Errorf("%q gives the server %q", raw, server)
		}
	})
}

func FuzzAnonymous(f *testing.F) {
	for _, s := range []string{"a = $1", "$1, $2", "$2, $1", "$", "$01", "$1$1", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := sqlstore.Anonymous(text)
		if got != text && (strings.Contains(got, "$") || strings.Count(got, "?") != strings.Count(text, "$")+strings.Count(text, "?")) {
			t.Errorf("%q becomes %q", text, got)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q becomes %q, which is no text", text, got)
		}
	})
}
