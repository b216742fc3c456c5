package audio

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/resolve"
	"github.com/atrilhq/platform/internal/role/topic"
)

const (
	// suggestAtOnce is how many questions are looked up side by side. Whoever
	// comes beyond is told at once that there is nothing: a choice that comes too
	// late is shown to nobody.
	suggestAtOnce = 16
	// suggestPerGuild is how many of them are of one guild.
	suggestPerGuild = 3
	// suggestWithin leaves the gateway time to answer within Discord's three seconds.
	suggestWithin = 2 * time.Second
	suggestBuffer = 64
)

// suggesting answers what a query would find, for the choices while a member
// types and for menus. It changes nothing; what is not answered in time is lost.
type suggesting struct {
	role *Role
	wg   sync.WaitGroup

	mu      sync.Mutex
	running map[music.GuildID]int
	all     int
}

// run answers questions until ctx ends.
func (s *suggesting) run(ctx context.Context, questions bus.Subscription) {
	defer s.wg.Wait()
	defer questions.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-questions.C():
			if !ok {
				return
			}
			s.take(ctx, m)
		}
	}
}

// take answers a question of a guild that is owned here: every process hears
// every question, and one answer is enough.
func (s *suggesting) take(ctx context.Context, m bus.Message) {
	q, err := topic.Hear[topic.Question](m)
	if err != nil || q.ID == "" {
		s.role.log.Warn("a question cannot be read and is left out", "error", err)
		return
	}
	if _, owned := s.role.epochOf(partition.Of(q.Guild, s.role.partitions)); !owned {
		return
	}
	query, refused := music.ParseQuery(q.Query)
	if refused != nil {
		s.answer(q, resolve.Hits{Failure: music.FailureUnknown})
		return
	}
	if !s.enter(q.Guild) {
		s.role.opt.Metrics.SuggestionDropped()
		s.answer(q, resolve.Hits{Failure: music.FailureLoad})
		return
	}
	s.wg.Go(func() {
		defer s.leave(q.Guild)
		within, cancel := context.WithTimeout(ctx, suggestWithin)
		defer cancel()
		s.answer(q, s.role.resolver.Search(within, query, q.Limit))
	})
}

func (s *suggesting) answer(q topic.Question, h resolve.Hits) {
	for i := range h.Tracks {
		h.Tracks[i].Encoded = "" // of use to a node only, and as long as all the rest
	}
	tell(s.role, topic.Suggested, string(q.Guild), topic.Suggestions{ID: q.ID, Tracks: h.Tracks, Failure: h.Failure})
}

func (s *suggesting) enter(guild music.GuildID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= suggestAtOnce || s.running[guild] >= suggestPerGuild {
		return false
	}
	s.all++
	s.running[guild]++
	return true
}

func (s *suggesting) leave(guild music.GuildID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.running[guild]--; s.running[guild] == 0 {
		delete(s.running, guild)
	}
}
