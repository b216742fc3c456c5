package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/bench/world"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/partition"
	platformstore "github.com/atrilhq/platform/internal/store"
)

// The shape of a large installation.
const (
	// scalePlayers play at the same time, in partitions of one loop.
	scalePlayers, scalePartitions = 100_000, 256
	// scaleCommit is what a commit costs there: a PostgreSQL in the next rack.
	scaleCommit = 2 * time.Millisecond
	// scaleRounds is how many tracks end for each player.
	scaleRounds = 2
	// scaleWaits bounds the inputs under way.
	scaleWaits  = 8_192
	scaleWithin = 10 * time.Minute
)

// brings is how many inputs a second a player brings: three for each track of
// three and a half minutes, two for a command every two minutes, one for somebody
// who comes or goes every minute.
const brings = 3.0/210 + 2.0/120 + 1.0/60

// A scaling measures, once, a partition loop with as many players as a large
// installation has. Its store keeps nothing and takes as long as a commit.
type scaling struct {
	once sync.Once
	err  error
	log  io.Writer

	players int
	profile string
	took    time.Duration
	heap    float64 // bytes a player
	inputs  int64
	commits int64
	events  int64
	bytes   int64
}

// ofScale are the measurements of a simulated large installation.
func ofScale() []measurement {
	s := &scaling{log: os.Stderr}
	of := func(f func() (value, ratio float64)) func(env) (float64, float64, error) {
		return func(e env) (float64, float64, error) {
			s.once.Do(func() {
				s.players, s.profile = e.players, e.profile
				s.err = s.run()
			})
			if s.err != nil {
				return 0, 0, s.err
			}
			value, ratio := f()
			return value, ratio, nil
		}
	}
	perPlay := func(n *int64) func(env) (float64, float64, error) {
		return of(func() (float64, float64) { return float64(*n) / float64(s.players*scaleRounds), 0 })
	}
	return []measurement{
		{"scale-inputs", "inputs/s", "what all players bring", goal{ratio: 2}, of(func() (float64, float64) {
			rate := float64(s.inputs) / s.took.Seconds()
			return rate, rate / (brings * float64(s.players))
		})},
		{"scale-player-memory", "B", "", goal{value: 18_000, below: true}, of(func() (float64, float64) { return s.heap, 0 })},
		{"scale-events-per-play", "events", "", goal{}, perPlay(&s.events)},
		{"scale-journal-per-play", "B", "", goal{}, perPlay(&s.bytes)},
		{"scale-inputs-per-commit", "inputs", "", goal{}, of(func() (float64, float64) { return float64(s.inputs) / float64(s.commits), 0 })},
	}
}

func (s *scaling) run() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), scaleWithin)
	defer cancel()
	known, err := catalog.New()
	if err != nil {
		return err
	}
	c := &crowd{players: s.players, catalog: known, now: time.Now().UTC(), up: make(chan struct{}), played: make(chan struct{})}
	empty := liveHeap()
	_, _ = fmt.Fprintf(s.log, "  %d players are taken up\n", s.players)
	c.loop = partition.NewLoop(partition.Options{
		Partitions: scalePartitions, Store: c, Encoder: c, Actuator: c, Clock: clockwork.NewRealClock(), Logger: slog.New(slog.DiscardHandler),
	})
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.loop.Run(running) }()
	defer func() {
		stop()
		if ran := <-ended; ran != nil && !errors.Is(ran, context.Canceled) {
			err = errors.Join(err, ran)
		}
	}()
	for p := range scalePartitions {
		if err := c.loop.Own(ctx, p, platformstore.Lease{Epoch: 1}, time.Now().Add(time.Hour)); err != nil {
			return err
		}
	}
	if err := until(ctx, c.up); err != nil {
		return fmt.Errorf("%d of %d players were taken up: %w", c.taken.Load(), s.players, err)
	}
	s.heap = (liveHeap() - empty) / float64(s.players)
	stats := c.loop.Stats()
	inputs, commits, events, bytes := stats.Inputs.Load(), stats.Commits.Load(), c.events.Load(), c.bytes.Load()
	_, _ = fmt.Fprintf(s.log, "  %d tracks of each end\n", scaleRounds)
	began := time.Now()
	if err := s.profiled(func() error { return c.end(ctx) }); err != nil {
		return err
	}
	s.took = time.Since(began)
	s.inputs, s.commits = stats.Inputs.Load()-inputs, stats.Commits.Load()-commits
	s.events, s.bytes = c.events.Load()-events, c.bytes.Load()-bytes
	return nil
}

// profiled writes a processor profile of f where one is asked for.
func (s *scaling) profiled(f func() error) (err error) {
	if s.profile == "" {
		return f()
	}
	file, err := os.Create(s.profile + ".scale")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}

