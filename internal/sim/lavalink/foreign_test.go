package lavalink_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/disgoorg/disgolink/v3/disgolink"
	foreign "github.com/disgoorg/disgolink/v3/lavalink"
	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// guest is disgolink, a client that was written for the real server.
type guest struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // ends with the test; callbacks of the client take none
	client disgolink.Client
	node   disgolink.Node
	events chan foreign.Message
	silent chan struct{} // closed when its read loop has met a message that it cannot decode
}

const poison = "{"

// These make guest a plugin, which sees each message before it is decoded.
func (g *guest) Name() string                     { return "guest" }
func (g *guest) Version() string                  { return "1" }
func (g *guest) OnNodeOpen(disgolink.Node)        {}
func (g *guest) OnNodeClose(disgolink.Node)       {}
func (g *guest) OnNewPlayer(disgolink.Player)     {}
func (g *guest) OnDestroyPlayer(disgolink.Player) {}
func (g *guest) OnNodeMessageIn(_ disgolink.Node, data []byte) {
	if string(data) == poison {
		close(g.silent)
	}
}

// leave closes the client. Its Close races with its own read loop, which ends
// for good on one message that it cannot decode: that is sent first.
func (g *guest) leave(node *lavalink.Node) {
	for _, s := range node.Sessions() {
		if node.SendRaw(s.ID, []byte(poison)) == nil {
			select {
			case <-g.silent:
			case <-g.ctx.Done():
				g.t.Error("the client does not read any more")
			}
		}
	}
	g.client.Close()
}

func newGuest(t *testing.T, r *rig) *guest {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) // outlives t.Context, for leave
	g := &guest{t: t, ctx: ctx, events: make(chan foreign.Message, 1024), silent: make(chan struct{})}
	httpClient := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	g.client = disgolink.New(4001,
		disgolink.WithLogger(slog.New(slog.DiscardHandler)),
		disgolink.WithHTTPClient(httpClient),
		disgolink.WithPlugins(g),
		disgolink.WithListenerFunc(func(_ disgolink.Player, m foreign.Message) { g.events <- m }))
	t.Cleanup(func() {
		g.leave(r.node)
		httpClient.CloseIdleConnections()
		cancel()
	})
	var err error
	g.node, err = g.client.AddNode(ctx, disgolink.NodeConfig{
		Name: "one", Address: strings.TrimPrefix(r.srv.URL, "http://"), Password: password,
	})
	g.must(err)
	return g
}

func (g *guest) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// expect returns the next message of type E and skips others.
func expect[E foreign.Message](g *guest) E {
	g.t.Helper()
	for {
		select {
		case m := <-g.events:
			if e, ok := m.(E); ok {
				return e
			}
		case <-g.ctx.Done():
			g.t.Fatalf("no %T came", *new(E))
		}
	}
}

func TestDisgolinkReads(t *testing.T) {
	r := newRig(t)
	g := newGuest(t, r)
	version, err := g.node.Version(g.ctx)
	g.must(err)
	info, err := g.node.Info(g.ctx)
	g.must(err)
	if version != "4.2.2" || info.Version.Minor != 2 || len(info.Filters) != 10 {
		t.Fatalf("version %s, info %+v", version, info)
	}
	stats, err := g.node.Rest().Stats(g.ctx)
	g.must(err)
	if stats.CPU.Cores != 4 {
		t.Fatalf("stats %+v", stats)
	}
	load := func(id string) foreign.LoadResultData {
		t.Helper()
		res, err := g.node.LoadTracks(g.ctx, id)
		g.must(err)
		return res.Data
	}
	if s, ok := load("ytsearch:ocean").(foreign.Search); !ok || len(s) < 10 || s[0].Info.Title != "Ocean Floor" {
		t.Fatalf("search %v", s)
	}
	if p, ok := load("https://media.sandbox.example/set/evening").(foreign.Playlist); !ok || len(p.Tracks) != 12 {
		t.Fatalf("playlist %v", p)
	}
	if _, ok := load("ytsearch:zebra").(foreign.Empty); !ok {
		t.Fatal("a search in vain is not empty")
	}
	if e, ok := load("https://elsewhere.example/x").(foreign.Exception); !ok || e.Severity != foreign.SeveritySuspicious {
		t.Fatalf("exception %v", e)
	}
	blink, ok := load("blink").(foreign.Track)
	if !ok || blink.Info.Length != 3*foreign.Second {
		t.Fatalf("track %v", blink)
	}
	one, err := g.node.DecodeTrack(g.ctx, blink.Encoded)
	g.must(err)
	many, err := g.node.DecodeTracks(g.ctx, []string{blink.Encoded, blink.Encoded})
	g.must(err)
	if one.Info.Title != "Blink" || len(many) != 2 {
		t.Fatalf("decoded %v and %v", one, many)
	}
	_, err = g.node.Rest().Player(g.ctx, g.node.SessionID(), 7001)
	if e, ok := err.(foreign.Error); !ok || e.Status != 404 || e.Message != "Player not found" {
		t.Fatalf("error %v", err)
	}
}

