package launch_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/launch"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			_, _ = w.Write([]byte("ok\n"))
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"ready":false,"checks":[{"name":"database","ok":true},{"name":"nodes","ok":false}]}`))
	}))
	t.Cleanup(srv.Close)
	ready := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ready":true,"checks":[]}`))
	}))
	t.Cleanup(ready.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct {
		args     []string
		code     int
		out, err string
	}{
		"lives":      {args: []string{"--live", "--operations-listen", srv.Listener.Addr().String()}, out: "ok\n"},
		"not ready":  {args: []string{"--operations-listen", srv.Listener.Addr().String()}, code: 7, err: "the daemon is not ready: nodes"},
		"ready":      {args: []string{"--operations-listen", ready.Listener.Addr().String()}, out: "ok\n"},
		"no daemon":  {args: []string{"--operations-listen", gone.Listener.Addr().String()}, code: 7, err: "no daemon answers at"},
		"no address": {args: []string{"--operations-listen", ""}, code: 2, err: "set operations.listen"},
		"nonsense":   {args: []string{"--operations-listen", "here"}, code: 2, err: "operations.listen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			env := []string{"DISCORD_TOKEN=OTAwMDAwMDAwMDAwMDAwMDAx.Gabcde.invented-for-tests-000000000000000", "LAVALINK_NODES=a=127.0.0.1:2333,invented"}
			code := launch.Run(t.Context(), append([]string{"health"}, c.args...), launch.IO{Env: env, Stdout: &out, Stderr: &errs})
			if code != c.code || out.String() != c.out || !strings.Contains(errs.String(), c.err) {
				t.Errorf("%d, %q, %q", code, out.String(), errs.String())
			}
		})
	}
}
