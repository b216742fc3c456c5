package lavalink_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func media(c *lavalink.Catalog) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(lavalink.AudioPath, c.AudioHandler())
	mux.Handle(lavalink.ArtworkPath, c.ArtworkHandler())
	return mux
}

func get(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestMediaOfATrack(t *testing.T) {
	c := lavalink.DefaultCatalog()
	h := media(c)
	wav, ok := c.Audio("count-the-seconds")
	svg, ok2 := c.Artwork("count-the-seconds")
	if !ok || !ok2 {
		t.Fatal("a track has no sound or no picture")
	}
	for name, k := range map[string]struct {
		path, kind string
		want       []byte
	}{
		"audio":   {lavalink.AudioPath, "audio/wav", wav},
		"artwork": {lavalink.ArtworkPath, "image/svg+xml", svg},
	} {
		t.Run(name, func(t *testing.T) {
			path := k.path + "count-the-seconds"
			w := get(h, "GET", path)
			tag := w.Header().Get("ETag")
			if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), k.want) || w.Header().Get("Content-Type") != k.kind || len(tag) < 10 {
				t.Fatalf("status %d, %d bytes, headers %v", w.Code, w.Body.Len(), w.Header())
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("headers %v", w.Header())
			}
			if w := get(h, "GET", path, "If-None-Match", tag); w.Code != 304 || w.Body.Len() != 0 {
				t.Errorf("known already: %d with %d bytes", w.Code, w.Body.Len())
			}
			if w := get(h, "HEAD", path); w.Code != 200 || w.Body.Len() != 0 {
				t.Errorf("HEAD: %d with %d bytes", w.Code, w.Body.Len())
			}
			if w := get(h, "GET", path, "Range", "bytes=4-9"); w.Code != 206 || !bytes.Equal(w.Body.Bytes(), k.want[4:10]) {
				t.Errorf("a range: %d with %q", w.Code, w.Body)
			}
			if w := get(h, "GET", path, "Range", "bytes=99999999-"); w.Code != 416 {
				t.Errorf("a range beyond the end: %d", w.Code)
			}
			if w := get(h, "POST", path); w.Code != 405 || w.Header().Get("Allow") == "" {
				t.Errorf("POST: %d", w.Code)
			}
			for _, id := range []string{"nothing", "", "..", "archive-9999"} {
				if w := get(h, "GET", k.path+id); w.Code != 404 && w.Code != 301 && w.Code != 307 {
					t.Errorf("%q: status %d", id, w.Code)
				}
			}
		})
	}
}

func TestMediaDiffer(t *testing.T) {
	c := lavalink.DefaultCatalog()
	seen := map[string]string{}
	for _, id := range []string{"ocean-floor", "ocean-night", "archive-0001", "archive-0002", "radio-halcyon"} {
		wav, ok := c.Audio(id)
		svg, ok2 := c.Artwork(id)
		if !ok || !ok2 || string(wav[:4]) != "RIFF" || !bytes.HasPrefix(svg, []byte("<svg ")) {
			t.Fatalf("%s: %d and %d bytes", id, len(wav), len(svg))
		}
		for _, b := range [][]byte{wav, svg} {
			if other := seen[string(b)]; other != "" {
				t.Errorf("%s is as %s", id, other)
			}
			seen[string(b)] = id
		}
	}
	if _, ok := c.Audio("nothing"); ok {
		t.Error("an unknown track sounds")
	}
	if _, ok := c.Artwork("nothing"); ok {
		t.Error("an unknown track has a picture")
	}
}

func TestBaseURL(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:80", "ftp://x", "http://", "http://a?b", "http://a#b", "http://user@a", "http://%zz"} {
		if err := lavalink.DefaultCatalog().SetBaseURL(bad); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	c := lavalink.DefaultCatalog()
	r := newRig(t, func(o *lavalink.Options) { o.Catalog = c })
	artwork := func(id string) any {
		t.Helper()
		return r.want(200, "GET", "/v4/loadtracks?identifier="+id, "")["data"].(map[string]any)["info"].(map[string]any)["artworkUrl"]
	}
	if got := artwork("blink"); got != "https://media.sandbox.example/sim/v1/artwork/blink" {
		t.Errorf("without a base: %v", got)
	}
	if err := c.SetBaseURL("http://127.0.0.1:4321/"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"blink", "archive-0007"} {
		if got := artwork(id); got != "http://127.0.0.1:4321/sim/v1/artwork/"+id {
			t.Errorf("artwork %v", got)
		}
		if got := artwork("http://127.0.0.1:4321/sim/v1/audio/" + id); got != "http://127.0.0.1:4321/sim/v1/artwork/"+id {
			t.Errorf("by the address of its sound: %v", got)
		}
		if got := artwork("https://media.sandbox.example/audio/" + id + ".wav"); got != "http://127.0.0.1:4321/sim/v1/artwork/"+id {
			t.Errorf("by the public address of its sound: %v", got)
		}
	}
	if got := r.want(200, "GET", "/v4/loadtracks?identifier=http://127.0.0.1:4321/sim/v1/audio/gone", ""); got["loadType"] != "empty" {
		t.Errorf("an unknown sound: %v", got)
	}
	if got := r.want(200, "GET", "/v4/loadtracks?identifier=http://127.0.0.1:4322/sim/v1/audio/blink", ""); got["loadType"] != "error" {
		t.Errorf("another server's sound: %v", got)
	}
}