func TestDisgolinkWholeSession(t *testing.T) {
	r := newRig(t)
	g := newGuest(t, r)
	expect[foreign.StatsMessage](g)
	yes, seconds := true, 300
	g.must(g.node.Update(g.ctx, foreign.SessionUpdate{Resuming: &yes, Timeout: &seconds}))
	player := g.client.PlayerOnNode(g.node, 7001)
	channel := snowflake.ID(9001)
	g.client.OnVoiceStateUpdate(g.ctx, 7001, &channel, "voice-session")
	g.client.OnVoiceServerUpdate(g.ctx, 7001, "voice-token", "voice.example:443")
	if p := r.player(); !p.Connected || p.Channel != "9001" {
		t.Fatalf("player %+v", p)
	}
	res, err := g.node.LoadTracks(g.ctx, "https://media.sandbox.example/track/stairwell")
	g.must(err)
	track, err := res.Data.(foreign.Track).WithUserData(map[string]any{"play": "p1", "epoch": 7})
	g.must(err)
	volume := foreign.Volume(0.8)
	filters := foreign.Filters{
		Volume: &volume, Equalizer: &foreign.Equalizer{0.1, -0.2}, Timescale: &foreign.Timescale{Speed: 1, Pitch: 1, Rate: 1},
		Rotation: &foreign.Rotation{RotationHz: 1}, LowPass: &foreign.LowPass{Smoothing: 20},
	}
	g.must(player.Update(g.ctx, foreign.WithTrack(track), foreign.WithVolume(40), foreign.WithFilters(filters)))
	started := expect[foreign.TrackStartEvent](g)
	if string(started.Track.UserData) != `{"play":"p1","epoch":7}` && string(started.Track.UserData) != `{"epoch":7,"play":"p1"}` {
		t.Fatalf("user data %s", started.Track.UserData)
	}
	r.clock.Advance(lavalink.DefaultLatency + 4*time.Second)
	g.must(player.Update(g.ctx, foreign.WithPosition(2*foreign.Second)))
	// disgolink's own Update races with itself on a pause, its REST client does not.
	for _, paused := range []bool{true, false} {
		got, err := g.node.Rest().UpdatePlayer(g.ctx, g.node.SessionID(), 7001, foreign.PlayerUpdate{Paused: &paused})
		g.must(err)
		if got.Paused != paused {
			t.Fatalf("paused %v", got.Paused)
		}
	}
	if p := r.player(); p.Position != 2000 || p.Volume != 40 || !p.Sounding {
		t.Fatalf("player %+v", p)
	}

	// The line breaks, the music goes on, the client comes back by itself.
	r.node.CutSockets()
	r.clock.Advance(3 * time.Second)
	eventually(t, func() bool { s := r.node.Sessions(); return len(s) == 1 && s[0].Connected })
	r.clock.Advance(10 * time.Second)
	if end := expect[foreign.TrackEndEvent](g); end.Reason != foreign.TrackEndReasonFinished || end.Track.Info.Position != 8*foreign.Second {
		t.Fatalf("the end is %+v", end)
	}
	players, err := g.node.Rest().Players(g.ctx, g.node.SessionID())
	g.must(err)
	if len(players) != 1 || players[0].Track != nil || players[0].Filters.Equalizer[1] != -0.2 || players[0].Voice.ChannelID != 9001 {
		t.Fatalf("players %+v", players)
	}
	g.must(r.node.CloseVoice("4001", "7001", 4014, "Disconnected.", true))
	if closed := expect[foreign.WebSocketClosedEvent](g); closed.Code != 4014 || !closed.ByRemote {
		t.Fatalf("closed %+v", closed)
	}
	g.must(player.Destroy(g.ctx))
	if n := len(r.node.Players()); n != 0 {
		t.Fatalf("%d players after destroy", n)
	}
	for _, line := range r.node.Timeline() {
		for _, rec := range line.Records {
			if rec.Kind == lavalink.KindSilence && rec.At.After(start.Add(5*time.Second)) {
				t.Fatalf("the resume made a gap: %+v", line.Records)
			}
		}
	}
}

func TestDisgolinkSeesFaults(t *testing.T) {
	r := newRig(t)
	g := newGuest(t, r)
	player := g.client.PlayerOnNode(g.node, 7001)
	g.must(player.Update(g.ctx, foreign.WithTrackIdentifier("broken-start")))
	expect[foreign.TrackStartEvent](g)
	r.clock.Advance(time.Second)
	if e := expect[foreign.TrackExceptionEvent](g); e.Exception.Severity != foreign.SeveritySuspicious {
		t.Fatalf("exception %+v", e)
	}
	r.clock.Advance(time.Minute)
	if e := expect[foreign.TrackEndEvent](g); e.Reason != foreign.TrackEndReasonCleanup {
		t.Fatalf("end %+v", e)
	}
	g.must(player.Update(g.ctx, foreign.WithTrackIdentifier("blink")))
	g.must(player.Update(g.ctx, foreign.WithNullTrack()))
	if e := expect[foreign.TrackEndEvent](g); e.Reason != foreign.TrackEndReasonStopped {
		t.Fatalf("end %+v", e)
	}
	err := player.Update(g.ctx, foreign.WithVolume(5000))
	if e, ok := err.(foreign.Error); !ok || e.Status != 400 || !strings.Contains(e.Message, "volume") {
		t.Fatalf("error %v", err)
	}
}
