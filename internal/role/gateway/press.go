package gateway

import (
	"context"

	dis "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
)

// pressed is a button or a menu of a message: it wishes for something as a
// command does, of the player that the message shows.
func (s *shard) pressed(e *entry, w *waiter) {
	press, refusal := command.ParseComponent(w.i.Component.CustomID, w.i.Component.Values)
	s.press(e, w, press, refusal)
}

// submitted is a form that was filled in.
func (s *shard) submitted(e *entry, w *waiter) {
	fields := make(map[string]string, len(w.i.Modal.Fields))
	for name := range w.i.Modal.Fields {
		fields[name] = w.i.Modal.Text(name)
	}
	press, refusal := command.ParseModal(w.i.Modal.CustomID, fields)
	s.press(e, w, press, refusal)
}

func (s *shard) press(e *entry, w *waiter, press command.Press, refusal *music.Refusal) {
	w.to.way = wayOf(press.Kind)
	switch {
	case refusal != nil: // the message is of another version, or too much was typed
		w.to.way = wayReply
		s.refuse(w, refusal)
	case press.Kind == command.KindModal:
		if wait := s.role.works.now(); wait != nil { // what would be filled in could not be done
			w.to.way = wayReply
			s.refuse(w, wait)
			return
		}
		s.open(w, press)
	case press.Kind == command.KindCancel:
		s.reply(w, "done", func() (render.Message, bool) {
			return render.SearchClosed(s.role.opt.Words.For(s.language(w))), false
		})
	default:
		w.name = music.ActionName(press.Action)
		s.wish(e, w, music.Command{Bot: press.Bot, Play: press.Play, Do: press.Action})
	}
}

// open shows the form that a button asks for.
func (s *shard) open(w *waiter, press command.Press) {
	s.beside(w, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), respondWithin)
		defer cancel()
		err := s.role.front().rest.CreateResponse(ctx, w.i.ID, w.i.Token, dis.InteractionResponse{
			Type: dis.InteractionResponseTypeModal, Data: render.AddModal(s.role.opt.Words.For(s.language(w)), press).Create(),
		})
		s.measure(w, "form", "done", err)
		if err != nil {
			s.role.log.Warn("a form could not be opened", "interaction", w.i.ID, "trace", w.trace, "error", err)
		}
	})
}
