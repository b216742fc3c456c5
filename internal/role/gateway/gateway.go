// Package gateway composes the role that speaks with Discord: it hands over what
// happens there as inputs, answers the members, and shows what plays.
package gateway

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/i18n"
	"github.com/atrilhq/platform/internal/store"
)

// Store is what the role needs of the database.
type Store interface {
	store.ShardSessions
	store.Members
	store.Identifies
	store.Effects
	store.Panels
	Partitions(ctx context.Context) (int, error)
	Load(ctx context.Context, ids []music.GuildID) ([]music.Guild, error)
	Settings(ctx context.Context, guild music.GuildID) (music.Settings, error)
	// Maintenance returns whether changes wait because of an operator's work.
	Maintenance(ctx context.Context) (store.Maintenance, error)
	RecentTracks(ctx context.Context, guild music.GuildID, user music.UserID, filter string, limit int) ([]store.HeardTrack, error)
}

// Options says what the role works with.
type Options struct {
	Store  Store
	Bus    bus.Bus
	Clock  clockwork.Clock
	Logger *slog.Logger
	// Holder names this process in leases, Version is what it runs.
	Holder   string
	Version  string
	LeaseTTL time.Duration
	// Tokens are of the bots of the pool. The first is the front bot: it owns
	// the commands, the answers and the panels.
	Tokens []string
	// RESTURL and GatewayURL replace Discord's own where they are set.
	RESTURL    string
	GatewayURL string
	// Compression is how the gateway is asked to send; empty is the adapter's own choice.
	Compression discord.Compression
	// InviteURL replaces the page of Discord by which a bot is brought into a guild.
	InviteURL string
	// Invites are the pages of single bots, as they stand; the others' are made of
	// InviteURL.
	Invites map[music.BotID]string
	Words   *i18n.Bundle
	// Entitlements is what every guild may do while nobody sells anything.
	Entitlements plan.Entitlements
	// Metrics is told how commands fare.
	Metrics Metrics
}

// Metrics is told how commands fare.
type Metrics interface {
	// CommandDone notes a command by its name and what came of it: done, refused
	// or failed.
	CommandDone(command, outcome string, took time.Duration)
	// InteractionAcked notes the first answer to an interaction: direct, deferred,
	// form or choices.
	InteractionAcked(kind string, took time.Duration)
}

// Role is the gateway role of one process.
type Role struct {
	opt        Options
	log        *slog.Logger
	partitions int
	run        string
	bots       []*bot
	rota       *rota
	waiters    *waiters
	panels     *panels
	settings   *settings
	works      *maintenance
	asking     *asking
	typing     *typing
	done       chan string
	// noticing bounds how many notices are posted side by side; notices are
	// those that are being posted.
	noticing chan struct{}
	notices  sync.WaitGroup
}

// New returns the role. Errors: Invalid for a token that cannot be one.
func New(ctx context.Context, o Options) (*Role, error) {
	n, err := o.Store.Partitions(ctx)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "gateway.New", "the number of partitions cannot be read")
	}
	r := &Role{
		opt: o, log: o.Logger.With("role", "gateway"), partitions: n, run: uuid.NewString(),
		waiters: newWaiters(), done: make(chan string, 1024),
		noticing: make(chan struct{}, noticesAtOnce),
	}
	r.panels, r.typing, r.rota, r.works = newPanels(r), newTyping(), newRota(r), newMaintenance(r)
	if r.settings, err = newSettings(r); err != nil {
		return nil, err
	}
	if r.asking, err = newAsking(r); err != nil {
		return nil, err
	}
	for _, raw := range o.Tokens {
		token, account, err := discord.ParseToken(raw)
		if err != nil {
			return nil, err
		}
		rest, err := discord.NewREST(discord.RESTOptions{Token: token, URL: o.RESTURL, Clock: o.Clock, Logger: r.log})
		if err != nil {
			return nil, err
		}
		r.bots = append(r.bots, &bot{id: music.BotID(account), token: token, rest: rest})
	}
	if len(r.bots) == 0 {
		return nil, fault.New(fault.Invalid, "gateway.New", "the gateway role needs at least one bot").
			WithHint("set DISCORD_TOKEN, or discord.bots in the configuration file")
	}
	return r, nil
}

// Run runs the role until ctx ends, and then leaves Discord in a way that lets a
// successor resume. It returns Unauthenticated for a token that Discord does
// not take, and Invalid where it refuses shards or intents.
//
// It ends in an order: first what takes interactions in, then whoever waits for
// an answer, then what hears the answers, last what notes that they were given.
func (r *Role) Run(ctx context.Context) error {
	hearing, deaf := context.WithCancel(context.WithoutCancel(ctx))
	defer deaf()
	settling, settled := context.WithCancel(context.WithoutCancel(ctx))
	defer settled()
	var ears, notes errgroup.Group
	r.listen(hearing, &ears)
	notes.Go(func() error { r.settle(settling); return nil })
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { r.sweep(ctx); return nil })
	g.Go(func() error { r.works.run(ctx); return nil })
	g.Go(func() error { r.panels.run(ctx); return nil })
	g.Go(func() error { r.rota.run(ctx); r.rota.leave(); return nil })
	defer r.rota.close()
	for i, b := range r.bots {
		if i > 0 {
			g.Go(func() error { return r.runWorker(ctx, b) })
			continue
		}
		g.Go(func() error { return r.runBot(ctx, b, true) })
	}
	err := g.Wait()
	r.waiters.wg.Wait()
	deaf()
	_ = ears.Wait()
	r.notices.Wait()
	settled()
	_ = notes.Wait()
	for _, b := range r.bots {
		b.rest.Close()
	}
	return err
}

// front returns the bot that owns commands, answers and panels.
func (r *Role) front() *bot { return r.bots[0] }

// locale returns the language of a guild, for what nobody asked for.
func (r *Role) locale(guild music.GuildID) string {
	if conn := r.front().conn(guild); conn != nil {
		return conn.Locale(guild)
	}
	return ""
}
