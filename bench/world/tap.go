package world

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxTapped bounds what of a request is looked at; a PATCH is far smaller.
const maxTapped = 1 << 20

// tap notes when requests arrive, before the simulators look at them.
type tap struct {
	mu sync.Mutex
	// plays are those who wait for the PATCH that starts a track, by guild.
	plays map[string]chan time.Time
	// replies are when the first answers came, by interaction.
	replies map[string]time.Time
}

func newTap() *tap {
	return &tap{plays: map[string]chan time.Time{}, replies: map[string]time.Time{}}
}

// await returns a channel that gets the time of the next PATCH that starts a
// track in a guild. Whoever waited there before waits no more.
func (t *tap) await(guild string) <-chan time.Time {
	c := make(chan time.Time, 1)
	t.mu.Lock()
	t.plays[guild] = c
	t.mu.Unlock()
	return c
}

// reply takes out when an interaction had its first answer, zero if it had none.
func (t *tap) reply(interaction string) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.replies[interaction]
	delete(t.replies, interaction)
	return at
}

// discord notes the callbacks: POST /api/v10/interactions/{id}/{token}/callback.
func (t *tap) discord(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/api/v10/interactions/"); ok && r.Method == http.MethodPost {
			at := time.Now()
			id, _, _ := strings.Cut(rest, "/")
			t.mu.Lock()
			if t.replies[id].IsZero() {
				t.replies[id] = at
			}
			t.mu.Unlock()
		}
		next.ServeHTTP(rw, r)
	})
}

// node notes the PATCHes that start a track:
// PATCH /v4/sessions/{session}/players/{guild} with an encoded track.
func (t *tap) node(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if _, guild, ok := strings.Cut(r.URL.Path, "/players/"); ok && r.Method == http.MethodPatch {
			at := time.Now()
			body, err := io.ReadAll(io.LimitReader(r.Body, maxTapped))
			if err != nil {
				http.Error(rw, "the body cannot be read", http.StatusBadRequest)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			if bytes.Contains(body, []byte(`"encoded":"`)) {
				t.started(guild, at)
			}
		}
		next.ServeHTTP(rw, r)
	})
}

func (t *tap) started(guild string, at time.Time) {
	t.mu.Lock()
	c := t.plays[guild]
	delete(t.plays, guild)
	t.mu.Unlock()
	if c != nil {
		c <- at // it has room for the one that is ever sent
	}
}
