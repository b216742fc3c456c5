package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
)

// speechless is a way to Discord on which promises arrive and what follows them
// does not: what a process that dies in between looks like from outside.
func speechless(t *testing.T, r *roletest.Rig) string {
	t.Helper()
	to, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.Path, "/messages/@original") {
			http.Error(w, "gone", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL + "/api/v10"
}

// A search whose process died after it was promised an answer gets one from the
// next process: that it was lost.
func TestASearchWhoseProcessDiesIsAnswered(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio() // takes what else comes, so that Discord does not send it again
	roletest.Until(t, "the node is up", func() bool { return a.Nodes()[0].State == "up" })
	r.Nodes[0].SetLoadDelay(8 * time.Second)
	g := r.StartGateway(func(o *gateway.Options) { o.RESTURL = speechless(t, r) })
	r.Join("ana")
	seen := r.Later(`/search query:"ocean"`)
	roletest.Until(t, "it is promised", func() bool { return deferred(r) })
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	owed, err := r.Store.Owed(t.Context(), "answer", time.Now().Add(time.Minute), 10)
	if err != nil || len(owed) != 1 || !owed[0].NotBefore.After(owed[0].Created) {
		t.Fatalf("owed are %+v, %v", owed, err)
	}
	r.StartGateway()
	res := <-seen
	if res.State != "answered" || !res.Deferred || !strings.Contains(roletest.Text(t, res), "lost") || len(whispered(t, r)) != 1 {
		t.Errorf("%+v", res)
	}
	nothingOwed(t, r)
	clean(t, r)
}

// One that was answered leaves nothing behind for the sweep.
func TestASearchThatWasAnsweredLateIsNotOwed(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.AnswerQuestions(func(q topic.Question) (topic.Suggestions, bool) {
		<-time.After(2 * time.Second)
		return topic.Suggestions{Tracks: tracks(q.Query, 3)}, true
	})
	r.StartGateway()
	r.Join("ana")
	if res := r.Send(`/search query:"ocean"`); res.State != "answered" || !res.Deferred {
		t.Fatalf("%+v", res)
	}
	roletest.Until(t, "nothing is owed, now and later", func() bool {
		owed, err := r.Store.Owed(t.Context(), "answer", time.Now().Add(time.Minute), 10)
		return err == nil && len(owed) == 0
	})
	clean(t, r)
}
