package daemon_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/daemon"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// silent is a Discord that says nothing until it is told to refuse every token.
type silent struct {
	*httptest.Server
	// asked is closed at the first question, gone once whoever asked gave up.
	asked, gone, refuse chan struct{}
	first, left         sync.Once
}

func newSilent(t *testing.T) *silent {
	t.Helper()
	s := &silent{asked: make(chan struct{}), gone: make(chan struct{}), refuse: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		s.first.Do(func() { close(s.asked) })
		select {
		case <-s.refuse:
		case <-r.Context().Done():
			s.left.Do(func() { close(s.gone) })
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusUnauthorized)
		_, _ = rw.Write([]byte(`{"message":"401: Unauthorized","code":0}`))
	}))
	t.Cleanup(s.Close)
	return s
}

// waiting asks the API until it answers, and then for what the gateway waits.
func waiting(t *testing.T, socket string) (reason string) {
	t.Helper()
	c, err := client.New(client.Options{Socket: socket, Named: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if s, err := c.Status(ctx); err == nil {
			for _, check := range s.Checks {
				if check.Name == "gateway" && !check.OK && !s.Ready {
					return check.Reason
				}
			}
			t.Fatalf("it waits for no gateway: %+v", s)
		}
		select {
		case <-ctx.Done():
			t.Fatal("the API does not answer")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// The API does not wait for Discord; only whoever is told that the daemon is up
// does, for a wrong token ends it.
func TestTheAPIListensWhileDiscordIsSilent(t *testing.T) {
	t.Parallel()
	o := world(t)
	discord := newSilent(t)
	o.Config.Discord.RestURL = discord.URL
	o.TokensWithin = time.Hour
	o.Up = func(view.Status) {
		select {
		case <-discord.gone: // a request has its own limit, which a slow machine may reach
		default:
			t.Error("it says that it is up")
		}
	}
	done := make(chan error, 1)
	go func() { done <- daemon.Run(t.Context(), o) }()
	const want = "Discord has not said yet who the bots are"
	if reason := waiting(t, o.Config.Socket); reason != want {
		t.Errorf("the gateway waits because %q", reason)
	}
	select {
	case <-discord.asked:
	case <-time.After(time.Minute):
		t.Fatal("Discord is not asked about the tokens")
	}
	close(discord.refuse)
	select {
	case err := <-done:
		if fault.CodeOf(err) != fault.Unauthenticated {
			t.Errorf("with a token that Discord refuses it ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it goes on with a token that Discord refuses")
	}
}

// Where Discord stays silent the daemon is up without it, and ends in order.
func TestASilentDiscordIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	o := world(t)
	discord := newSilent(t)
	o.Config.Discord.RestURL = discord.URL
	o.TokensWithin = time.Millisecond
	s, stop := run(t, o)
	if s.Ready || len(s.Addresses) == 0 {
		t.Errorf("%+v", s)
	}
	if err := stop(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
