package audio

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/secret"
)

const (
	// steerWithin bounds what one try may take; it must fit into the lease.
	steerWithin = 4 * time.Second
	// closeSessionInvalid is Discord's word for a voice session that is no more
	// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice).
	closeSessionInvalid = 4006
)

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
		// A bot that was removed may have left something anywhere.
		r.leftovers(part, k, "")
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
	if p.Play != nil && !supports(n.sources(), p.Play.Track.Source()) && r.move(k, p, movedSource) {
		return nil
	}
	r.leftovers(part, k, p.Node)
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
	d.Play, d.Track, d.Position = p.Play.ID, p.Play.Track.Encoded(), p.Play.PositionAt(now)
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
		// The node will never play it.
		msg, _ := fault.Show(err)
		r.cannotPlay(k, p, msg)
		return nil
	}
	return err
}
