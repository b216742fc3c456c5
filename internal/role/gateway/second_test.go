package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
)

// second starts a gateway of another process, which finds every shard taken.
func second(t *testing.T, r *roletest.Rig, change func(*gateway.Options)) *roletest.Gateway {
	t.Helper()
	o := r.GatewayOptions()
	o.Holder = "second"
	change(&o)
	role, err := gateway.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return &roletest.Gateway{Role: role, Running: r.Start(role.Run)}
}

// first is a lease that outlives a busy machine.
func first(o *gateway.Options) { o.Holder, o.LeaseTTL = "first", 30*time.Second }

func TestASecondGatewayWaitsAndTakesOver(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1, Pool: true})
	a := r.StartAudio()
	one := r.StartGateway(first)
	// Those that did not find it taken yet try again after a third of this.
	two := second(t, r, func(o *gateway.Options) { o.LeaseTTL = 3 * time.Second })
	roletest.Until(t, "the second has nothing to wait for", two.Connected)
	if n := len(one.Shards()); n != len(r.Bots) {
		t.Errorf("the first has %d of %d shards", n, len(r.Bots))
	}
	if s := two.Shards(); len(s) != 0 {
		t.Errorf("the second has %+v", s)
	}
	r.Join("ana")
	r.Send(`/play query:"ocean"`)
	roletest.Until(t, "it sounds", func() bool { return a.Sounds(r) })
	if err := one.Stop(t); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "the second has every shard", func() bool {
		ready := 0
		for _, s := range two.Shards() {
			if s.State == "ready" && s.Count == 1 && s.Index == 0 {
				ready++
			}
		}
		return ready == len(r.Bots) && two.Connected()
	})
	if text := roletest.Text(t, r.Send("/nowplaying")); !strings.Contains(text, "Ocean") && !a.Sounds(r) {
		t.Errorf("it is told %q", text)
	}
	clean(t, r)
}

// without is a bus on which nothing is heard of a topic.
type without struct {
	bus.Bus

	topic string
	none  *memory.Bus
}

func (w without) Subscribe(name string, buffer int) bus.Subscription {
	if name == w.topic {
		return w.none.Subscribe(name, buffer)
	}
	return w.Bus.Subscribe(name, buffer)
}

// A notice is heard by every gateway, and posted by the one that has the guild:
// even where that one has to find it in its row.
func TestANoticeIsPostedByWhoHasTheGuild(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	a := r.StartAudio(func(o *audio.Options) { o.Settings.Empty = 700 * time.Millisecond })
	none := memory.New(0)
	t.Cleanup(func() { _ = none.Close() })
	r.StartGateway(first, func(o *gateway.Options) { o.Bus = without{Bus: o.Bus, topic: topic.Owed, none: none} })
	to, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	var posts atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(to)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/messages") {
			posts.Add(1)
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(srv.Close)
	two := second(t, r, func(o *gateway.Options) { o.RESTURL, o.LeaseTTL = srv.URL+"/api/v10", 30*time.Second })
	roletest.Until(t, "the second has nothing to wait for", two.Connected)
	r.Join("ana")
	r.Send("/join")
	roletest.Until(t, "the bot is in voice", func() bool { p := a.Player(r); return p != nil && p.Voice.Channel == r.Music })
	if err := r.World.LeaveVoice("demo", "ana"); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "it says why it left", func() bool { return len(posted(t, r)) == 1 })
	nothingOwed(t, r)
	if n := posts.Load(); n != 0 {
		t.Errorf("the second gateway posted %d messages", n)
	}
	clean(t, r)
}
