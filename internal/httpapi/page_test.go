package httpapi_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/httpapi"
)

// said answers with what it is, and holds a request to /sandbox/stream until it
// is told that it ends.
func said(ended chan<- struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = io.WriteString(w, "page "+r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "/stream") {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			ended <- struct{}{}
		}
	})
}

func TestPageHasItsPlace(t *testing.T) {
	w := start(t, func(o *httpapi.Options) { o.Page = said(nil) })
	got := w.do(t, false, http.MethodGet, "/sandbox/js/main.js")
	if got.status != 200 || got.body != "page /sandbox/js/main.js" || got.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %s %v", got.status, got.body, got.header)
	}
	if got := w.do(t, false, http.MethodPost, "/sandbox/api/send", "Origin", "https://evil.example"); got.status != 403 {
		t.Errorf("a page of another site: %d", got.status)
	}
	without := start(t)
	if got := without.do(t, false, http.MethodGet, "/sandbox/"); got.status != 404 {
		t.Errorf("outside of a sandbox: %d", got.status)
	}
}

func TestStreamsOfThePageEndWithTheServer(t *testing.T) {
	ended := make(chan struct{}, 1)
	server := httpapi.New(httpapi.Options{Backend: newFake(), Page: said(ended)})
	ln, err := httpapi.ListenTCP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	res, err := client.Get("http://" + ln.Addr().String() + "/sandbox/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	stop()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("the stream goes on")
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
