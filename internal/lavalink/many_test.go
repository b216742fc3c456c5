package lavalink_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/secret"
)

func TestManySessionsOnOneNode(t *testing.T) {
	r := newRig(t)
	const bots, guilds = 8, 5
	owners := make([]*owner, bots)
	for n := range owners {
		owners[n] = r.own("", func(o *lavalink.Options) { o.Bot, o.Partition = music.BotID(fmt.Sprint(5000+n)), n })
	}
	base := r.wanted("", "blink")
	var wg sync.WaitGroup
	for n, o := range owners {
		o.up()
		for g := range guilds {
			wg.Go(func() {
				d := base
				d.Play = music.PlayID(fmt.Sprintf("%d-%d", n, g))
				if err := o.link.Apply(context.Background(), music.GuildID(fmt.Sprint(8000+g)), d); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if s, p := r.node.Sessions(), r.node.Players(); len(s) != bots || len(p) != bots*guilds {
		t.Fatalf("%d sessions, %d players", len(s), len(p))
	}
	r.nodeClock.Advance(4 * time.Second)
	for n, o := range owners {
		ended := map[music.PlayID]music.GuildID{}
		for len(ended) < guilds {
			e := o.next("end", func(e lavalink.Event) bool { _, ok := e.Body.(music.PlayEnded); return ok })
			end := e.Body.(music.PlayEnded) //nolint:forcetypeassert // just looked
			if _, twice := ended[end.Play]; twice || end.Bot != music.BotID(fmt.Sprint(5000+n)) || e.Epoch != 3 {
				t.Fatalf("event %+v", e)
			}
			ended[end.Play] = e.Guild
		}
		for play, g := range ended {
			if want := fmt.Sprintf("%d-%d", n, 0); !strings.HasPrefix(string(play), want[:2]) || !strings.HasSuffix(string(play), string(g)[3:]) {
				t.Errorf("%s ended in guild %s", play, g)
			}
		}
		if s := o.link.Status(); s.Players != guilds || s.Playing != 0 {
			t.Errorf("status %+v", s)
		}
	}
}

func TestAttemptsAreSpread(t *testing.T) {
	s, srv := newScript(t)
	srv.Close() // nobody listens
	client, _ := newClient(t, srv, password)
	o := own(t, client, "")
	if err := o.down(); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("down because of %v", err)
	}
	began := o.clock.Now()
	eventually(t, "ten attempts", func() bool {
		o.clock.Advance(20 * time.Millisecond)
		return o.link.Status().Failures >= 10
	})
	if took := o.clock.Since(began); took < 20*time.Second {
		t.Errorf("ten attempts within %v", took)
	}
	if s.dials != 0 {
		t.Error("a node that is closed was reached")
	}
}

func TestBinaryMessagesAndFramesOfOthers(t *testing.T) {
	board := lavalink.NewBoard()
	s, o := scripted(t, func(opts *lavalink.Options) { opts.Board = board })
	s.send(websocket.BinaryMessage, "\x00\x01")
	s.rest = func(w http.ResponseWriter, _ *http.Request, _ string) { fmt.Fprint(w, playerJSON("p1", 3)) }
	o.apply(desired("p1"))
	s.push(`{"op":"stats","players":"7","playingPlayers":3.0,"uptime":1e400,"memory":{"used":"2e9","reservable":4000000000},
		"cpu":{"cores":0,"systemLoad":"NaN","lavalinkLoad":7},"frameStats":{"sent":2900,"nulled":-4,"deficit":100}}`)
	eventually(t, "the stats", func() bool { _, known := board.Stats(); return known })
	got, _ := board.Stats()
	want := lavalink.Stats{Players: 7, Playing: 3, NodeLoad: 1, MemoryUsed: 2_000_000_000, MemoryAllowed: 4_000_000_000}
	if got.Frames == nil || *got.Frames != (lavalink.Frames{Sent: 2900, Deficit: 100}) {
		t.Errorf("frames %+v", got.Frames)
	}
	if got.Frames = nil; got != want {
		t.Errorf("stats %+v", got)
	}
	if c := o.link.Counters(); c.Undecodable != 1 {
		t.Errorf("counters %+v", c)
	}
	o.leave()
	if again, _ := board.Stats(); again.Frames != nil {
		t.Errorf("a link that left still counts: %+v", again.Frames)
	}
}

func TestNumbersOfEverySort(t *testing.T) {
	for raw, want := range map[string]time.Duration{
		`1500`: 1500 * time.Millisecond, `"1500"`: 1500 * time.Millisecond, `1.5e3`: 1500 * time.Millisecond, `-1`: 0, `null`: 0, `true`: 0,
		`"soon"`: 0, `{}`: 0, `[1]`: 0, `1e400`: 0,
	} {
		res, err := answering(t, 200, `{"loadType":"track","data":{"encoded":"x","info":{"length":`+raw+`}}}`).Load(context.Background(), "x")
		if err != nil || len(res.Tracks) != 1 || res.Tracks[0].Length != want {
			t.Errorf("%s: %+v, %v", raw, res, err)
		}
	}
	endless := fmt.Sprintf(`{"loadType":"track","data":{"encoded":"x","info":{"length":%d}}}`, int64(math.MaxInt64))
	res, err := answering(t, 200, endless).Load(context.Background(), "x")
	if err != nil || res.Tracks[0].Length <= 0 {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestTextIsCutAtACharacter(t *testing.T) {
	title := strings.Repeat("é", 400)
	res, err := answering(t, 200, `{"loadType":"track","data":{"encoded":"x","info":{"title":"`+title+`","author":" a\tb\u0007 "}}}`).Load(context.Background(), "x")
	if err != nil || res.Tracks[0].Title != strings.Repeat("é", 256) || res.Tracks[0].Author != "a b" {
		t.Fatalf("%+v, %v", res, err)
	}
	res, err = answering(t, 200, `{"loadType":"track","data":{"encoded":"`+strings.Repeat("x", 70_000)+`"}}`).Load(context.Background(), "x")
	if fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("%+v, %v", res, err)
	}
	for _, odd := range []string{`{"loadType":"tape"}`, `{"loadType":"playlist","data":7}`, `{"loadType":"search","data":{}}`, `{}`} {
		if res, err := answering(t, 200, odd).Load(context.Background(), "x"); fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("%s: %+v, %v", odd, res, err)
		}
	}
}

func TestASecureNode(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != password {
			w.WriteHeader(http.StatusForbidden)
		}
		fmt.Fprint(w, "4.2.2\n")
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is wanted
	srv.StartTLS()
	t.Cleanup(srv.Close)
	node := lavalink.Node{Name: "safe", Address: strings.TrimPrefix(srv.URL, "https://"), Secure: true, Password: secret.New(password)}
	c, err := lavalink.NewClient(node, lavalink.ClientOptions{Transport: srv.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.Version(context.Background()); err != nil || v != "4.2.2" || c.Node().Address != node.Address || c.Node().Name != node.Name {
		t.Errorf("%q, %v", v, err)
	}
	// A certificate that nobody vouches for is not accepted.
	strict, err := lavalink.NewClient(node, lavalink.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(strict.Close)
	if _, err := strict.Version(context.Background()); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}