// liveHeap is what lives on the heap, in bytes.
func liveHeap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func until(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A crowd is everything around the loop: a database that has a player in each
// guild, nodes that play what they are told to, and people who listen.
type crowd struct {
	platformstore.Store

	players int
	catalog *catalog.Catalog
	now     time.Time
	loop    *partition.Loop
	number  atomic.Int64
	taken   atomic.Int64
	started atomic.Int64
	events  atomic.Int64
	bytes   atomic.Int64
	// up is closed when all players are there, played when all tracks are over
	// that were to end and what follows sounds.
	up, played chan struct{}
}

// The database.

// Commit implements partition.Store.
func (c *crowd) Commit(ctx context.Context, b *platformstore.Batch) (int64, error) {
	for _, e := range b.Events {
		c.bytes.Add(int64(len(e.Envelope)))
	}
	pause := time.NewTimer(scaleCommit)
	defer pause.Stop()
	select {
	case <-pause.C:
		return c.events.Add(int64(len(b.Events))) - int64(len(b.Events)) + 1, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Load implements partition.Store.
func (c *crowd) Load(_ context.Context, ids []music.GuildID) ([]music.Guild, error) {
	out := make([]music.Guild, 0, len(ids))
	for _, id := range ids {
		n, err := strconv.Atoi(string(id))
		if err != nil {
			return nil, err
		}
		out = append(out, *storedGuild(n-firstGuild, storedTracks, c.now))
	}
	return out, nil
}

// Active implements partition.Store.
func (c *crowd) Active(_ context.Context, part int) (ids []music.GuildID, err error) {
	for i := range c.players {
		if id := guildOf(i); partition.Of(id, scalePartitions) == part {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Keys implements partition.Store.
func (c *crowd) Keys(context.Context, int, string, time.Time) ([]string, error) { return nil, nil }

// The nodes and the people.

func (c *crowd) deliver(guild music.GuildID, body music.Body) {
	// A guild has a few inputs at a time here, which no inbox refuses.
	_ = c.loop.Deliver(partition.Delivery{Input: music.Input{ID: "n:" + strconv.FormatInt(c.number.Add(1), 36), Guild: guild, Body: body}})
}

// TakenUp implements partition.Actuator: who is there and what plays is told, as
// after any start.
func (c *crowd) TakenUp(g *music.Guild) {
	p := g.Players[0]
	c.deliver(g.ID, music.VoiceSnapshot{Bot: p.Bot, States: []music.VoiceState{
		{User: music.UserID(p.Bot), Channel: p.Voice.Channel, Session: p.Voice.Session, Bot: true}, {User: "1000000000000000002", Channel: p.Voice.Channel},
	}})
	c.deliver(g.ID, music.NodeSnapshot{Bot: p.Bot, Node: p.Node, Play: p.Play.ID, Position: time.Second})
	if c.taken.Add(1) == int64(c.players) {
		close(c.up)
	}
}

// Converge implements partition.Actuator: a node that is given a new play starts
// it and says so.
func (c *crowd) Converge(g *music.Guild, _ music.Converge, _ int64) {
	p := g.Players[0]
	if p.Play == nil || p.Play.Heard || p.Play.Phase == music.PhaseSounding {
		return
	}
	c.deliver(g.ID, music.PlayStarted{Bot: p.Bot, Play: p.Play.ID})
	c.deliver(g.ID, music.PlayPosition{Bot: p.Bot, Play: p.Play.ID, Position: 20 * time.Millisecond, Speed: 1})
}

// Committed implements partition.Actuator.
func (c *crowd) Committed(done partition.Committed) {
	for _, e := range done.Events {
		if e.Type == "music.play.started" && c.started.Add(1) == int64(c.players*scaleRounds) {
			close(c.played)
		}
	}
}

// Resolve, Resync, Owned and Lost implement partition.Actuator: nobody asks for
// tracks here, and nothing changes hands.
func (c *crowd) Resolve(music.GuildID, music.Resolve) {}
func (c *crowd) Resync(music.GuildID)                 {}
func (c *crowd) Owned(int, int64)                     {}
func (c *crowd) Lost(int)                             {}

// Event implements partition.Encoder, as the role does.
func (c *crowd) Event(e music.Event, m partition.EventMeta) ([]byte, error) {
	return c.catalog.Wrap(catalog.Meta{
		ID: string(e.ID), Source: "/guilds/" + string(m.Guild), Time: m.At, Trace: m.Trace, Tenant: m.Tenant, Guild: string(m.Guild), Cause: m.Cause,
	}, e.Payload)
}

// Answer implements partition.Encoder.
func (c *crowd) Answer(r music.Respond) ([]byte, error) { return json.Marshal(r.Answer) }

// Notice implements partition.Encoder.
func (c *crowd) Notice(_ music.GuildID, n music.Notify) ([]byte, error) {
	return json.Marshal(n.Answer)
}

// end lets tracks of all players end, round after round, and waits until what
// follows sounds.
func (c *crowd) end(ctx context.Context) error {
	rest := time.NewTicker(100 * time.Microsecond)
	defer rest.Stop()
	over := make([]music.PlayID, c.players)
	taken := &c.loop.Stats().Inputs
	given, before := c.number.Load(), taken.Load()
	for range scaleRounds {
		for i := range c.players {
			for c.number.Load()-given-(taken.Load()-before) >= scaleWaits {
				<-rest.C
			}
			play, err := c.sounding(ctx, guildOf(i), over[i], rest.C)
			if err != nil {
				return err
			}
			over[i] = play
			c.deliver(guildOf(i), music.PlayEnded{Bot: world.ApplicationID, Play: play, Reason: music.EndFinished})
		}
	}
	if err := until(ctx, c.played); err != nil {
		return fmt.Errorf("%d of %d plays started: %w", c.started.Load(), c.players*scaleRounds, err)
	}
	return nil
}

// sounding returns what plays in a guild, once that is heard and another play
// than the one that is over.
func (c *crowd) sounding(ctx context.Context, id music.GuildID, over music.PlayID, again <-chan time.Time) (music.PlayID, error) {
	for {
		if g, ok := c.loop.View(id); ok {
			if p := g.Players[0].Play; p != nil && p.ID != over && p.Phase == music.PhaseSounding {
				return p.ID, nil
			}
		}
		select {
		case <-again:
		case <-ctx.Done():
			return "", fmt.Errorf("guild %s does not sound: %w", id, ctx.Err())
		}
	}
}
