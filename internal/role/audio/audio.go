// Package audio composes the role that owns partitions: it lets guilds step,
// looks queries up and makes the players on Lavalink nodes what they are wanted
// to be.
package audio

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/resolve"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

// Options says what the role works with.
type Options struct {
	Store store.Store
	Bus   bus.Bus
	Clock clockwork.Clock
	// Logger is the process's.
	Logger *slog.Logger
	// Holder names this process in leases, Version is what it runs; see
	// partition.OwnerOptions.
	Holder, Version string
	// Weight is how much of all partitions this process takes compared with others.
	Weight int
	// LeaseTTL is how long a lease lasts; 0 means the default.
	LeaseTTL time.Duration
	Nodes    []lavalink.Node
	// Pool is the bots that the configuration names, nil where that is not known.
	// What others of a guild hold is handed over.
	Pool []music.BotID
	// Policy says which addresses members may have loaded, SearchPrefix where
	// words are looked for.
	Policy       resolve.PolicyOptions
	SearchPrefix string
	// Entitlements is what every guild may do while nobody sells anything.
	Entitlements plan.Entitlements
	// Settings is what a new guild starts with.
	Settings music.Settings
	// Cordons says which nodes take nothing new; nil where there are no operators.
	Cordons Cordons
	// Metrics is told what happens; nil where nobody measures.
	Metrics Metrics
}

// Role is the audio role of one process.
type Role struct {
	opt        Options
	log        *slog.Logger
	partitions int
	loop       *partition.Loop
	owner      *partition.Owner
	nodes      []*node
	resolver   *resolve.Resolver
	links      *links
	steering   *steering
	suggesting *suggesting
	resolving  *resolving
	readers    *readers
	// looked counts the nodes that were not asked yet; known is closed once all were.
	looked sync.WaitGroup
	known  chan struct{}

	// choosing is held while a node is chosen; favourite is the last one.
	choosing  sync.Mutex
	favourite music.NodeName

	run    string
	inputs atomic.Int64
	later  errgroup.Group
}

// New returns the role. It reads how many partitions there are, and returns what
// the store returns for that, or Invalid for a node that cannot be one.
func New(ctx context.Context, o Options) (*Role, error) {
	n, err := o.Store.Partitions(ctx)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "audio.New", "the number of partitions cannot be read")
	}
	if o.Cordons == nil {
		o.Cordons = uncordoned{}
	}
	if o.Metrics == nil {
		o.Metrics = unmeasured{}
	}
	known, err := catalog.New()
	if err != nil {
		return nil, err
	}
	r := &Role{opt: o, log: o.Logger.With("role", "audio"), partitions: n, run: uuid.NewString(), known: make(chan struct{})}
	for _, at := range o.Nodes {
		c, err := lavalink.NewClient(at, lavalink.ClientOptions{})
		if err != nil {
			return nil, err
		}
		r.nodes = append(r.nodes, newNode(c, o.Clock.Now()))
	}
	policy, err := resolve.NewPolicy(o.Policy)
	if err != nil {
		return nil, err
	}
	r.resolver, err = resolve.New(resolve.Options{
		Loader: loader{r}, Policy: policy, Prefix: o.SearchPrefix, Clock: o.Clock, Logger: r.log,
	})
	if err != nil {
		return nil, err
	}
	r.loop = partition.NewLoop(partition.Options{
		Partitions: n, Store: o.Store, Encoder: encoder{known}, Actuator: r, Clock: o.Clock, Logger: r.log,
		Linger: linger, Pace: pace, Rest: rest, CursorPace: cursorPace,
		NewGuild: func(id music.GuildID) music.Guild {
			g := music.New(id)
			g.Settings, g.Entitlements = o.Settings, o.Entitlements
			return g
		},
	})
	r.owner = partition.NewOwner(partition.OwnerOptions{
		Leases: o.Store, Holder: o.Holder, Version: o.Version, Weight: o.Weight, TTL: o.LeaseTTL, Clock: o.Clock, Logger: r.log,
	}, r.loop)
	r.steering = newSteering(r)
	r.suggesting = &suggesting{role: r, running: map[music.GuildID]int{}}
	r.links = &links{role: r, open: map[linkKey]*openLink{}, stored: map[int]map[linkKey]string{}}
	return r, nil
}

// Run runs the role until ctx ends. What it plays goes on playing on the nodes.
func (r *Role) Run(ctx context.Context) error {
	side, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	r.links.ctx = side
	r.resolving = newResolving(side, r)
	r.readers = &readers{role: r, ctx: side, stops: map[int]context.CancelFunc{}, ended: map[int]chan struct{}{}}
	var helpers errgroup.Group
	r.looked.Add(len(r.nodes))
	helpers.Go(func() error { r.looked.Wait(); close(r.known); return nil })
	for _, n := range r.nodes {
		helpers.Go(func() error { r.watch(side, n); return nil })
	}
	questions, changes := r.opt.Bus.Subscribe(topic.Suggest, suggestBuffer), r.opt.Bus.Subscribe(topic.Nodes, cordonBuffer)
	helpers.Go(func() error { r.suggesting.run(side, questions); return nil })
	helpers.Go(func() error { r.heed(side, changes); return nil })
	for range r.steering.workers() {
		helpers.Go(func() error { r.steering.run(side); return nil })
	}
	helpers.Go(func() error { r.check(side); return nil })
	err := r.owner.Run(ctx)
	stop()
	_ = helpers.Wait()
	r.readers.wg.Wait()
	r.resolving.wg.Wait()
	r.links.wg.Wait()
	_ = r.later.Wait()
	for _, n := range r.nodes {
		n.client.Close()
	}
	return err
}

// Playing counts the players that sound.
func (r *Role) Playing() int {
	n := 0
	r.loop.Each(func(g *music.Guild) bool {
		for _, p := range g.Players {
			if p.Play != nil && !p.Paused && p.Play.Phase == music.PhaseSounding {
				n++
			}
		}
		return true
	})
	return n
}

// Settled is true once the role owns what it can own.
func (r *Role) Settled() bool { return r.owner.Settled() && len(r.loop.Owned()) > 0 }

// EachLeaseChange calls f with how often leases of partitions were acquired,
// given, lost or in doubt since this process began.
func (r *Role) EachLeaseChange(f func(change string, total int64)) { r.owner.Stats().Each(f) }

// Loop gives the views of guilds to whoever shows them.
func (r *Role) Loop() *partition.Loop { return r.loop }

// inputID names an input of this process.
func (r *Role) inputID(what string) string {
	return what + ":" + r.run + ":" + strconv.FormatInt(r.inputs.Add(1), 36)
}

// epochOf returns the epoch of a partition whose lease is certain.
func (r *Role) epochOf(part int) (int64, bool) { return r.loop.PartitionEpoch(part) }

// after calls f once some time has passed, unless ctx ended.
func (r *Role) after(ctx context.Context, d time.Duration, f func()) {
	r.later.Go(func() error {
		select {
		case <-ctx.Done():
		case <-r.opt.Clock.After(d):
			f()
		}
		return nil
	})
}

// refuseBusy answers a command that found too many others waiting.
func (r *Role) refuseBusy(d partition.Delivery) {
	c, ok := d.Input.Body.(music.Command)
	if !ok || !c.Reply.Owed() {
		return
	}
	raw, err := encoder{}.Answer(music.Respond{To: c.Reply, Answer: music.Answer{
		Kind: music.AnswerRefused, Refusal: &music.Refusal{Reason: music.ReasonBusy},
	}})
	if err == nil {
		r.publish(topic.Owed, bus.Message{Kind: partition.KindAnswer, Data: raw})
	}
}
