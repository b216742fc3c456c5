package lavalink

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/lavalink/artwork"
)

// Where AudioHandler and ArtworkHandler are mounted, and where the tracks'
// addresses point: AudioPath plus identifier, ArtworkPath plus identifier.
const (
	AudioPath   = "/sim/v1/audio/"
	ArtworkPath = "/sim/v1/artwork/"
)

const defaultBase = "https://" + MediaHost

// SetBaseURL says where AudioHandler and ArtworkHandler are reached, as
// http://127.0.0.1:8090. Tracks that are described from then on have their
// pictures there, and addresses of sounds below it are found. What is not an
// http or https URL of a host without a query is fault.Invalid.
func (c *Catalog) SetBaseURL(base string) error {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fault.New(fault.Invalid, "lavalink.SetBaseURL", "the address of the media is not that of a server").
			WithHint("give something like http://127.0.0.1:8090")
	}
	base = strings.TrimRight(base, "/")
	c.media.Store(&base)
	return nil
}

func (c *Catalog) base() string {
	if b := c.media.Load(); b != nil {
		return *b
	}
	return defaultBase
}

// Audio returns the sound of a track: a WAV file that is a loop of the track's
// music. Position p of the track is position p modulo the file's length. The
// bytes are shared and must not be changed. It is false for an unknown track.
func (c *Catalog) Audio(identifier string) (wav []byte, ok bool) {
	t, ok := c.Track(identifier)
	if !ok {
		return nil, false
	}
	return c.sounds.Loop(t.ID, t.style()).WAV, true
}

// Artwork returns the picture of a track, an SVG document. It is false for an
// unknown track.
func (c *Catalog) Artwork(identifier string) (svg []byte, ok bool) {
	t, ok := c.Track(identifier)
	if !ok {
		return nil, false
	}
	return artwork.Draw(t.ID, t.Title, t.Author), true
}

// AudioHandler serves the tracks' sounds; the last part of the path is the
// identifier. Range and conditional requests are answered.
func (c *Catalog) AudioHandler() http.Handler {
	return c.serve("audio/wav", func(t *Track) ([]byte, string) {
		s := c.sounds.Loop(t.ID, t.style())
		return s.WAV, s.Tag
	})
}

// ArtworkHandler serves the tracks' pictures like AudioHandler their sounds.
func (c *Catalog) ArtworkHandler() http.Handler {
	return c.serve("image/svg+xml", func(t *Track) ([]byte, string) {
		svg := artwork.Draw(t.ID, t.Title, t.Author)
		sum := sha256.Sum256(svg)
		return svg, hex.EncodeToString(sum[:8])
	})
}

func (c *Catalog) serve(contentType string, content func(*Track) ([]byte, string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
			return
		}
		t, ok := c.Track(path.Base(r.URL.Path))
		if !ok {
			http.Error(w, "there is no such track", http.StatusNotFound)
			return
		}
		body, tag := content(t)
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("ETag", `"`+tag+`"`)
		h.Set("Cache-Control", "public, max-age=86400")
		h.Set("X-Content-Type-Options", "nosniff")
		// A picture that is opened as a page of its own stays a picture.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}
