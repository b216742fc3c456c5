package gateway

import (
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
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

// refuse answers at once why something is not done.
func (s *shard) refuse(w *waiter, why *music.Refusal) {
	s.reply(w, "refused", func() (render.Message, bool) {
		return render.Refusal(s.role.opt.Words.For(s.language(w)), why), true
	})
}

// language is what the member who acted reads in this guild.
func (s *shard) language(w *waiter) string {
	return s.role.settings.language(w.ctx, w.i.Guild, w.i.Locale)
}

// reply answers at once what no guild has to be asked for; what is said, and
// whether that is a refusal, is made beside the connection.
func (s *shard) reply(w *waiter, outcome string, say func() (m render.Message, refused bool)) {
	s.beside(w, func() {
		m, refused := say()
		err := s.role.give(w.ctx, w.to, m, refused)
		s.measure(w, "direct", outcome, err)
		if err != nil {
			s.role.log.Warn("an interaction could not be answered", "interaction", w.i.ID, "trace", w.trace, "error", err)
		}
	})
}

// beside does what an interaction asks for beside the connection that brought it.
func (s *shard) beside(w *waiter, do func()) {
	s.role.waiters.wg.Go(func() {
		defer s.role.waiters.end(w.i.ID)
		do()
	})
}

// attend waits for the answer of a command and gives it: directly if it comes
// soon, otherwise behind a promise. A promise acknowledges the command, so it is
// made only once the command is durable.
func (s *shard) attend(w *waiter) {
	clock := s.role.opt.Clock
	promise, giveUp := clock.After(deferAfter-w.late), clock.After(giveUpAfter-w.late)
	var accepted <-chan struct{}
	ending := w.ctx.Done()
	for {
		select {
		case o := <-w.answers:
			s.answered(w, o)
			return
		case <-promise:
			accepted = w.accepted
		case <-accepted:
			if s.promised(w) {
				s.keepPromise(w)
			}
			return
		case <-giveUp:
			// Nobody took it, and it has expired.
			m := render.Refusal(s.role.opt.Words.For(s.language(w)), &music.Refusal{Reason: music.ReasonFrozen})
			err := s.role.give(w.ctx, w.to, m, true)
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

// answered gives an answer that came soon. What is sent to the member first may
// take its time, so that a promise is made before.
func (s *shard) answered(w *waiter, o owed) {
	if o.given {
		return
	}
	if o.answer.Kind == music.AnswerGrab {
		if s.promised(w) {
			s.fulfil(w, o)
		}
		return
	}
	m, err := s.role.message(w.ctx, w.to, o.locale, o.answer)
	if err == nil {
		err = s.role.give(w.ctx, w.to, m, isRefusal(o.answer))
	}
	s.measure(w, "direct", outcome(o.answer), err)
	s.settled(w, o.key, err)
}

// promised defers; false where that failed.
func (s *shard) promised(w *waiter) bool {
	if err := s.role.promise(w.ctx, w.to); err != nil {
		// The answer is stored when it comes, and swept.
		s.role.log.Warn("an interaction could not be deferred", "interaction", w.i.ID, "trace", w.trace, "error", err)
		return false
	}
	s.role.opt.Metrics.InteractionAcked("deferred", s.role.opt.Clock.Since(w.received))
	return true
}

// keepPromise waits for the answer that was promised.
func (s *shard) keepPromise(w *waiter) {
	var enough <-chan time.Time
	ending := w.ctx.Done()
	late := s.role.opt.Clock.After(answerWithin)
	for {
		select {
		case o := <-w.answers:
			s.fulfil(w, o)
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

// fulfil gives an answer that was promised.
func (s *shard) fulfil(w *waiter, o owed) {
	if o.given {
		return
	}
	m, err := s.role.message(w.ctx, w.to, o.locale, o.answer)
	if err == nil {
		err = s.role.giveLate(w.ctx, w.to, m, isRefusal(o.answer))
	}
	s.measure(w, "", outcome(o.answer), err)
	s.settled(w, o.key, err)
}

func outcome(a music.Answer) string {
	if isRefusal(a) {
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
