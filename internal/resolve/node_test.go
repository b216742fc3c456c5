package resolve_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/resolve"
	"github.com/atrilhq/platform/internal/secret"
	sim "github.com/atrilhq/platform/internal/sim/lavalink"
)

// one is a loader with one node, composed as a role does it.
type one struct{ client *lavalink.Client }

func (o one) Load(ctx context.Context, identifier string) (resolve.LoadResult, error) {
	res, err := o.client.Load(ctx, identifier)
	return resolve.LoadResult(res), err
}

func TestThroughANode(t *testing.T) {
	node, err := sim.New(sim.Options{Name: "one", Password: "secret", Clock: clockwork.NewFakeClockAt(time.Unix(1_770_000_000, 0))})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(node.Handler())
	transport := &http.Transport{}
	t.Cleanup(func() { node.Close(); transport.CloseIdleConnections(); srv.Close() })
	client, err := lavalink.NewClient(
		lavalink.Node{Name: "one", Address: strings.TrimPrefix(srv.URL, "http://"), Password: secret.New("secret")},
		lavalink.ClientOptions{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	r, err := resolve.New(resolve.Options{Loader: one{client}, Timeout: time.Minute, Policy: policy(t, resolve.PolicyOptions{Trusted: []string{sim.MediaHost}})})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(text string, limit int) music.Resolved {
		t.Helper()
		q, refusal := music.ParseQuery(text)
		if refusal != nil {
			t.Fatal(refusal)
		}
		return r.Resolve(t.Context(), q, limit)
	}
	if got := ask("Rio  seco", 10); len(got.Tracks) != 1 || !strings.Contains(got.Tracks[0].Title, "Río Seco") {
		t.Errorf("%+v", got)
	}
	if got := ask("https://"+sim.MediaHost+"/set/archive", 500); len(got.Tracks) != 500 || got.Total != 5000 || got.Playlist == "" {
		t.Errorf("%d of %d of %q", len(got.Tracks), got.Total, got.Playlist)
	}
	if got := ask("https://"+sim.MediaHost+"/track/lost-reel", 1); got.Failure != music.FailureLoad {
		t.Errorf("%+v", got)
	}
	if got := ask("https://"+sim.MediaHost+"/track/nowhere", 1); got.Failure != music.FailureNotFound {
		t.Errorf("%+v", got)
	}
	node.SetDown(true)
	if got := ask("night", 1); got.Failure != music.FailureNoNode {
		t.Errorf("%+v", got)
	}
}
