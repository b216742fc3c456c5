package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

const (
	saveEvery = 200 * time.Millisecond
	// saveFirst is how often one looks for a session while none is stored: until
	// then a process that dies costs an IDENTIFY, and the next one waits for it.
	saveFirst = 20 * time.Millisecond
	// lastSaves is how often what is left is looked for at the end, saveEvery/2 apart.
	lastSaves   = 4
	appendRetry = 50 * time.Millisecond
)

// shard is one connection to Discord, with the right to have it.
type shard struct {
	role  *Role
	bot   *bot
	index int
	count int
	// changed gets something when it is said anew whether the shard is wanted
	// here; renewNow when its lease is to be renewed at once.
	changed, renewNow chan struct{}

	mu     sync.Mutex
	ledger *ledger
	conn   *discord.Conn
	epoch  int64
	ctx    context.Context //nolint:containedctx // the life of the connection, which its handler needs
	saved  store.ShardSession
	// held is true while the right to have the connection is.
	held bool
	// past is how sessions were opened on the connections before this one.
	past opened
	// leased is true from the acquiring of that right to its end, certain until then.
	leased     bool
	leaseEpoch int64
	until      time.Time
	// wanted is true where this process is to have the shard.
	wanted bool
}

func newShard(r *Role, b *bot, index, count int) *shard {
	return &shard{
		role: r, bot: b, index: index, count: count, ledger: newLedger(),
		changed: make(chan struct{}, 1), renewNow: make(chan struct{}, 1),
	}
}

var _ discord.Handler = (*shard)(nil)

func (s *shard) source() string { return fmt.Sprintf("gw:%s:%d", s.bot.id, s.index) }

func (s *shard) generation() string { return fmt.Sprintf("%s.%d", s.role.run, s.epoch) }

// run has the shard's connection while it is wanted here and its lease is held.
func (s *shard) run(ctx context.Context) error {
	ttl := s.role.rota.ttl
	for s.awaitWanted(ctx) {
		p := s.role.rota.current()
		sent := s.role.opt.Clock.Now()
		lease, state, err := s.role.opt.Store.AcquireShard(ctx, s.bot.id, s.index, s.count, s.role.opt.Holder, ttl)
		if err != nil {
			if fault.CodeOf(err) != fault.Conflict && ctx.Err() == nil {
				s.role.log.Warn("a shard cannot be acquired, trying again", "shard", s.index, "error", err)
			}
			s.pause(ctx, ttl/lookPart)
			continue
		}
		s.hold(lease)
		s.role.rota.stats.Acquired.Add(1)
		if p != nil {
			s.role.rota.sure(p, s, lease.Epoch, sent.Add(ttl))
		}
		err = s.connect(ctx, lease, state, ttl)
		s.let()
		if fault.CodeOf(err) == fault.Unavailable {
			// The database, not Discord: its rows are there when it is.
			s.role.log.Warn("a shard cannot be connected, trying again", "shard", s.index, "error", err)
			s.pause(ctx, ttl/3)
			err = nil
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		_ = s.role.opt.Store.ReleaseShard(last, s.bot.id, s.index, s.role.opt.Holder, lease.Epoch)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *shard) pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-s.role.opt.Clock.After(d):
	}
}

func (s *shard) connect(ctx context.Context, lease store.Lease, state store.ShardSession, ttl time.Duration) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	conn, err := discord.NewConn(discord.Options{
		Bot: s.bot.id, Token: s.bot.token, Limits: s.bot.rest, GatewayURL: s.role.opt.GatewayURL,
		Shard: s.index, Shards: s.count, Clock: s.role.opt.Clock, Logger: s.role.log, State: state,
		Fleet: &fleet{shard: s, epoch: lease.Epoch}, HasLease: func() bool { return s.sure(lease.Epoch) },
		Snapshots: func(f func(store.GuildSnapshot) error) error {
			return s.role.opt.Store.Snapshots(ctx, s.bot.id, s.index, f)
		},
		Handler: s, Stage: s.bot.rest, Compression: s.role.opt.Compression,
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.conn, s.epoch, s.ctx, s.saved, s.ledger, s.held = conn, lease.Epoch, running, state, newLedger(), true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = false
		s.past = s.past.plus(conn.Counters())
	}()
	if s.bot == s.role.front() {
		s.role.panels.reread()
	}
	if state.SessionID != "" {
		s.role.log.Info("a shard's session is there to be resumed", "shard", s.index, "sequence", state.Sequence)
	}
	var g errgroup.Group
	g.Go(func() error {
		defer stop()
		return conn.Run(running)
	})
	g.Go(func() error {
		defer stop()
		s.renew(running, lease.Epoch, ttl)
		return nil
	})
	g.Go(func() error {
		s.keep(running)
		return nil
	})
	g.Go(func() error {
		if s.awaitUnwanted(running) {
			s.role.rota.stats.Given.Add(1)
			s.role.log.Info("a shard is handed over", "bot", s.bot.id, "shard", s.index)
			stop()
		}
		return nil
	})
	err = g.Wait()
	s.keepLast(ctx)
	return err
}

