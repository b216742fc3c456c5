package gateway

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	dis "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
)

const (
	// choicesWithin is when choices are shown whatever is there by then: what
	// comes later is shown beside what was typed since.
	choicesWithin = time.Second
	// choicesCalm is for how long a member types nothing before it is searched.
	choicesCalm = 150 * time.Millisecond
	// choicesAtOnce is how many choices are made side by side. Whoever comes
	// beyond that sees none.
	choicesAtOnce = 128
	// leastTyped is how many characters are searched for at least.
	leastTyped = 2
	// recentWithin bounds how long a member's recent tracks are read for.
	recentWithin = 400 * time.Millisecond
	// recentBeside is how many recent tracks are shown beside what is found.
	recentBeside = 8
)

// typing knows who types, so that what they typed before is not searched for
// any more.
type typing struct {
	room chan struct{}

	mu     sync.Mutex
	latest map[typist]chan struct{}
}

type typist struct {
	guild music.GuildID
	user  music.UserID
}

func newTyping() *typing {
	return &typing{room: make(chan struct{}, choicesAtOnce), latest: map[typist]chan struct{}{}}
}

// begin notes a keystroke: over is closed by the next one of the same member.
func (t *typing) begin(who typist) (over <-chan struct{}, end func()) {
	mine := make(chan struct{})
	t.mu.Lock()
	defer t.mu.Unlock()
	if before := t.latest[who]; before != nil {
		close(before)
	}
	t.latest[who] = mine
	return mine, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.latest[who] == mine {
			delete(t.latest, who)
		}
	}
}

// complete answers what a member may mean who is typing. It always answers:
// with nothing where there is nothing, or where something failed.
func (s *shard) complete(w *waiter) {
	focused, typed, _ := w.i.Command.Focused()
	over, end := s.role.typing.begin(typist{w.i.Guild, w.i.Actor.User})
	s.beside(w, func() {
		defer end()
		var found []render.Choice
		select {
		case s.role.typing.room <- struct{}{}:
			if command.Completes(w.i.Command.Name, focused) && len(typed) <= music.MaxQuery {
				found = s.choices(w, strings.TrimSpace(typed), over)
			}
			<-s.role.typing.room
		default:
		}
		result := dis.AutocompleteResult{Choices: make([]dis.AutocompleteChoice, 0, len(found))}
		for _, c := range found {
			result.Choices = append(result.Choices, dis.AutocompleteChoiceString{Name: c.Name, Value: c.Value})
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), respondWithin)
		defer cancel()
		err := s.role.front().rest.CreateResponse(ctx, w.i.ID, w.i.Token, dis.InteractionResponse{
			Type: dis.InteractionResponseTypeAutocompleteResult, Data: result,
		})
		if err != nil {
			// The member typed on, mostly: nobody looks at these any more.
			s.role.log.Debug("choices could not be shown", "interaction", w.i.ID, "error", err)
			return
		}
		s.measure(w, "choices", "done", nil)
	})
}

// choices are what the member heard here before, and what is found.
func (s *shard) choices(w *waiter, typed string, over <-chan struct{}) []render.Choice {
	enough := s.role.opt.Clock.After(choicesWithin - w.late)
	words := s.role.opt.Words.For(s.language(w))
	limit := recentBeside
	searched := s.searchable(typed)
	if !searched {
		limit = render.MaxChoices
	}
	recent := s.recent(w, typed, limit)
	var found []music.Track
	if searched {
		found = s.lookUp(w, typed, over, enough)
	}
	// The store has chosen among the recent ones already, better than by words.
	return render.Choices(words, "", recent, found)
}

// searchable is true for what is worth a search: an address is what it is.
func (s *shard) searchable(typed string) bool {
	q, refused := music.ParseQuery(typed)
	return refused == nil && !q.URL && utf8.RuneCountInString(typed) >= leastTyped
}

func (s *shard) recent(w *waiter, typed string, limit int) []music.Track {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), recentWithin)
	defer cancel()
	heard, err := s.role.opt.Store.RecentTracks(ctx, w.i.Guild, w.i.Actor.User, typed, limit)
	if err != nil {
		s.role.log.Debug("a member's recent tracks cannot be read", "guild", w.i.Guild, "error", err)
	}
	out := make([]music.Track, 0, len(heard))
	for _, h := range heard {
		out = append(out, music.Track{
			Identifier: h.Track.Identifier, URI: h.Track.URI, ISRC: h.Track.ISRC, Title: h.Track.Title, Author: h.Track.Author,
			Source: h.Track.Source, Length: time.Duration(h.Track.LengthMS) * time.Millisecond, Stream: h.Track.Stream,
		})
	}
	return out
}

// lookUp searches once the member pauses, and gives up when it takes too long or
// something newer was typed.
func (s *shard) lookUp(w *waiter, typed string, over <-chan struct{}, enough <-chan time.Time) []music.Track {
	if found, ok := s.role.asking.known(typed); ok {
		return found.Tracks
	}
	select {
	case <-s.role.opt.Clock.After(choicesCalm):
	case <-over:
		return nil
	case <-enough:
		return nil
	case <-w.ctx.Done():
		return nil
	}
	q, err := s.role.asking.ask(w.ctx, w.i.Guild, typed)
	if err != nil {
		s.role.log.Debug("what a query finds cannot be asked", "guild", w.i.Guild, "error", err)
		return nil
	}
	select {
	case <-q.done:
		return q.found.Tracks
	case <-over:
	case <-enough:
	case <-w.ctx.Done():
	}
	return nil
}
