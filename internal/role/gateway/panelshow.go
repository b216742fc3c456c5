package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// panelAge is how old a message may be before a new one takes its place:
	// Discord limits edits of messages older than an hour (error 30046).
	panelAge = 55 * time.Minute
	// buriedUnder is how many messages may come after a panel before it counts
	// as buried and a new one takes its place.
	buriedUnder = 15
	// buriedEvery is how often it is looked at while a panel shows the same
	// track, and buriedSoon how often where it shows another one. Discord would
	// have to tell of every message to everybody for it to be known at once.
	buriedEvery = 5 * time.Minute
	buriedSoon  = time.Minute
)

// converge makes a panel show what its player does, and says how many requests
// it sent.
func (p *panels) converge(ctx context.Context, d dueNow) (sent int, err error) {
	if !p.role.owns(d.ref.Guild) {
		p.skip(d.ref) // whoever has the shard hears of it too
		return 0, nil
	}
	guilds, err := p.role.opt.Store.Load(ctx, []music.GuildID{d.ref.Guild})
	if err != nil {
		return 0, err
	}
	was, exists := p.now(d.ref)
	var player *music.Player
	words := p.role.opt.Words.For(p.role.locale(d.ref.Guild))
	if len(guilds) > 0 {
		player = guilds[0].Player(d.ref.Bot)
		if l := guilds[0].Settings.Language; l != "" {
			words = p.role.opt.Words.For(l)
		}
	}
	now := p.role.opt.Clock.Now().UTC()
	switch {
	case player == nil || player.Text == "":
		if exists {
			m := render.Panel(words, music.NowView{Bot: d.ref.Bot}, now)
			m.Components = nil
			return 1, p.close(ctx, d.ref, was.row, m)
		}
		return 0, nil
	case player.Play == nil && !exists, d.want.progress && (!exists || was.gone):
		return 0, nil
	}
	v := guilds[0].Now(player, now)
	m := render.Panel(words, v, now)
	next := store.Panel{
		Guild: d.ref.Guild, Bot: d.ref.Bot, Surface: surface, Channel: player.Text, Message: was.row.Message,
		Digest: digest(m), Posted: was.row.Posted, Updated: now,
	}
	defer func() {
		if err == nil {
			p.drawn(d.ref, v, now)
		}
	}()
	if !exists || was.row.Channel != next.Channel {
		if player.Play == nil {
			return 1, p.drop(ctx, d.ref, was.row)
		}
		return 1, p.post(ctx, d.ref, next, was.row, m, string(v.Play))
	}
	return p.renew(ctx, d, was, next, v, m)
}

// renew changes a panel that is where it should be, or puts another one in its
// place.
func (p *panels) renew(ctx context.Context, d dueNow, was shown, next store.Panel, v music.NowView, m render.Message) (sent int, err error) {
	now := next.Updated
	if was.row.Digest == next.Digest && !was.gone {
		return 0, nil
	}
	old := v.Track != nil && (was.gone || now.Sub(was.row.Posted) >= panelAge)
	if !old && v.Track != nil && p.looks(d.ref, was, v.Play, now) {
		sent++
		old = p.buried(ctx, was.row)
	}
	sent++
	if old {
		return sent, p.post(ctx, d.ref, next, was.row, m, string(v.Play))
	}
	err = p.role.front().rest.EditMessage(ctx, was.row.Channel, was.row.Message, m.Update())
	switch code := fault.CodeOf(err); {
	case err == nil:
		return sent, p.keep(ctx, d.ref, next)
	case code == fault.NotFound && d.want.progress:
		// Somebody deleted it. It comes back when there is something to show.
		p.lost(d.ref)
		return sent, nil
	case code == fault.NotFound, discord.TooOldToEdit(err):
		// A new message takes its place.
	case code == fault.Denied, code == fault.Invalid:
		return sent, err
	default:
		return sent, errors.Join(err, p.doubt(ctx, d.ref, was.row))
	}
	if v.Track == nil {
		return sent, p.drop(ctx, d.ref, was.row)
	}
	return sent + 1, p.post(ctx, d.ref, next, was.row, m, string(v.Play))
}

// looks is true where it is time to look whether a panel is buried, and notes
// that it is looked at.
func (p *panels) looks(ref topic.PlayerRef, was shown, play music.PlayID, now time.Time) bool {
	every := buriedEvery
	if was.play != play {
		every = buriedSoon
	}
	last := was.looked
	if last.Before(was.row.Posted) {
		last = was.row.Posted
	}
	if now.Sub(last) < every {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.shown[ref]; s != nil {
		s.looked = now
	}
	return true
}

// buried is true where so many messages came after a panel that it is out of
// sight. Where that cannot be seen the panel stays.
func (p *panels) buried(ctx context.Context, row store.Panel) bool {
	n, err := p.role.front().rest.MessagesAfter(ctx, row.Channel, row.Message, buriedUnder+1)
	if err != nil {
		p.role.log.Debug("it cannot be seen whether a panel is buried", "guild", row.Guild, "error", err)
		return false
	}
	return n > buriedUnder
}

// now returns a panel as it is.
func (p *panels) now(ref topic.PlayerRef) (was shown, exists bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.shown[ref]
	if s == nil {
		return shown{}, false
	}
	return *s, true
}

func (p *panels) lost(ref topic.PlayerRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.shown[ref]; s != nil {
		s.gone = true
	}
}
