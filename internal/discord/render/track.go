package render

import (
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// How much of untrusted text is shown, in UTF-16 units.
const (
	maxTrackTitle = 200
	maxName       = 100
	maxQuery      = 100
	maxLineTitle  = 80
)

// title returns the title of a track, leading to it; empty where there is no track.
func title(p *i18n.Printer, t *music.Track) string {
	if t == nil {
		return ""
	}
	return link(named(p, t.Title), t.URI, maxTrackTitle)
}

// named returns a title, or the words for a track that has none.
func named(p *i18n.Printer, s string) string {
	if Text(s, maxTrackTitle) == "" {
		return p.Text(i18n.TrackUntitled, nil)
	}
	return s
}

// full returns title, author and length of a track.
func full(p *i18n.Printer, t *music.Track) string {
	if t == nil {
		return "**" + p.Text(i18n.TrackUntitled, nil) + "**"
	}
	s := title(p, t)
	if author := Text(t.Author, maxName); author != "" {
		s = p.Text(i18n.TrackBy, i18n.Args{"Title": s, "Author": author})
	}
	return s + inParentheses(length(p, t.Length, t.Stream))
}

// length returns how long a track is, empty where that is not known.
func length(p *i18n.Printer, d time.Duration, stream bool) string {
	switch {
	case stream:
		return p.Text(i18n.TrackLive, nil)
	case d > 0:
		return i18n.Clock(d)
	}
	return ""
}

func inParentheses(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}
