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
	"github.com/atrilhq/platform/internal/role/fleet"
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
	// Cordoned returns the nodes that take no new players.
	Cordoned(ctx context.Context) ([]store.NodeCordon, error)
	store.Maintenances
	// Effect and Done are for the answers that are owed to operators.
	Effect(ctx context.Context, key string) (store.EffectRow, bool, error)
	Done(ctx context.Context, keys []string, at time.Time) error
}

// Options says what the role works with.
type Options struct {
	// Reapply tries the event of a projection's dead letter again.
	Reapply func(ctx context.Context, d *store.DeadLetter) error
	Store   Store
	Bus     bus.Bus
	Clock   clockwork.Clock
	Logger  *slog.Logger
	// Jobs is the queue of background jobs; nil where the process has none.
	Jobs Desk
	// Fleet is what the running roles know, in whichever process they are.
	Fleet *fleet.Fleet
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
	if m, err := r.Maintenance(ctx); err != nil {
		return s, err
	} else if m.Active {
		s.Maintenance = &m
	}
	s.Database = view.Database{Engine: engine, Version: version, Schema: schema}
	if s.Ownership.Total, err = r.opt.Store.Partitions(ctx); err != nil {
		return s, err
	}
	p := r.opt.Fleet.Look(ctx)
	s.Frontless = p.Frontless
	s.Ownership.Held, s.Bots, s.Processes, s.Nodes = p.Partitions, p.Bots, p.Processes, view.Count{}
	for _, n := range p.Nodes {
		s.Nodes.Total++
		if n.State == "up" {
			s.Nodes.Active++
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

// Nodes implements httpapi.Backend. Whether a node is cordoned is in its row;
// processes may have heard of it or not yet.
func (r *Role) Nodes(ctx context.Context) (view.NodeList, error) {
	p := r.opt.Fleet.Look(ctx)
	if !p.Has("audio") && len(p.Nodes) == 0 {
		return view.NodeList{}, fleet.Nobody("api.Nodes", "audio")
	}
	cordons, err := r.opt.Store.Cordoned(ctx)
	if err != nil {
		return view.NodeList{}, err
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		n.Cordoned, n.CordonReason, n.CordonedBy = false, "", ""
		for _, c := range cordons {
			if string(c.Node) == n.Name {
				n.Cordoned, n.CordonReason, n.CordonedBy = true, c.Reason, c.By
			}
		}
	}
	return view.NodeList{Items: p.Nodes}, nil
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
