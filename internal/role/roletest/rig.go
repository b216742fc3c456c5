package roletest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
	simlavalink "github.com/atrilhq/platform/internal/sim/lavalink"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// Options says what a rig is made of.
type Options struct {
	// Nodes is how many nodes there are, named n1, n2 and so on.
	Nodes int
	// Pool makes the world that with several bots, of which one is not in the guild.
	Pool bool
	// Logger gets what the roles log; nil discards it.
	Logger *slog.Logger
	// World is what else the world is; limits are lifted, and Pool decides its seed.
	World simdiscord.Options
}

// Rig is a world with nodes, and a database.
type Rig struct {
	T     testing.TB
	World *simdiscord.World
	URL   string
	Nodes []*Node
	Store *Store
	Bus   bus.Bus
	Log   *slog.Logger
	// Guild and its channels are those of the world's first guild.
	Guild              music.GuildID
	Text, Music, Quiet music.ChannelID
	Bot                music.BotID
	Token              string
	// Bots and Tokens are of the whole pool, Bot and Token the first of them.
	Bots   []music.BotID
	Tokens []string
}

// Node is a simulated node with its address.
type Node struct {
	*simlavalink.Node

	Name, Address string
}

// Password is that of every node.
const Password = "roletest"

// New starts a world, its nodes and a database. All of it ends with the test.
func New(t testing.TB, o Options) *Rig {
	t.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Rig{T: t, Log: o.Logger}
	world := o.World
	world.IdentifyInterval, world.GlobalLimit, world.NoRouteLimits = -1, -1, true
	if o.Pool {
		seed := simdiscord.DemoPool()
		world.Seed = &seed
	}
	r.World = simdiscord.New(world)
	srv := httptest.NewServer(r.World.Handler())
	r.URL = srv.URL
	r.World.SetBaseURL(srv.URL)
	t.Cleanup(func() {
		if err := r.World.Close(); err != nil {
			t.Errorf("the world: %v", err)
		}
		srv.Close()
	})
	for i := range o.Nodes {
		r.Nodes = append(r.Nodes, r.startNode(fmt.Sprintf("n%d", i+1)))
	}
	r.World.OnVoiceClosed(func(guild, user string, code int) {
		for _, n := range r.Nodes {
			_ = n.CloseVoice(user, guild, code, "Disconnected.", true)
		}
	})
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{
		URL: "sqlite://" + filepath.Join(t.TempDir(), "p.db"), Partitions: 4, Logger: o.Logger,
		Timeout: 30 * time.Second, // a busy machine is no database that does not answer
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Store = &Store{DB: db}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("the database: %v", err)
		}
	})
	r.NewBus()
	r.names()
	return r
}

func (r *Rig) startNode(name string) *Node {
	sim, err := simlavalink.New(simlavalink.Options{
		Name: name, Password: Password,
		Verify: func(v simlavalink.Voice) error {
			return r.World.VerifyVoice(v.GuildID, v.UserID, v.ChannelID, v.SessionID, v.Token, v.Endpoint)
		},
	})
	if err != nil {
		r.T.Fatal(err)
	}
	srv := httptest.NewServer(sim.Handler())
	r.T.Cleanup(func() { sim.Close(); srv.Close() })
	return &Node{Node: sim, Name: name, Address: strings.TrimPrefix(srv.URL, "http://")}
}

func (r *Rig) names() {
	v := r.World.View()
	g := v.Guilds[0]
	for _, b := range v.Bots {
		r.Bots, r.Tokens = append(r.Bots, music.BotID(b.ApplicationID)), append(r.Tokens, b.Token)
	}
	r.Guild, r.Bot, r.Token = music.GuildID(g.ID), r.Bots[0], r.Tokens[0]
	for _, c := range g.Channels {
		switch c.Name {
		case "general":
			r.Text = music.ChannelID(c.ID)
		case "music":
			r.Music = music.ChannelID(c.ID)
		case "quiet":
			r.Quiet = music.ChannelID(c.ID)
		}
	}
}

// NewBus gives what starts from now on a bus of its own, as a new process has.
func (r *Rig) NewBus() bus.Bus {
	b := memory.New(0)
	r.Bus = b
	r.T.Cleanup(func() { _ = b.Close() })
	return b
}

// Clock is the real one: the simulators' sockets know no other.
func (r *Rig) Clock() clockwork.Clock { return clockwork.NewRealClock() }

// Running is a role that runs.
type Running struct {
	stop context.CancelFunc
	done chan struct{}
	err  error
}

// Start runs something until the test or Stop ends it.
func (r *Rig) Start(run func(context.Context) error) *Running {
	ctx, cancel := context.WithCancel(context.Background())
	x := &Running{stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(x.done)
		x.err = run(ctx)
	}()
	r.T.Cleanup(func() { _ = x.Stop(r.T) })
	return x
}

// Stop ends it and returns what it returned.
func (x *Running) Stop(t testing.TB) error {
	t.Helper()
	x.stop()
	return x.Wait(t)
}

// Wait waits until it has ended by itself.
func (x *Running) Wait(t testing.TB) error {
	t.Helper()
	select {
	case <-x.done:
		return x.err
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
		return nil
	}
}

// Until waits until something is so, for a minute at most: a machine that is busy
// with other tests takes its time.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	UntilWithin(t, time.Minute, what, ok)
}

// UntilWithin waits until something is so.
func UntilWithin(t testing.TB, d time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("it did not happen within %v: %s", d, what)
		}
	}
}

// Deliver hands an input to its partition, as a gateway does.
func (r *Rig) Deliver(in music.Input) {
	r.T.Helper()
	m, err := partition.Encode(partition.Delivery{Input: in})
	if err == nil {
		err = r.Bus.Append(r.T.Context(), partition.Stream(partition.Of(in.Guild, 4)), m)
	}
	if err != nil {
		r.T.Fatal(err)
	}
}
