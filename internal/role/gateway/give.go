package gateway

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/fault"
)

// message is what shows an answer. What was grabbed is sent to the member before
// it is said that it was: an answer that is given twice is sent once.
func (r *Role) message(ctx context.Context, to target, locale string, a music.Answer) (render.Message, error) {
	words := r.opt.Words.For(locale)
	switch {
	case a.Kind == music.AnswerBots && a.Bots != nil:
		return render.Bots(words, *a.Bots, r.invite), nil
	case a.Kind != music.AnswerGrab || a.Now == nil || to.user == "":
		return render.Answer(words, a), nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	_, _, err := r.front().rest.DirectMessage(ctx, to.user, "grab:"+to.id, render.Grab(words, *a.Now).Create())
	switch code := fault.CodeOf(err); {
	case err == nil:
		return render.GrabSent(words), nil
	case discord.DMsClosed(err), code == fault.Denied, code == fault.NotFound, code == fault.Invalid:
		return render.GrabClosed(words, *a.Now), nil
	}
	return render.Message{}, err
}

// give answers an interaction for the first time; where it was acknowledged
// before, by a predecessor for example, the answer comes as after a promise.
func (r *Role) give(ctx context.Context, to target, m render.Message, refused bool) error {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	err := r.front().rest.CreateResponse(within, to.id, to.token, to.way.first(m, refused))
	if fault.CodeOf(err) == fault.Conflict || fault.CodeOf(err) == fault.Unknown {
		return r.giveLate(ctx, to, m, refused)
	}
	return err
}

// giveLate answers an interaction that was acknowledged.
func (r *Role) giveLate(ctx context.Context, to target, m render.Message, refused bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	switch {
	case to.way == wayPanel && !refused:
		return nil
	case to.way != wayReply && to.way.private(refused):
		// The first answer is a message that stays: the panel, or a page.
		m.Ephemeral = true
		_, err := r.front().rest.Followup(ctx, to.app, to.token, m.Create())
		if fault.CodeOf(err) == fault.Unknown {
			return nil // it is more likely there than not, and must not be there twice
		}
		return err
	}
	return r.front().rest.EditOriginal(ctx, to.app, to.token, m.Update())
}

// promise acknowledges an interaction. It returns nil where it was before.
func (r *Role) promise(ctx context.Context, to target) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	err := r.front().rest.CreateResponse(ctx, to.id, to.token, to.way.promise())
	if fault.CodeOf(err) == fault.Conflict {
		return nil
	}
	return err
}

func isRefusal(a music.Answer) bool { return a.Kind == music.AnswerRefused }
