package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

// post puts a new message in the place of an old one. The play's id keeps a
// message that was posted and not noted from being posted twice; Discord then
// answers with the first one as it was, so that what it shows is in doubt. A post
// is not broken off where the role ends: a successor knows nothing of it.
func (p *panels) post(ctx context.Context, ref topic.PlayerRef, next, was store.Panel, m render.Message, play string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	id, err := p.role.front().rest.CreateMessage(ctx, next.Channel, "panel:"+play+":"+was.Message, m.Create())
	doubtful := p.posted(ref, next, err)
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
		p.remove(ctx, was)
	}
	return nil
}

// posted notes what came of a post, and says whether one before it may have been
// carried out although no answer came.
func (p *panels) posted(ref topic.PlayerRef, next store.Panel, err error) (doubtful bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest(next.Channel, next.Updated)
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

// remove deletes a message that another one took the place of, so that nobody
// presses its buttons.
func (p *panels) remove(ctx context.Context, was store.Panel) {
	err := p.role.front().rest.DeleteMessage(ctx, was.Channel, was.Message)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		p.role.log.Debug("an old panel cannot be deleted", "guild", was.Guild, "error", err)
	}
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
	s := p.shown[ref]
	if s == nil {
		s = &shown{}
		p.shown[ref] = s
	}
	s.row, s.gone = next, false
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

// close leaves the message of a player that is no more as it is now, without
// anything that can be pressed.
func (p *panels) close(ctx context.Context, ref topic.PlayerRef, was store.Panel, m render.Message) error {
	err := p.role.front().rest.EditMessage(ctx, was.Channel, was.Message, m.Update())
	switch code := fault.CodeOf(err); {
	case err == nil, code == fault.NotFound, code == fault.Denied, code == fault.Invalid:
		return p.forget(ctx, ref)
	case discord.TooOldToEdit(err):
		return p.drop(ctx, ref, was)
	}
	return err
}

// drop deletes a message that can show nothing any more.
func (p *panels) drop(ctx context.Context, ref topic.PlayerRef, was store.Panel) error {
	p.remove(ctx, was)
	return p.forget(ctx, ref)
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