// keep stores what a successor needs, whenever it changed.
func (s *shard) keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.role.opt.Clock.After(s.saveNext()):
			s.save(ctx)
		}
	}
}

// keepLast stores what there is once the connection has ended, and waits a
// moment for partitions to confirm what it handed over last: what is not
// confirmed is sent again by Discord.
func (s *shard) keepLast(ctx context.Context) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	for range lastSaves {
		if !s.save(last) || s.ledger.depth() == 0 || last.Err() != nil {
			return
		}
		s.pause(last, saveEvery/2)
	}
}

func (s *shard) saveNext() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saved.SessionID == "" {
		return saveFirst
	}
	return saveEvery
}

// save stores what changed since the last time; false where that failed.
func (s *shard) save(ctx context.Context) bool {
	s.mu.Lock()
	conn, epoch, before, led := s.conn, s.epoch, s.saved, s.ledger
	s.mu.Unlock()
	if at, ok := led.durable(); ok {
		conn.Ack(at)
	}
	cp, err := conn.Checkpoint()
	if err != nil {
		s.role.log.Error("a checkpoint cannot be made", "shard", s.index, "error", err)
		return false
	}
	now := cp.Session
	if len(cp.Snapshots) == 0 && now.SessionID == before.SessionID && now.Sequence == before.Sequence &&
		now.ResumeURL == before.ResumeURL && len(now.Identifies) == len(before.Identifies) {
		return true
	}
	now.Bot, now.Shard, now.Shards, now.Epoch = s.bot.id, s.index, s.count, epoch
	now.Updated = s.role.opt.Clock.Now().UTC()
	if err := s.role.opt.Store.SaveShard(ctx, now, cp.Snapshots); err != nil {
		s.role.log.Warn("a shard's session cannot be stored", "shard", s.index, "error", err)
		return false
	}
	conn.Saved(cp)
	s.mu.Lock()
	s.saved = now
	s.mu.Unlock()
	return true
}

// Inputs implements discord.Handler: facts go to their partitions, in order.
func (s *shard) Inputs(at discord.Position, in []music.Input) {
	e, done := s.ledger.begin(at)
	defer done()
	for _, x := range in {
		if !s.hearsay(x) {
			s.hand(e, partition.Delivery{Input: x})
		}
	}
}

// hearsay is true for what this bot's connection says of where another bot of
// the pool is. That one's own connection says it in order with the rest: a bot
// that is thrown out of a guild would seem to have been thrown out of voice.
func (s *shard) hearsay(in music.Input) bool {
	v, ok := in.Body.(music.VoiceState)
	return ok && v.Bot && v.User != music.UserID(s.bot.id) && s.role.bot(music.BotID(v.User)) != nil
}

// hand gives an input to its partition. A full stream is waited for: the socket
// does not wait for it.
func (s *shard) hand(e *entry, d partition.Delivery) {
	part := partition.Of(d.Input.Guild, s.role.partitions)
	d.Origin = partition.Origin{Source: s.source(), Generation: s.generation(), Number: s.ledger.number(e, part)}
	m, err := partition.Carry(d)
	if err != nil {
		s.role.log.Error("an input cannot be handed over", "kind", d.Input.Kind(), "error", err)
		return
	}
	for {
		err := s.role.opt.Bus.Append(s.ctx, partition.Stream(part), m)
		if err == nil || s.ctx.Err() != nil {
			return
		}
		if fault.CodeOf(err) == fault.Invalid {
			s.role.log.Error("an input cannot be handed over", "kind", d.Input.Kind(), "error", err)
			return
		}
		s.role.log.Warn("an input has to wait for its partition", "partition", part, "error", err)
		select {
		case <-s.ctx.Done():
			return
		case <-s.role.opt.Clock.After(appendRetry):
		}
	}
}
