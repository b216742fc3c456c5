package lavalink_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/secret"
	sim "github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestWhatANodeSaysOfItself(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	if v, err := r.client.Version(ctx); err != nil || !strings.HasPrefix(v, "4.") {
		t.Errorf("version %q, %v", v, err)
	}
	info, err := r.client.Info(ctx)
	if err != nil || !strings.HasPrefix(info.Version, "4.") || len(info.Sources) == 0 || len(info.Filters) < 10 {
		t.Errorf("info %+v, %v", info, err)
	}
	if s, err := r.client.Stats(ctx); err != nil || s.Players != 0 || s.Cores == 0 {
		t.Errorf("stats %+v, %v", s, err)
	}
}

func TestLoad(t *testing.T) {
	r := newRig(t)
	load := func(id string) lavalink.LoadResult {
		t.Helper()
		res, err := r.client.Load(context.Background(), id)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		return res
	}
	at := "https://" + sim.MediaHost
	if res := load(at + "/track/blink"); res.Kind != lavalink.LoadFound || res.Total != 1 || res.Tracks[0].Title != "Blink" ||
		res.Tracks[0].Length != 3*time.Second || res.Tracks[0].ISRC == "" || res.Tracks[0].URI != at+"/track/blink" {
		t.Errorf("track: %+v", res)
	}
	if res := load("ytsearch:ocean"); res.Kind != lavalink.LoadSearch || len(res.Tracks) < 2 || !strings.Contains(res.Tracks[0].Title, "Ocean") {
		t.Errorf("search: %+v", res)
	}
	if res := load(at + "/set/evening"); res.Kind != lavalink.LoadPlaylist || len(res.Tracks) != 12 || res.Total != 12 || res.Playlist == "" {
		t.Errorf("playlist: %+v", res)
	}
	if res := load(at + "/set/archive"); len(res.Tracks) != 5000 || res.Total != 5000 {
		t.Errorf("archive: %d of %d", len(res.Tracks), res.Total)
	}
	if res := load(at + "/track/radio-halcyon"); !res.Tracks[0].Stream || res.Tracks[0].Length != 0 {
		t.Errorf("stream: %+v", res)
	}
	if res := load("ytsearch:zzzz"); res.Kind != lavalink.LoadEmpty {
		t.Errorf("empty: %+v", res)
	}
	if res := load(at + "/track/lost-reel"); res.Kind != lavalink.LoadError || res.Message == "" {
		t.Errorf("error: %+v", res)
	}
}

// answering is a client of a node that always answers the same.
func answering(t *testing.T, status int, answer string, header ...string) *lavalink.Client {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(srv.Close)
	c, _ := newClient(t, srv, password)
	return c
}

func TestErrorsOfANode(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		want   fault.Code
	}{
		"no password":      {401, "", fault.Unauthenticated},
		"wrong password":   {403, `{"message":"no"}`, fault.Denied},
		"not there":        {404, `{"message":"Session not found"}`, fault.NotFound},
		"bad request":      {400, `{"error":"Bad Request","message":"volume"}`, fault.Invalid},
		"too many":         {429, "", fault.Unavailable},
		"not JSON":         {502, "<html>Bad Gateway</html>", fault.Unavailable},
		"handshake":        {500, `{"message":7}`, fault.Unavailable},
		"success, no JSON": {200, "welcome", fault.Unavailable},
		"redirect":         {302, "", fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			client := answering(t, c.status, c.answer, "Location", "http://127.0.0.1:1/")
			_, err := client.Info(context.Background())
			if fault.CodeOf(err) != c.want {
				t.Fatalf("%v: %v", fault.CodeOf(err), err)
			}
			message, hint := fault.Show(err)
			if !strings.Contains(message, "node one") || strings.Contains(message+hint+err.Error(), password) {
				t.Fatalf("message %q, hint %q, %v", message, hint, err)
			}
			if (c.status == 401 || c.status == 403) && hint == "" {
				t.Fatal("no hint says what to do about the password")
			}
		})
	}
}

func TestAWrongPasswordIsNamedByTheLink(t *testing.T) {
	r := newRig(t)
	client, _ := newClient(t, r.srv, "guess")
	if _, err := client.Stats(context.Background()); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("stats: %v", err)
	}
	o := own(t, client, "")
	err := o.down()
	if code := fault.CodeOf(err); code != fault.Unauthenticated && code != fault.Denied {
		t.Fatalf("down because of %v", err)
	}
	if message, hint := fault.Show(err); !strings.Contains(message, "node one") || !strings.Contains(hint, "password") {
		t.Fatalf("%q, %q", message, hint)
	}
}

