package discord

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// epochMS is the first millisecond of Discord's ids
// (https://discord.com/developers/docs/reference#snowflakes).
const epochMS = 1420070400000

// World is a Discord of its own. Its methods may be called from any goroutine.
type World struct {
	opts  Options
	clock clockwork.Clock
	log   *slog.Logger
	mux   *http.ServeMux

	mu         sync.Mutex
	st         state
	base       string
	conns      map[*conn]struct{}
	after      []func()
	onVoice    []func(guild, user string, code int)
	waiters    map[string]chan struct{}
	watch      watchers
	files      uploads
	violations []Violation
	limits     limiter
	save       autosave
	broken     broken
	closing    chan struct{} // closed with the World
	closed     bool

	running sync.WaitGroup
}

// New returns a World as its seed describes it. It serves nothing until its
// Handler is mounted and SetBaseURL was called.
func New(opts Options) *World {
	w := &World{
		opts:    opts.withDefaults(),
		conns:   map[*conn]struct{}{},
		waiters: map[string]chan struct{}{},
		limits:  limiter{buckets: map[string]*bucket{}, held: map[string]heldLimit{}, invalid: map[string]*bucket{}},
		closing: make(chan struct{}),
	}
	w.clock, w.log = w.opts.Clock, w.opts.Logger
	w.seed(*w.opts.Seed)
	w.mux = w.routes()
	return w
}

// SetBaseURL tells the World where it is reached, as http://127.0.0.1:8080.
// GET /gateway and READY answer with the ws:// form of it.
func (w *World) SetBaseURL(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.base = strings.TrimRight(base, "/")
}

// Handler serves REST under /api/v10 and the gateway at /gateway.
func (w *World) Handler() http.Handler { return w.mux }

// OnVoiceClosed adds a function that is called when a bot loses its voice
// connection: 4014 when it was kicked or moved or its session ended, 4022 when
// the channel was deleted. It is called without the World's lock.
func (w *World) OnVoiceClosed(f func(guild, user string, code int)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.onVoice = append(w.onVoice, f)
}

// Close ends every connection with 4000, which keeps the sessions, writes the
// last state if AutoSave is on, and waits for what runs.
func (w *World) Close() error {
	w.mu.Lock()
	if !w.closed {
		close(w.closing)
	}
	w.closed = true
	w.dropAll()
	for c := range w.conns {
		c.close(closeUnknown, "the simulator stops")
	}
	w.mu.Unlock()
	stuck := time.AfterFunc(closeTimeoutWait, w.cutAll)
	w.running.Wait()
	stuck.Stop()
	return w.stopAutoSave()
}

// cutAll breaks the connections that are still there, so that a peer that does
// not read cannot hold Close up.
func (w *World) cutAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		c.cut()
	}
}

// unlock releases the lock and then runs what was put off until after it.
func (w *World) unlock() {
	todo := w.after
	w.after = nil
	w.mu.Unlock()
	for _, f := range todo {
		f()
	}
}

func (w *World) now() time.Time { return w.clock.Now().UTC() }

// newID returns the next id: the time in milliseconds and a counter, always
// growing, also when many are made within one millisecond.
func (w *World) newID() string {
	id := uint64(max(w.clock.Now().UnixMilli()-epochMS, 1)) << 22
	w.st.LastID = max(w.st.LastID+1, id)
	return strconv.FormatUint(w.st.LastID, 10)
}

// gatewayURL is the address that GET /gateway answers.
func (w *World) gatewayURL() string {
	return "ws" + strings.TrimPrefix(w.base, "http") + "/gateway"
}

// randomToken returns n random bytes as hexadecimal digits.
func randomToken(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}

func (w *World) seed(s Seed) {
	w.st = state{Version: stateVersion, Messages: map[string][]*Message{}}
	for _, u := range s.Users {
		w.st.Users = append(w.st.Users, &User{ID: w.newID(), Name: u.Name, Locale: u.Locale, NoDMs: u.NoDMs})
	}
	for _, b := range s.Bots {
		bot := &Bot{ID: b.ApplicationID, Name: b.Name, Token: b.Token, PrivilegedIntents: b.PrivilegedIntents}
		if bot.ID == "" {
			bot.ID = w.newID()
		}
		if bot.Token == "" {
			bot.Token = base64.RawStdEncoding.EncodeToString([]byte(bot.ID)) + "." + randomToken(3) + "." + randomToken(19)
		}
		if bot.Permissions = b.Permissions; bot.Permissions == 0 {
			bot.Permissions = UsualPermissions
		}
		w.st.Bots = append(w.st.Bots, bot)
		w.st.Users = append(w.st.Users, &User{ID: bot.ID, Name: b.Name, Locale: "en-US", Bot: true})
	}
	for _, g := range s.Guilds {
		w.seedGuild(g)
	}
	w.st.First = clone(w.st.Guilds)
}

// clone copies the guilds deeply by way of their stored form.
func clone(in []*Guild) []*Guild {
	var out []*Guild
	raw, err := json.Marshal(in)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		panic("discord: the guilds cannot be copied: " + err.Error())
	}
	return out
}
