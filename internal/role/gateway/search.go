package gateway

import (
	"context"
	"encoding/json"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// searchLife is how long a search that was promised may take here, its answer
	// included. Whoever finds it owed after that gives it as lost.
	searchLife = askLife + respondWithin
	// searchPrefix begins the keys of the answers that are owed to searches.
	searchPrefix = "search:"
	// oweWithin bounds how long the promise waits for that: Discord waits 3 s.
	oweWithin = 500 * time.Millisecond
)

// search answers what words find by a menu for the member alone. It changes
// nothing, so that no guild is asked; what is stored is only that an answer was
// promised.
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
				s.oweSearch(w, query)
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

// oweSearch stores what is said of a search whose process dies before it has
// answered. What was found dies with it, so that is that it was lost.
func (s *shard) oweSearch(w *waiter, query string) {
	r := s.role
	to := music.ReplyTo{Surface: surface, ID: w.i.ID, Address: w.to.address(), Locale: s.language(w)}
	raw, err := json.Marshal(topic.Answer{To: to, Answer: music.Answer{
		Kind: music.AnswerRefused, Refusal: &music.Refusal{Reason: music.ReasonSearchLost, Query: query},
	}})
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), oweWithin)
		defer cancel()
		now := r.opt.Clock.Now().UTC()
		err = r.opt.Store.Owe(ctx, store.EffectRow{
			Key: searchPrefix + w.i.ID, Kind: partition.KindAnswer, Guild: w.i.Guild, Partition: partition.Of(w.i.Guild, r.partitions),
			Trace: w.trace, Payload: raw, Created: now, NotBefore: now.Add(searchLife), Expires: now.Add(partition.AnswerLife),
		})
	}
	if err != nil {
		r.log.Warn("that a search is owed an answer cannot be stored", "interaction", w.i.ID, "trace", w.trace, "error", err)
	}
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
		if err = s.role.giveLate(w.ctx, w.to, m, refused); err == nil {
			s.role.doneWith(searchPrefix + w.i.ID)
		}
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
