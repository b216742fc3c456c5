package gateway

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/role/topic"
)

// search answers what words find by a menu for the member alone. It changes
// nothing, so that no guild is asked and nothing is stored.
func (s *shard) search(w *waiter, query string) {
	w.to.way = wayReply
	s.beside(w, func() {
		q, err := s.role.asking.ask(w.ctx, w.i.Guild, query)
		if err != nil {
			s.role.log.Warn("what a query finds cannot be asked", "interaction", w.i.ID, "trace", w.trace, "error", err)
			s.searched(w, query, topic.Suggestions{Failure: music.FailureLoad}, false)
			return
		}
		promise := s.role.opt.Clock.After(deferAfter - w.late)
		promised := false
		for {
			select {
			case <-q.done:
				s.searched(w, query, q.found, promised)
				return
			case <-promise:
				if promised = s.promised(w); !promised {
					return
				}
			case <-w.ctx.Done():
				// Nobody else knows of it.
				s.searched(w, query, topic.Suggestions{Failure: music.FailureLoad}, promised)
				return
			}
		}
	})
}

// searched says what was found.
func (s *shard) searched(w *waiter, query string, found topic.Suggestions, promised bool) {
	words := s.role.opt.Words.For(s.language(w))
	refused, outcome := len(found.Tracks) == 0, "done"
	m := render.Search(words, query, found.Tracks)
	if refused {
		m, outcome = render.Refusal(words, &music.Refusal{Reason: whyNothing(found.Failure), Query: query}), "refused"
	}
	var err error
	if promised {
		err = s.role.giveLate(w.ctx, w.to, m, refused)
		s.measure(w, "", outcome, err)
	} else {
		err = s.role.give(w.ctx, w.to, m, refused)
		s.measure(w, "direct", outcome, err)
	}
	if err != nil {
		s.role.log.Warn("an interaction could not be answered", "interaction", w.i.ID, "trace", w.trace, "error", err)
	}
}

// whyNothing is why a search found nothing, as the core would say it.
func whyNothing(f music.ResolveFailure) music.Reason {
	switch f {
	case music.FailureDenied:
		return music.ReasonAddressDenied
	case music.FailureUnknown:
		return music.ReasonURLUnsupported
	case music.FailureLoad, music.FailureNoNode:
		return music.ReasonLoadFailed
	case music.FailureNone, music.FailureNotFound:
	}
	return music.ReasonNotFound
}