func TestOutcomesThatAreNotKnown(t *testing.T) {
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		select {
		case <-hang:
		case <-req.Context().Done():
		}
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(hang) })
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	node := lavalink.Node{Name: "one", Address: strings.TrimPrefix(srv.URL, "http://"), Password: secret.New(password)}
	c, err := lavalink.NewClient(node, lavalink.ClientOptions{Timeout: time.Second, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Players(context.Background(), "s"); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a read that timed out: %v", err)
	}
	if err := c.Destroy(context.Background(), "s", guild); fault.CodeOf(err) != fault.Unknown {
		t.Errorf("a change that timed out: %v", err)
	}
	node.Address = "127.0.0.1:1"
	gone, err := lavalink.NewClient(node, lavalink.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(gone.Close)
	if err := gone.Destroy(context.Background(), "s", guild); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a change that was never sent: %v", err)
	}
}

func TestServersThatWriteOtherwise(t *testing.T) {
	t.Run("info", func(t *testing.T) {
		c := answering(t, 200, `{"version":"3.2.0-b","sourceManagers":[{"name":"youtube"},"http",7],"filters":{},"plugins":null,"git":[]}`)
		info, err := c.Info(context.Background())
		if err != nil || info.Version != "3.2.0-b" || fmt.Sprint(info.Sources) != "[youtube http]" || info.Filters != nil {
			t.Fatalf("%+v, %v", info, err)
		}
	})
	t.Run("an error without data", func(t *testing.T) {
		res, err := answering(t, 200, `{"loadType":"error"}`).Load(context.Background(), "x")
		if err != nil || res.Kind != lavalink.LoadError || res.Message == "" || res.Faulty {
			t.Fatalf("%+v, %v", res, err)
		}
	})
	t.Run("tracks that lack something", func(t *testing.T) {
		answer := `{"loadType":"playlist","data":{"info":{"name":"a\u202eb\n"},"tracks":[7,{"info":{"title":"no handle"}},
			{"encoded":"abc","info":{"length":-1,"title":null,"identifier":"id","uri":"javascript:alert(1)","isStream":"yes","author":"x\u0000y"}}]}}`
		res, err := answering(t, 200, answer).Load(context.Background(), "x")
		want := music.Track{Encoded: "abc", Identifier: "id", Title: "id", Author: "xy"}
		if err != nil || len(res.Tracks) != 1 || res.Tracks[0] != want || res.Total != 3 || res.Playlist != "ab" {
			t.Fatalf("%+v, %v", res, err)
		}
	})
	t.Run("players", func(t *testing.T) {
		answer := `[7,{"guildId":7001,"volume":"50","state":{"position":-1,"connected":1},"track":{"userData":{"play":"p","epoch":2}},"filters":[]},{"guildId":""}]`
		players, skipped, err := answering(t, 200, answer).Players(context.Background(), "s")
		if err != nil || skipped != 2 || len(players) != 1 || players[0].Guild != guild || players[0].Play != "p" || players[0].Volume != 50 || players[0].Position != 0 {
			t.Fatalf("%+v, %d, %v", players, skipped, err)
		}
	})
	t.Run("more than can be read", func(t *testing.T) {
		_, err := answering(t, 200, `{"version":"`+strings.Repeat("x", 2<<20)+`"}`).Info(context.Background())
		if fault.CodeOf(err) != fault.Unavailable {
			t.Fatal(err)
		}
	})
}

func TestNodes(t *testing.T) {
	for name, n := range map[string]lavalink.Node{
		"no name":     {Address: "localhost:2333", Password: secret.New("x")},
		"no port":     {Name: "one", Address: "localhost", Password: secret.New("x")},
		"no host":     {Name: "one", Address: ":2333", Password: secret.New("x")},
		"port":        {Name: "one", Address: "localhost:http", Password: secret.New("x")},
		"no password": {Name: "one", Address: "localhost:2333"},
	} {
		if _, err := lavalink.NewClient(n, lavalink.ClientOptions{}); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	n := lavalink.Node{Name: "one", Address: "localhost:2333", Password: secret.New("s3cret")}
	raw, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%s %v %+v %#v %q", raw, n, n, n, n.Password) + n.Password.LogValue().String()
	if strings.Contains(shown, "s3cret") {
		t.Fatal(shown)
	}
}
