package lavalink_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]lavalink.Options{
		"source":  {Password: "p", Sources: []string{"youtube", "tape"}},
		"latency": {Password: "p", Latency: -1},
		"block":   {Password: "p", IPBlock: "10.0.0.1"},
	} {
		if _, err := lavalink.New(o); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two nodes over one library know nothing of each other's players and faults.
func TestNodesOfTheirOwn(t *testing.T) {
	c := lavalink.DefaultCatalog()
	near := newRig(t, func(o *lavalink.Options) { o.Catalog, o.Region = c, "europe" })
	far := newRig(t, func(o *lavalink.Options) { o.Name, o.Catalog, o.Region, o.Password = "two", c, "us-west", "other" })
	if near.node.Name() != "one" || far.node.Name() != "two" || near.node.Region() != "europe" || far.node.Region() != "us-west" {
		t.Fatal("they are mixed up")
	}
	near.playing("last-ferry")
	if a := far.do("GET", "/version", ""); a.status != 403 {
		t.Fatalf("the password of one opens the other: %d", a.status)
	}
	if err := far.node.SetFault("node.empty_load", map[string]string{"node": "two"}); err != nil {
		t.Fatal(err)
	}
	if got := near.want(200, "GET", "/v4/loadtracks?identifier=blink", ""); got["loadType"] != "track" {
		t.Fatalf("got %v", got)
	}
	if len(near.node.Players()) != 1 || len(far.node.Players()) != 0 {
		t.Fatal("they share players")
	}
}

func TestLatency(t *testing.T) {
	const latency = 300 * time.Millisecond
	r := newRig(t, func(o *lavalink.Options) { o.Latency = latency })
	if r.node.Latency() != latency {
		t.Fatalf("latency %v", r.node.Latency())
	}
	wait := func(waiters int) {
		t.Helper()
		if err := r.clock.BlockUntilContext(t.Context(), waiters); err != nil {
			t.Fatal(err)
		}
	}
	dialled := make(chan *websocket.Conn, 1)
	go func() {
		conn, res, err := r.dial()
		if err == nil {
			res.Body.Close()
		}
		dialled <- conn
	}()
	wait(1)
	r.clock.Advance(latency)
	conn := <-dialled
	if conn == nil {
		t.Fatal("no socket")
	}
	defer conn.Close()
	pong, ready := make(chan string, 1), make(chan struct{})
	conn.SetPongHandler(func(data string) error { pong <- data; return nil })
	go func() {
		for first := true; ; first = false {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
			if first {
				close(ready)
			}
		}
	}()
	eventually(t, func() bool { return len(r.node.Sessions()) == 1 })
	wait(1)
	select {
	case <-ready:
		t.Fatal("ready came at once")
	default:
	}
	r.clock.Advance(latency / 2)
	<-ready

	if err := conn.WriteControl(websocket.PingMessage, []byte("7"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	// The node's one timer is set either way, so that the pong is waited for by moving on.
	eventually(t, func() bool {
		r.clock.Advance(latency)
		return len(pong) == 1
	})
	if data := <-pong; data != "7" {
		t.Fatalf("pong %q", data)
	}

	got := make(chan answer, 1)
	go func() {
		a, _ := r.try("GET", "/version", "")
		got <- a
	}()
	wait(2) // the session's statistics and the request
	r.clock.Advance(latency - time.Millisecond)
	select {
	case a := <-got:
		t.Fatalf("too early: %v", a)
	default:
	}
	r.clock.Advance(time.Millisecond)
	if a := <-got; a.status != 200 {
		t.Fatalf("answer %v", a)
	}
}

func TestSources(t *testing.T) {
	r := newRig(t, func(o *lavalink.Options) { o.Sources = []string{"sandbox", "spotify", "deezer"} })
	var info struct{ SourceManagers []string }
	if err := json.Unmarshal([]byte(r.do("GET", "/v4/info", "").body), &info); err != nil || !slices.Equal(info.SourceManagers, []string{"sandbox", "spotify", "deezer"}) {
		t.Fatalf("info %v, %v", info, err)
	}
	for identifier, want := range map[string]string{
		"spsearch:ocean": "search", "dzsearch:ocean": "search", "sbsearch:ocean": "search",
		"ytsearch:ocean": "empty", "ytmsearch:ocean": "empty", "scsearch:ocean": "empty", "amsearch:ocean": "empty", "bcsearch:ocean": "empty",
		"vksearch:ocean": "empty", "blink": "track", "https://media.sandbox.example/track/blink": "track",
		"https://media.sandbox.example/sim/v1/audio/blink": "empty", // that would take the source http
	} {
		if got := r.want(200, "GET", "/v4/loadtracks?identifier="+url.QueryEscape(identifier), ""); got["loadType"] != want {
			t.Errorf("%s: %v", identifier, got["loadType"])
		}
	}
	without := newRig(t, func(o *lavalink.Options) { o.Sources = []string{"youtube"} })
	s := without.open()
	without.want(500, "PATCH", s.path(guild), `{"track":{"encoded":"`+encoded(t, "blink")+`"}}`)
	for identifier, want := range map[string]string{"blink": "empty", "https://media.sandbox.example/track/blink": "error", "ytsearch:blink": "search"} {
		if got := without.want(200, "GET", "/v4/loadtracks?identifier="+url.QueryEscape(identifier), ""); got["loadType"] != want {
			t.Errorf("without the source, %s: %v", identifier, got["loadType"])
		}
	}
}

func TestRoutePlanner(t *testing.T) {
	for block, want := range map[string]struct{ kind, size, second, third string }{
		"2001:db8::/64":   {"Inet6Address", "18446744073709551616", "/2001:db8::1", "/2001:db8::"},
		"192.0.2.130/31":  {"Inet4Address", "2", "/192.0.2.131", "/192.0.2.130"},
		"198.51.100.0/24": {"Inet4Address", "256", "/198.51.100.1", ""},
	} {
		r := newRig(t, func(o *lavalink.Options) { o.IPBlock = block })
		details := func() (map[string]any, []any) {
			t.Helper()
			got := r.want(200, "GET", "/v4/routeplanner/status", "")
			if got["class"] != "RotatingIpRoutePlanner" {
				t.Fatalf("status %v", got)
			}
			d := got["details"].(map[string]any)
			return d, d["failingAddresses"].([]any)
		}
		d, failing := details()
		if b := d["ipBlock"].(map[string]any); b["type"] != want.kind || b["size"] != want.size || len(failing) != 0 {
			t.Fatalf("%s: %v", block, d)
		}
		first := d["currentAddress"].(string)
		r.breaks("node.fail_load")
		r.want(200, "GET", "/v4/loadtracks?identifier=blink", "")
		d, failing = details()
		if d["currentAddress"] != want.second || len(failing) != 1 || failing[0].(map[string]any)["failingAddress"] != first ||
			failing[0].(map[string]any)["failingTimestamp"] != float64(start.UnixMilli()) {
			t.Fatalf("%s after a failed load: %v", block, d)
		}
		r.want(200, "GET", "/v4/loadtracks?identifier=blink", "")
		if d, _ = details(); block == "192.0.2.130/31" && d["currentAddress"] != want.third {
			t.Fatalf("the block does not go round: %v", d)
		}
		r.want(204, "POST", "/v4/routeplanner/free/address", `{"address":"`+first[1:]+`"}`)
		if _, failing = details(); len(failing) != 1 {
			t.Fatalf("freed one of two, %v are left", failing)
		}
		r.want(204, "POST", "/v4/routeplanner/free/all", "")
		if _, failing = details(); len(failing) != 0 {
			t.Fatalf("freed all, %v are left", failing)
		}
		r.want(400, "POST", "/v4/routeplanner/free/address", `{"address":"here"}`)
		r.want(400, "POST", "/v4/routeplanner/free/address", `{}`)
	}
}
