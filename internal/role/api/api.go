// Package api composes the role that operators speak to: what the daemon knows,
// in the shapes of the admin API.
package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/store"
)

// Store is what the role needs of the database.
type Store interface {
	store.Guilds
	store.Journal
	store.Health
	store.DeadLetters
	Partitions(ctx context.Context) (int, error)
	Plays(ctx context.Context, q store.PlayQuery) ([]store.Play, error)
	PlayTotals(ctx context.Context, guild music.GuildID, since time.Time) (store.PlayTotals, error)
	// Effect and Done are for the answers that are owed to operators.
	Effect(ctx context.Context, key string) (store.EffectRow, bool, error)
	Done(ctx context.Context, keys []string, at time.Time) error
}

// Live is what only a running role of this process knows. Each part may be
// missing where the process does not have that role.
type Live struct {
	// Nodes returns how the nodes are.
	Nodes func() []view.Node
	// Bots returns how the bots' connections are.
	Bots func() []view.Bot
	// Frontless returns the guilds that lack the front bot.
	Frontless func() []view.Frontless
	// Guild returns a guild as it was last committed, with who listens.
	Guild func(music.GuildID) (music.Guild, bool)
	// Held returns how many partitions this process owns.
	Held func() int
	// Cordon sets whether a node takes new players, Drain moves those of one
	// that does not to others.
	Cordon func(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error
	Drain  func(ctx context.Context, node music.NodeName) error
	// Rebuild makes the plays anew of the journal.
	Rebuild func(ctx context.Context) error
	// Reapply tries the event of a projection's dead letter again.
	Reapply func(ctx context.Context, d *store.DeadLetter) error
}

// Options says what the role works with.
type Options struct {
	Store  Store
	Bus    bus.Bus
	Clock  clockwork.Clock
	Logger *slog.Logger
	Live   Live
	// Base fills in what is true of the process: versions, roles, checks, addresses.
	Base func(ctx context.Context) view.Status
	// BotNames are the names of the configuration, by bot.
	BotNames map[music.BotID]string
	// Pool are the bots of the configuration, the front bot first.
	Pool []music.BotID
	// Sandbox is where the simulators are, nil outside of a sandbox.
	Sandbox *view.Sandbox
}

// Role answers the admin API.
type Role struct{ opt Options }

var _ httpapi.Backend = (*Role)(nil)

// New returns the role.
func New(o Options) *Role { return &Role{opt: o} }

// Status implements httpapi.Backend.
func (r *Role) Status(ctx context.Context) (view.Status, error) {
	s := r.opt.Base(ctx)
	engine, version, schema, err := r.opt.Store.Describe(ctx)
	if err != nil {
		return s, err
	}
	s.Database = view.Database{Engine: engine, Version: version, Schema: schema}
	if s.Ownership.Total, err = r.opt.Store.Partitions(ctx); err != nil {
		return s, err
	}
	if r.opt.Live.Held != nil {
		s.Ownership.Held = r.opt.Live.Held()
	}
	s.Bots, s.Nodes = []view.Bot{}, view.Count{}
	if r.opt.Live.Bots != nil {
		s.Bots = r.opt.Live.Bots()
	}
	if r.opt.Live.Frontless != nil {
		s.Frontless = r.opt.Live.Frontless()
	}
	if r.opt.Live.Nodes != nil {
		for _, n := range r.opt.Live.Nodes() {
			s.Nodes.Total++
			if n.State == "up" {
				s.Nodes.Active++
			}
		}
	}
	if err := r.count(ctx, &s); err != nil {
		return s, err
	}
	newest, err := r.opt.Store.Events(ctx, store.EventQuery{Newest: true, Limit: 1})
	if err != nil {
		return s, err
	}
	if len(newest) > 0 {
		s.LastEvent = newest[0].Seq
	}
	return s, nil
}

// count counts guilds and players.
func (r *Role) count(ctx context.Context, s *view.Status) error {
	n, err := r.opt.Store.Count(ctx)
	if err != nil {
		return err
	}
	s.Guilds, s.Players.Total, s.Players.Active = n.Guilds, n.Players, n.Playing
	return nil
}

const page = 500

// Nodes implements httpapi.Backend.
func (r *Role) Nodes(context.Context) (view.NodeList, error) {
	if r.opt.Live.Nodes == nil {
		return view.NodeList{}, errNoAudio("api.Nodes")
	}
	return view.NodeList{Items: r.opt.Live.Nodes()}, nil
}

// Node implements httpapi.Backend.
func (r *Role) Node(ctx context.Context, name string) (view.Node, error) {
	all, err := r.Nodes(ctx)
	if err != nil {
		return view.Node{}, err
	}
	for _, n := range all.Items {
		if n.Name == name {
			return n, nil
		}
	}
	return view.Node{}, fault.New(fault.NotFound, "api.Node", "there is no node of that name").
		WithHint("list them with: platformctl nodes list")
}

// Sandbox implements httpapi.Backend.
func (r *Role) Sandbox(context.Context) (view.Sandbox, error) {
	if r.opt.Sandbox == nil {
		return view.Sandbox{}, fault.New(fault.NotFound, "api.Sandbox", "this daemon is not a sandbox").
			WithHint("start one with: platformd --sandbox")
	}
	return *r.opt.Sandbox, nil
}

func (r *Role) now() time.Time { return r.opt.Clock.Now().UTC() }
