package lavalink

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxSearchResults bounds the answer to a search.
const MaxSearchResults = 20

// MaxIdentifier is the longest identifier that is looked up, in bytes. A longer
// one is refused with 400.
const MaxIdentifier = 4096

// Exception is a failure as Lavalink reports it to its clients.
type Exception struct {
	Message         string `json:"message"`
	Severity        string `json:"severity"`
	Cause           string `json:"cause"`
	CauseStackTrace string `json:"causeStackTrace"`
}

func newException(message, severity, cause string) *Exception {
	return &Exception{Message: message, Severity: severity, Cause: cause, CauseStackTrace: cause + "\n\tat sandbox.Source.load(Source.java:1)\n"}
}

// loaded is the outcome of a lookup; all fields empty means nothing was found.
type loaded struct {
	track    *Track
	playlist *Playlist
	search   []*Track
	failure  *Exception
	delay    time.Duration
}

// sourceOf is the source that a search prefix belongs to: those of the server
// and of its plugins for other catalogues.
func sourceOf(prefix string) string {
	switch prefix {
	case "sbsearch":
		return SourceName
	case "ytsearch", "ytmsearch":
		return "youtube"
	case "scsearch":
		return "soundcloud"
	case "bcsearch":
		return "bandcamp"
	case "spsearch":
		return "spotify"
	case "amsearch":
		return "applemusic"
	case "dzsearch":
		return "deezer"
	default:
		return ""
	}
}

// Sources are the sources that a node may have.
func Sources() []string {
	return []string{SourceName, "youtube", "soundcloud", "bandcamp", "spotify", "applemusic", "deezer", "http"}
}

// DefaultSources are those of a node that is not told.
func DefaultSources() []string { return []string{SourceName, "youtube", "soundcloud", "http"} }

// lookup resolves an identifier the way a node's sources do: a search prefix,
// a URL, or the bare id of a track. A prefix whose source the node lacks finds
// nothing, as on the server. All searches are of this one library.
func (c *Catalog) lookup(identifier string, sources []string) loaded {
	identifier = strings.TrimSpace(identifier)
	if prefix, query, ok := strings.Cut(identifier, ":"); ok {
		if source := sourceOf(prefix); source != "" {
			if !slices.Contains(sources, source) {
				return loaded{}
			}
			return loaded{search: c.Search(query)}
		}
		if prefix == "http" || prefix == "https" {
			return c.lookupURL(identifier, sources)
		}
	}
	if t, ok := c.Track(identifier); ok && slices.Contains(sources, SourceName) {
		return found(t)
	}
	return loaded{}
}

func found(t *Track) loaded {
	if t.Fault == FaultLoad {
		return loaded{delay: t.LoadDelay, failure: newException("This track is not available.", "common",
			"com.sandbox.TrackGoneException: "+t.ID)}
	}
	return loaded{track: t, delay: t.LoadDelay}
}

// lookupURL finds pages of tracks and playlists, and their sounds: below
// MediaHost as /audio/{identifier}.wav, and where SetBaseURL says that they are.
func (c *Catalog) lookupURL(raw string, sources []string) loaded {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return loaded{failure: newException("Connecting to the URL failed.", "suspicious", "java.net.URISyntaxException: not a URL")}
	}
	if id, ok := strings.CutPrefix(u.Scheme+"://"+u.Host+u.Path, c.base()+AudioPath); ok && slices.Contains(sources, "http") {
		return c.named(id)
	}
	if !strings.EqualFold(u.Hostname(), MediaHost) || !slices.Contains(sources, SourceName) {
		return loaded{failure: newException("Connecting to the URL failed.", "suspicious",
			"java.net.UnknownHostException: "+u.Hostname())}
	}
	if id, ok := strings.CutPrefix(u.Path, "/set/"); ok {
		if p, ok := c.Playlist(id); ok {
			return loaded{playlist: p}
		}
	}
	if id, ok := strings.CutPrefix(u.Path, "/track/"); ok {
		return c.named(id)
	}
	if id, ok := strings.CutPrefix(u.Path, "/audio/"); ok {
		return c.named(strings.TrimSuffix(id, ".wav"))
	}
	return loaded{}
}

func (c *Catalog) named(id string) loaded {
	if t, ok := c.Track(id); ok {
		return found(t)
	}
	return loaded{}
}

// Search returns the tracks whose title and author contain every word of the
// query, whatever the case and the accents. Titles that are, then begin with,
// then contain the query come first; equals keep the library's order.
func (c *Catalog) Search(query string) []*Track {
	folded := fold(query)
	words := strings.Fields(folded)
	if len(words) == 0 {
		return nil
	}
	phrase := strings.Join(words, " ")
	type hit struct {
		track *Track
		rank  int
	}
	var hits []hit
	for i, t := range c.order {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(c.words[i], w) }) {
			hits = append(hits, hit{t, rank(fold(t.Title), phrase, words)})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	out := make([]*Track, 0, min(len(hits), MaxSearchResults))
	for _, h := range hits[:min(len(hits), MaxSearchResults)] {
		out = append(out, h.track)
	}
	return out
}

func rank(title, phrase string, words []string) int {
	switch {
	case title == phrase:
		return 0
	case strings.HasPrefix(title, phrase+" "):
		return 1
	case strings.Contains(" "+title+" ", " "+phrase+" "):
		return 2
	case strings.Contains(title, phrase):
		return 3
	case !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(title, w) }):
		return 4
	default:
		return 5
	}
}

// fold lowers the case, drops accents and turns everything that is neither
// letter nor digit into single spaces.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		default:
			space = true
		}
	}
	return b.String()
}
