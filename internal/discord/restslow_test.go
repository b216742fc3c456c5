package discord_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// A request that Discord does not answer holds up neither other routes nor
// other channels, and ends with its context.
func TestASlowAnswerHoldsUpNobodyElse(t *testing.T) {
	arrived, release := make(chan struct{}, 16), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Via", "1.1 test")
		if strings.HasPrefix(r.URL.Path, "/channels/20/") || strings.HasPrefix(r.URL.Path, "/webhooks/") {
			arrived <- struct{}{}
			select {
			case <-release:
			case <-r.Context().Done():
				return
			}
		}
		_, _ = w.Write([]byte(`{"id":"77"}`))
	}))
	r, err := discord.NewREST(discord.RESTOptions{Token: secret.New(token), URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(release); r.Close(); srv.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	slow := make(chan error, 2)
	go func() {
		_, err := r.CreateMessage(ctx, "20", "k", disgo.MessageCreate{Content: "x"})
		slow <- err
	}()
	go func() {
		_, err := r.Followup(ctx, botID, secret.New(hookToken), disgo.MessageCreate{Content: "x"})
		slow <- err
	}()
	for range 2 {
		recv(t, arrived, "the slow request")
	}
	if _, err := r.CreateMessage(t.Context(), "21", "k", disgo.MessageCreate{Content: "x"}); err != nil {
		t.Errorf("another channel: %v", err)
	}
	if err := r.CreateResponse(t.Context(), "5", secret.New(hookToken), disgo.InteractionResponse{Type: 5}); err != nil {
		t.Errorf("an interaction: %v", err)
	}
	cancel()
	got := map[fault.Code]int{}
	for range 2 {
		got[fault.CodeOf(recv(t, slow, "the end of a slow call"))]++
	}
	// Whether the follow-up was sent nobody knows; the message can be sent again.
	if got[fault.Unavailable] != 1 || got[fault.Unknown] != 1 {
		t.Errorf("they ended with %v", got)
	}
}
