package audio

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/secret"
)

type playerKey struct {
	guild music.GuildID
	bot   music.BotID
}

const (
	steerWorkers = 32
	// steerWithin bounds what one try may take; it must fit into the lease.
	steerWithin   = 4 * time.Second
	steerRetry    = 250 * time.Millisecond
	steerRetryMax = 10 * time.Second
	// voiceTries is how often a node may fail to connect with a voice session
	// before another one is asked for.
	voiceTries = 3
	// closeSessionInvalid is Discord's word for a voice session that is no more
	// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice).
	closeSessionInvalid = 4006
)

// steering makes players on nodes what they are wanted to be: one at a time for
// each player, the latest wish only.
type steering struct {
	role *Role
	work chan playerKey

	mu sync.Mutex
	// waiting players have a place in work, running ones a worker; a running
	// one that is woken runs again.
	waiting, running, again map[playerKey]bool
	// looking players are looked at before they are steered.
	looking map[playerKey]bool
	tries   map[playerKey]int
	// later players have a next try set, so that who is woken in between does
	// not add another chain of tries.
	later map[playerKey]bool
}

func newSteering(r *Role) *steering {
	return &steering{
		role: r, work: make(chan playerKey, 1<<16),
		waiting: map[playerKey]bool{}, running: map[playerKey]bool{}, again: map[playerKey]bool{},
		looking: map[playerKey]bool{}, tries: map[playerKey]int{},
		later: map[playerKey]bool{},
	}
}

// wake steers a player soon.
func (s *steering) wake(k playerKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.waiting[k]:
	case s.running[k]:
		s.again[k] = true
	default:
		select {
		case s.work <- k:
			s.waiting[k] = true
		default:
			s.role.log.Warn("too many players wait to be steered")
		}
	}
}

// look asks the node what it has for a player before it is steered.
func (s *steering) look(k playerKey) {
	s.mu.Lock()
	s.looking[k] = true
	s.mu.Unlock()
	s.wake(k)
}

func (s *steering) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case k := <-s.work:
			s.mu.Lock()
			delete(s.waiting, k)
			s.running[k] = true
			look := s.looking[k]
			delete(s.looking, k)
			s.mu.Unlock()
			err := s.role.steer(ctx, k, look)
			s.finish(ctx, k, look, err)
		}
	}
}

func (s *steering) finish(ctx context.Context, k playerKey, look bool, err error) {
	s.mu.Lock()
	delete(s.running, k)
	again := s.again[k]
	delete(s.again, k)
	if err == nil {
		delete(s.tries, k)
	} else {
		s.tries[k]++
		s.looking[k] = s.looking[k] || look
	}
	tries, set := s.tries[k], s.later[k]
	if err != nil {
		s.later[k] = true
	}
	s.mu.Unlock()
	if again && err == nil {
		s.wake(k)
		return
	}
	if tries > 0 && tries%voiceTries == 0 && lavalink.VoiceRefused(err) {
		s.role.voiceRefused(k)
	}
	if err == nil || set {
		return
	}
	wait := min(steerRetry<<min(tries-1, 8), steerRetryMax)
	s.role.log.Debug("a player could not be steered, trying again", "guild", k.guild, "in", wait, "error", err)
	s.role.after(ctx, wait, func() {
		s.mu.Lock()
		delete(s.later, k)
		s.mu.Unlock()
		s.wake(k)
	})
}

// voiceRefused says that a node cannot use the voice session that a player has:
// Discord knows it no longer. It needs a new one.
func (r *Role) voiceRefused(k playerKey) {
	r.log.Warn("a node cannot use a voice session", "guild", k.guild, "bot", k.bot)
	r.deliver(music.Input{ID: r.inputID("voice:" + string(k.guild)), Guild: k.guild, Body: music.VoiceClosed{
		Bot: k.bot, Code: closeSessionInvalid,
	}})
}

