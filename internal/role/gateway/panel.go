package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	panelTurn = 100 * time.Millisecond
	// panelsAtOnce is how many panels are edited side by side.
	panelsAtOnce = 16
	// panelCalm is how long a panel is left alone after it was edited, so that
	// changes that come close together become one edit.
	panelCalm = time.Second
	// panelAge is how old a message may be before a new one takes its place:
	// Discord limits edits of messages older than an hour (error 30046).
	panelAge = 55 * time.Minute
)

// panels shows each player in a message: what is wanted is in the guild's row,
// what is shown is in the panel's row, and the difference is edited.
type panels struct {
	role *Role

	mu      sync.Mutex
	changed map[topic.PlayerRef]bool
	// busy are those being shown now.
	busy  map[topic.PlayerRef]bool
	calm  map[topic.PlayerRef]time.Time
	shown map[topic.PlayerRef]store.Panel
	// unsure are those for which a post was sent whose answer did not come.
	unsure map[topic.PlayerRef]bool
}

func newPanels(r *Role) *panels {
	return &panels{
		role: r, changed: map[topic.PlayerRef]bool{}, busy: map[topic.PlayerRef]bool{}, calm: map[topic.PlayerRef]time.Time{},
		shown: map[topic.PlayerRef]store.Panel{}, unsure: map[topic.PlayerRef]bool{},
	}
}

// dirty says that what a panel is to show may have changed.
func (p *panels) dirty(ref topic.PlayerRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed[ref] = true
}

func (p *panels) run(ctx context.Context) {
	for !p.read(ctx) {
		select {
		case <-ctx.Done():
			return
		case <-p.role.opt.Clock.After(time.Second):
		}
	}
	var showing errgroup.Group
	showing.SetLimit(panelsAtOnce)
	defer func() { _ = showing.Wait() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.role.opt.Clock.After(panelTurn):
		}
		for _, ref := range p.due() {
			// A channel that makes one wait does not make the others wait.
			if !showing.TryGo(func() error { p.show(ctx, ref); p.idle(ref); return nil }) {
				p.idle(ref)
				p.dirty(ref)
			}
		}
	}
}

func (p *panels) idle(ref topic.PlayerRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, ref)
}

