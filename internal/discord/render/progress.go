package render

import (
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// barCells is how many cells a bar of progress has.
const barCells = 16

// progress writes how far a track has come: a bar with position and length, for
// a stream that it is live, and the position alone where the length is unknown.
func progress(p *i18n.Printer, t *music.Track, position time.Duration) string {
	position = max(position, 0)
	switch {
	case t.Stream:
		return "🔴 " + p.Text(i18n.TrackLive, nil) + " · " + i18n.Clock(position)
	case t.Length <= 0:
		return i18n.Clock(position)
	}
	position = min(position, t.Length)
	return bar(position, t.Length) + " " + i18n.Clock(position) + " / " + i18n.Clock(t.Length)
}

// bar fills as many of its cells as were played; the last one only at the end.
func bar(position, length time.Duration) string {
	full := int(barCells * (float64(position) / float64(length)))
	full = min(max(full, 0), barCells)
	return strings.Repeat("▰", full) + strings.Repeat("▱", barCells-full)
}