// steer makes one player on its node what it is wanted to be. An error means
// that it has to be tried again.
func (r *Role) steer(ctx context.Context, k playerKey, look bool) error {
	g, known := r.loop.View(k.guild)
	epoch, rest, owned := r.loop.Epoch(k.guild)
	if !known || !owned {
		return nil
	}
	if rest < steerWithin/2 {
		return fault.New(fault.Pending, "audio.steer", "too little of the lease is left")
	}
	part := partition.Of(k.guild, r.partitions)
	p := g.Player(k.bot)
	if p == nil {
		r.destroyEverywhere(ctx, part, k, epoch)
		return nil
	}
	if p.Node == "" {
		return r.place(k, p)
	}
	n := r.node(p.Node)
	if n == nil || n.lost() {
		r.unplace(k.guild, p.Node)
		return nil
	}
	l, err := r.links.get(ctx, linkKey{part, p.Node, k.bot}, n)
	if err != nil {
		return err
	}
	if l.Status().State == lavalink.StateDown {
		// It is steered when the link comes up.
		return nil
	}
	within, cancel := context.WithTimeout(ctx, min(steerWithin, rest))
	defer cancel()
	if look {
		if err := l.Snapshot(within, k.guild); err != nil {
			return err
		}
	}
	d, ok := desired(p, epoch, r.opt.Clock.Now())
	if !ok || g.Recovering() {
		return nil
	}
	return r.judgeApply(k, p, l.Apply(within, k.guild, d))
}

// unplace takes a guild's players from a node that does not have them: one that
// the configuration no longer names, or one that was lost before the guild was
// in memory and could be told. Others take them.
func (r *Role) unplace(guild music.GuildID, node music.NodeName) {
	r.deliver(music.Input{ID: r.inputID("unplaced:" + string(guild)), Guild: guild, Body: music.NodeDown{Node: node}})
}

// place gives a player that has something to play to a node.
func (r *Role) place(k playerKey, p *music.Player) error {
	if p.Play == nil || p.Voice.Want == "" {
		return nil
	}
	n := r.pick()
	if n == nil {
		// NodeUp wakes it.
		return nil
	}
	r.deliver(music.Input{ID: r.inputID("placed:" + string(k.guild)), Guild: k.guild, Body: music.Placed{Bot: k.bot, Node: n.name()}})
	return nil
}

// desired is what a node is to do for a player; ok is false where it is to be
// left alone until more is known.
func desired(p *music.Player, epoch int64, now time.Time) (lavalink.Desired, bool) {
	if p.Voice.Want == "" {
		// The epoch says that it is the owner who takes it away.
		return lavalink.Desired{Gone: true, Epoch: epoch}, true
	}
	d := lavalink.Desired{Epoch: epoch, Volume: p.Volume, Paused: p.Paused}
	if p.Voice.Ready() {
		d.Voice = lavalink.Voice{
			Token: secret.New(p.Voice.Token), Endpoint: p.Voice.Endpoint, Session: p.Voice.Session, Channel: p.Voice.Channel,
		}
	}
	if p.Play == nil {
		return d, true
	}
	d.Play, d.Track, d.Position = p.Play.ID, p.Play.Track.Encoded, p.Play.PositionAt(now)
	d.Seeks = p.Play.Seeks
	return d, d.Voice.Complete()
}

// judgeApply decides what the failure of an update means for the player.
func (r *Role) judgeApply(k playerKey, p *music.Player, err error) error {
	switch fault.CodeOf(err) {
	case "", fault.Pending:
		return nil
	case fault.Invalid:
		if p.Play == nil {
			return nil
		}
		// The node will never play it: the same as a track that fails to load.
		msg, _ := fault.Show(err)
		id := r.inputID("refused:" + string(p.Play.ID))
		r.deliver(music.Input{ID: id + ":x", Guild: k.guild, Body: music.PlayException{Bot: k.bot, Play: p.Play.ID, Message: msg}})
		r.deliver(music.Input{ID: id, Guild: k.guild, Body: music.PlayEnded{Bot: k.bot, Play: p.Play.ID, Reason: music.EndLoadFailed}})
		return nil
	}
	return err
}

// destroyEverywhere removes what a player that is not wanted any more has on
// the nodes.
func (r *Role) destroyEverywhere(ctx context.Context, part int, k playerKey, epoch int64) {
	r.links.each(func(lk linkKey, l *lavalink.Link) {
		if lk.partition != part || lk.bot != k.bot || l.Status().State == lavalink.StateDown {
			return
		}
		r.destroy(ctx, l, k.guild, epoch)
	})
}

func (r *Role) destroy(ctx context.Context, l *lavalink.Link, guild music.GuildID, epoch int64) {
	within, cancel := context.WithTimeout(ctx, steerWithin)
	defer cancel()
	if err := l.Apply(within, guild, lavalink.Desired{Gone: true, Epoch: epoch}); err != nil {
		r.log.Debug("a player could not be removed from a node", "guild", guild, "error", err)
	}
}
