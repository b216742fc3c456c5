package i18n_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/i18n"
)

func bundle(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestForChoosesTheLanguageOfALocale(t *testing.T) {
	b := bundle(t)
	for locale, want := range map[string]string{
		"en-US": "en", "en-GB": "en", "en": "en", "": "en", "de": "en", "pt-BR": "en", "ca": "en", "est": "en",
		"es": "es-ES", "es-ES": "es-ES", "ES-es": "es-ES", "es_ES": "es-ES",
		"es-419": "es-419", "es-MX": "es-419", "es-AR": "es-419",
		"\xff\x00": "en", strings.Repeat("es,", 5_000): "en",
	} {
		if got := b.For(locale).Language(); got != want {
			t.Errorf("%.20q: got %s, want %s", locale, got, want)
		}
	}
}

func TestForReadsAnyLocale(t *testing.T) {
	b := bundle(t)
	rapid.Check(t, func(t *rapid.T) {
		if got := b.For(rapid.String().Draw(t, "locale")).Text(i18n.Done, nil); got != "Done." && got != "Hecho." {
			t.Fatalf("got %q", got)
		}
	})
}

func TestCountChoosesThePluralForm(t *testing.T) {
	b := bundle(t)
	for _, c := range []struct {
		locale string
		n      int
		want   string
	}{
		{"en-US", 0, "0 tracks"},
		{"en-US", 1, "1 track"},
		{"en-US", 2, "2 tracks"},
		{"en-US", 1_000_000, "1,000,000 tracks"},
		{"es-ES", 0, "0 canciones"},
		{"es-ES", 1, "1 canción"},
		{"es-ES", 2, "2 canciones"},
		{"es-ES", 1_000_000, "1.000.000 de canciones"},
		{"es-419", 1_000_000, "1,000,000 de canciones"},
		{"es-419", 1_000_001, "1,000,001 canciones"},
	} {
		if got := b.For(c.locale).Count(i18n.Tracks, c.n, nil); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.locale, c.n, got, c.want)
		}
	}
}

func TestNumbersFollowTheRegion(t *testing.T) {
	b := bundle(t)
	for locale, want := range map[string]string{"en-US": "12,345 80%", "es-ES": "12.345 80\u00a0%", "es-419": "12,345 80\u00a0%"} {
		p := b.For(locale)
		if got := p.Number(12_345) + " " + p.Percent(80); got != want {
			t.Errorf("%s: got %q, want %q", locale, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0:00", 0: "0:00", 999 * time.Millisecond: "0:00", 7 * time.Second: "0:07",
		187 * time.Second: "3:07", time.Hour: "1:00:00", 3723 * time.Second: "1:02:03", 50 * time.Hour: "50:00:00",
	} {
		if got := i18n.Clock(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

func TestLengthInWords(t *testing.T) {
	b := bundle(t)
	for _, c := range []struct {
		d      time.Duration
		en, es string
	}{
		{-time.Hour, "0 seconds", "0 segundos"},
		{time.Second, "1 second", "1 segundo"},
		{time.Minute, "1 minute", "1 minuto"},
		{61 * time.Second, "1 minute and 1 second", "1 minuto y 1 segundo"},
		{65 * time.Minute, "1 hour and 5 minutes", "1 hora y 5 minutos"},
		{2 * time.Hour, "2 hours", "2 horas"},
		{49*time.Hour + 59*time.Minute, "2 days and 1 hour", "2 días y 1 hora"},
	} {
		if got := b.For("en-GB").Length(c.d); got != c.en {
			t.Errorf("%s: got %q, want %q", c.d, got, c.en)
		}
		if got := b.For("es-419").Length(c.d); got != c.es {
			t.Errorf("%s: got %q, want %q", c.d, got, c.es)
		}
	}
}

func TestLookupTellsWhatIsMissing(t *testing.T) {
	p := bundle(t).For("es-ES")
	if _, err := p.Lookup("answer.nonsense", nil); !errors.Is(err, fault.Of(fault.Internal)) {
		t.Errorf("an unknown id: got %v", err)
	}
	if _, err := p.Lookup(i18n.VolumeSet, nil); !errors.Is(err, fault.Of(fault.Internal)) {
		t.Errorf("a place that is not filled: got %v", err)
	}
	if got := p.Text(i18n.VolumeSet, nil); got != string(i18n.VolumeSet) {
		t.Errorf("a message that cannot be written shows its id, got %q", got)
	}
	if got := p.Count("answer.nonsense", 2, nil); got != "answer.nonsense" {
		t.Errorf("got %q", got)
	}
}

func TestCountLeavesItsArgumentsAlone(t *testing.T) {
	args := i18n.Args{"Title": "x"}
	bundle(t).For("en").Count(i18n.Playlist, 3, args)
	if len(args) != 1 {
		t.Fatalf("got %v", args)
	}
}

func TestPrintersServeManyGoroutines(t *testing.T) {
	p := bundle(t).For("es-ES")
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for range 200 {
				if got, want := p.Count(i18n.Tracks, 10_000+n, nil), fmt.Sprintf("10.00%d canciones", n); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
	wg.Wait()
}