// read takes up the panels of a predecessor; each is compared once.
func (p *panels) read(ctx context.Context) bool {
	all, err := p.role.opt.Store.PanelsOf(ctx, surface)
	if err != nil {
		if ctx.Err() == nil {
			p.role.log.Warn("panels cannot be read, trying again", "error", err)
		}
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range all {
		ref := topic.PlayerRef{Guild: x.Guild, Bot: x.Bot}
		p.shown[ref] = x
		p.changed[ref] = true
	}
	return true
}

func (p *panels) due() []topic.PlayerRef {
	now := p.role.opt.Clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []topic.PlayerRef
	for ref, until := range p.calm {
		if !now.Before(until) {
			delete(p.calm, ref)
		}
	}
	for ref := range p.changed {
		if now.Before(p.calm[ref]) || p.busy[ref] {
			continue
		}
		delete(p.changed, ref)
		p.busy[ref] = true
		p.calm[ref] = now.Add(panelCalm)
		out = append(out, ref)
	}
	return out
}

func (p *panels) show(ctx context.Context, ref topic.PlayerRef) {
	if p.role.front().application() == "" {
		p.dirty(ref)
		return
	}
	within, cancel := context.WithTimeout(ctx, respondWithin)
	defer cancel()
	err := p.converge(within, ref)
	switch fault.CodeOf(err) {
	case "":
	case fault.Denied, fault.Invalid, fault.NotFound:
		p.role.log.Warn("a panel cannot be shown", "guild", ref.Guild, "error", err)
	default:
		if ctx.Err() == nil {
			p.role.log.Warn("a panel cannot be shown, trying again", "guild", ref.Guild, "error", err)
			p.dirty(ref)
		}
	}
}

// converge makes a panel show what its player does.
func (p *panels) converge(ctx context.Context, ref topic.PlayerRef) error {
	guilds, err := p.role.opt.Store.Load(ctx, []music.GuildID{ref.Guild})
	if err != nil {
		return err
	}
	p.mu.Lock()
	was, exists := p.shown[ref]
	p.mu.Unlock()
	var player *music.Player
	if len(guilds) > 0 {
		player = guilds[0].Player(ref.Bot)
	}
	if player == nil || player.Text == "" {
		if exists {
			return p.forget(ctx, ref)
		}
		return nil
	}
	if player.Play == nil && !exists {
		return nil
	}
	now := p.role.opt.Clock.Now().UTC()
	m := render.Panel(p.role.opt.Words.For(p.role.locale(ref.Guild)), guilds[0].Now(player, now))
	next := store.Panel{
		Guild: ref.Guild, Bot: ref.Bot, Surface: surface, Channel: player.Text, Message: was.Message,
		Digest: digest(m), Posted: was.Posted, Updated: now,
	}
	if exists && was.Channel == next.Channel {
		if was.Digest == next.Digest {
			return nil
		}
		if now.Sub(was.Posted) < panelAge || player.Play == nil {
			err := p.role.front().rest.EditMessage(ctx, was.Channel, was.Message, m.Update())
			switch fault.CodeOf(err) {
			case "":
				return p.keep(ctx, ref, next)
			case fault.NotFound, fault.Quota:
				// A new message takes its place.
			case fault.Denied, fault.Invalid:
				return err
			default:
				return errors.Join(err, p.doubt(ctx, ref, was))
			}
		}
	}
	if player.Play == nil {
		return p.forget(ctx, ref)
	}
	return p.post(ctx, ref, next, was, m, string(player.Play.ID))
}

// post puts a new message in the place of an old one. The play's id keeps a
// message that was posted and not noted from being posted twice; Discord then
// answers with the first one as it was, so that what it shows is in doubt. A post
// is not broken off where the role ends: a successor knows nothing of it.
func (p *panels) post(ctx context.Context, ref topic.PlayerRef, next, was store.Panel, m render.Message, play string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	id, err := p.role.front().rest.CreateMessage(ctx, next.Channel, "panel:"+play+":"+was.Message, m.Create())
	doubtful := p.posted(ref, err)
	if err != nil {
		return err
	}
	next.Message, next.Posted = id, next.Updated
	if doubtful {
		next.Digest = ""
		p.dirty(ref)
	}
	if err := p.keep(ctx, ref, next); err != nil {
		return err
	}
	if was.Message != "" && was.Message != id {
		err := p.role.front().rest.DeleteMessage(ctx, was.Channel, was.Message)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			p.role.log.Debug("an old panel cannot be deleted", "guild", ref.Guild, "error", err)
		}
	}
	return nil
}

// posted notes what came of a post, and says whether one before it may have been
// carried out although no answer came.
func (p *panels) posted(ref topic.PlayerRef, err error) (doubtful bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	doubtful = p.unsure[ref]
	switch fault.CodeOf(err) {
	case "":
		delete(p.unsure, ref)
	case fault.Denied, fault.Invalid, fault.NotFound, fault.Quota:
	default:
		p.unsure[ref] = true
	}
	return doubtful
}

// keep notes what a panel shows. The message shows it already, so that it is
// noted even where the role is about to end: a successor that believes in what
// was shown before would leave a panel alone that has to change back to it.
func (p *panels) keep(ctx context.Context, ref topic.PlayerRef, next store.Panel) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	err := p.role.opt.Store.SavePanel(ctx, next)
	if err != nil {
		next.Digest = "" // it is shown once more, and noted then
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown[ref] = next
	return err
}

// doubt notes that nobody knows what a panel shows: an edit was sent, and its
// answer did not come. Whatever is wanted next is edited, the old content too.
func (p *panels) doubt(ctx context.Context, ref topic.PlayerRef, was store.Panel) error {
	if was.Digest == "" {
		return nil
	}
	was.Digest = ""
	return p.keep(ctx, ref, was)
}

func (p *panels) forget(ctx context.Context, ref topic.PlayerRef) error {
	if err := p.role.opt.Store.DeletePanel(ctx, ref.Guild, ref.Bot, surface); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.shown, ref)
	return nil
}

func digest(m render.Message) string {
	raw, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:12])
}
