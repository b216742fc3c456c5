package gateway

import (
	"context"
	"strings"
	"time"

	dis "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

const (
	// deferAfter is when a command that is durable and has no answer yet is acknowledged.
	deferAfter = 1500 * time.Millisecond
	// answerWithin is how long a deferred answer is waited for here. Later ones are swept.
	answerWithin = 14 * time.Minute
	// lastMoment is how long a promised answer is waited for when the connection
	// ends. It may come from a successor then.
	lastMoment = 250 * time.Millisecond
	// respondWithin bounds what answering once may take.
	respondWithin = 5 * time.Second
)

// reply answers at once what no guild has to be asked for.
func (s *shard) reply(w *waiter, m render.Message) {
	s.role.waiters.wg.Go(func() {
		defer s.role.waiters.end(w.i.ID)
		err := s.respond(w, m)
		s.measure(w, "direct", "refused", err)
		if err != nil {
			s.role.log.Warn("an interaction could not be answered", "interaction", w.i.ID, "trace", w.trace, "error", err)
		}
	})
}

// attend waits for the answer of a command and gives it: directly if it comes
// soon, otherwise behind a promise. A promise acknowledges the command, so it is
// made only once the command is durable.
func (s *shard) attend(w *waiter) {
	defer s.role.waiters.end(w.i.ID)
	clock := s.role.opt.Clock
	promise, giveUp := clock.After(deferAfter-w.late), clock.After(giveUpAfter-w.late)
	var accepted <-chan struct{}
	ending := w.ctx.Done()
	for {
		select {
		case o := <-w.answers:
			if o.given {
				return
			}
			err := s.respond(w, s.words(w.i.Locale, o.answer))
			s.measure(w, "direct", outcome(o.answer), err)
			s.settled(w, o.key, err)
			return
		case <-promise:
			accepted = w.accepted
		case <-accepted:
			s.promise(w)
			return
		case <-giveUp:
			// Nobody took it, and it has expired.
			m := render.Refusal(s.role.opt.Words.For(w.i.Locale), &music.Refusal{Reason: music.ReasonFrozen})
			err := s.respond(w, m)
			s.measure(w, "direct", "failed", err)
			if err != nil {
				s.role.log.Warn("an interaction could not be refused in time", "interaction", w.i.ID, "trace", w.trace, "error", err)
			}
			return
		case <-ending:
			// Whoever comes next can give the answer only behind a promise.
			ending, accepted = nil, w.accepted
		}
	}
}

// promise defers, and waits for the answer.
func (s *shard) promise(w *waiter) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), respondWithin)
	defer cancel()
	err := s.bot.rest.CreateResponse(ctx, w.i.ID, w.i.Token, dis.InteractionResponse{
		Type: dis.InteractionResponseTypeDeferredCreateMessage,
	})
	if err != nil && fault.CodeOf(err) != fault.Conflict {
		// The answer is stored when it comes, and swept.
		s.role.log.Warn("an interaction could not be deferred", "interaction", w.i.ID, "trace", w.trace, "error", err)
		return
	}
	s.role.opt.Metrics.InteractionAcked("deferred", s.role.opt.Clock.Since(w.received))
	var enough <-chan time.Time
	ending := w.ctx.Done()
	late := s.role.opt.Clock.After(answerWithin)
	for {
		select {
		case o := <-w.answers:
			s.keepPromise(w, o)
			return
		case <-late:
			return
		case <-ending:
			ending, enough = nil, s.role.opt.Clock.After(lastMoment)
		case <-enough:
			return
		}
	}
}

func (s *shard) keepPromise(w *waiter, o owed) {
	if o.given {
		return
	}
	err := s.edit(w, s.words(w.i.Locale, o.answer))
	s.measure(w, "", outcome(o.answer), err)
	s.settled(w, o.key, err)
}

func (s *shard) words(locale string, a music.Answer) render.Message {
	return render.Answer(s.role.opt.Words.For(locale), a)
}

// respond answers an interaction for the first time; where it was acknowledged
// before, by a predecessor for example, the answer replaces what is there.
func (s *shard) respond(w *waiter, m render.Message) error {
	i := w.i
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), respondWithin)
	defer cancel()
	err := s.bot.rest.CreateResponse(ctx, i.ID, i.Token, dis.InteractionResponse{
		Type: dis.InteractionResponseTypeCreateMessage, Data: m.Create(),
	})
	if fault.CodeOf(err) == fault.Conflict || fault.CodeOf(err) == fault.Unknown {
		return s.bot.rest.EditOriginal(ctx, i.Application, i.Token, m.Update())
	}
	return err
}

func (s *shard) edit(w *waiter, m render.Message) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), respondWithin)
	defer cancel()
	return s.bot.rest.EditOriginal(ctx, w.i.Application, w.i.Token, m.Update())
}

func outcome(a music.Answer) string {
	if a.Kind == music.AnswerRefused {
		return "refused"
	}
	return "done"
}

// measure notes how long a command took, and its first answer if it has a kind.
func (s *shard) measure(w *waiter, kind, outcome string, err error) {
	took := s.role.opt.Clock.Since(w.received)
	if err != nil {
		outcome = "failed"
	} else if kind != "" {
		s.role.opt.Metrics.InteractionAcked(kind, took)
	}
	if w.name != "" {
		s.role.opt.Metrics.CommandDone(w.name, outcome, took)
	}
}

// settled notes that an answer was given. One that was not is swept later.
func (s *shard) settled(w *waiter, key string, err error) {
	if err != nil {
		s.role.log.Warn("an answer could not be given yet", "interaction", w.i.ID, "trace", w.trace, "error", err)
		return
	}
	if key != "" {
		s.role.doneWith(key)
	}
}

// addressOf is what is needed to answer an interaction, by whoever does.
func addressOf(i discord.Interaction) string {
	return i.Application + "/" + i.Token.Reveal()
}

func parseAddress(a string) (app string, token secret.Text, ok bool) {
	app, t, ok := strings.Cut(a, "/")
	return app, secret.New(t), ok && app != "" && t != ""
}
