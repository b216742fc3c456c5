package gateway

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
)

const (
	// askAtOnce is how many questions may be open.
	askAtOnce = 64
	// askLife is how long an answer to a question is waited for.
	askLife = 6 * time.Second
	// askLimit is how many tracks are asked for: what a menu can show.
	askLimit = 25
	// foundKept and foundFresh bound what is remembered of answers.
	foundKept  = 1024
	foundFresh = 5 * time.Minute
)

// asking asks what queries find, and remembers it: members type the same things,
// and go back over what they typed.
type asking struct {
	role *Role
	kept *lru.Cache[string, keptFound]

	mu sync.Mutex
	// open are the questions by their ids, same by what they ask.
	open map[string]*question
	same map[string]*question
}

type keptFound struct {
	found topic.Suggestions
	at    time.Time
}

// question is closed once it is answered, or will not be any more.
type question struct {
	id, key string
	done    chan struct{}
	// found is set before done is closed.
	found topic.Suggestions
}

func newAsking(r *Role) (*asking, error) {
	kept, err := lru.New[string, keptFound](foundKept)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "gateway.New", "the memory for what was found cannot be made")
	}
	return &asking{role: r, kept: kept, open: map[string]*question{}, same: map[string]*question{}}, nil
}

// askKey is the same for queries that find the same. Addresses keep their case.
func askKey(query string) string {
	key := strings.Join(strings.Fields(query), " ")
	if q, refused := music.ParseQuery(query); refused == nil && q.URL {
		return key
	}
	return strings.ToLower(key)
}

// known returns what a query found before.
func (a *asking) known(query string) (topic.Suggestions, bool) {
	k, ok := a.kept.Get(askKey(query))
	if !ok || a.role.opt.Clock.Since(k.at) >= foundFresh {
		return topic.Suggestions{}, false
	}
	return k.found, true
}

// ask asks what a query finds. Errors: Quota where too much is asked already,
// those of the bus.
func (a *asking) ask(ctx context.Context, guild music.GuildID, query string) (*question, error) {
	if found, ok := a.known(query); ok {
		q := &question{done: make(chan struct{}), found: found}
		close(q.done)
		return q, nil
	}
	key := askKey(query)
	a.mu.Lock()
	if q := a.same[key]; q != nil {
		a.mu.Unlock()
		return q, nil
	}
	if len(a.open) >= askAtOnce {
		a.mu.Unlock()
		return nil, fault.New(fault.Quota, "gateway.ask", "too many questions are open")
	}
	q := &question{id: uuid.NewString(), key: key, done: make(chan struct{})}
	a.open[q.id], a.same[key] = q, q
	a.mu.Unlock()
	a.role.opt.Clock.AfterFunc(askLife, func() {
		a.close(q.id, topic.Suggestions{Failure: music.FailureLoad})
	})
	err := topic.Tell(ctx, a.role.opt.Bus, topic.Suggest, string(guild), topic.Question{
		ID: q.id, Guild: guild, Query: query, Limit: askLimit,
	})
	if err != nil {
		a.close(q.id, topic.Suggestions{Failure: music.FailureLoad})
		return nil, err
	}
	return q, nil
}

// close answers a question, if it is open.
func (a *asking) close(id string, found topic.Suggestions) *question {
	a.mu.Lock()
	defer a.mu.Unlock()
	q := a.open[id]
	if q == nil {
		return nil
	}
	delete(a.open, id)
	delete(a.same, q.key)
	q.found = found
	close(q.done)
	return q
}

// hear takes an answer. What failed is asked again the next time.
func (a *asking) hear(_ context.Context, m bus.Message) {
	found, err := topic.Hear[topic.Suggestions](m)
	if err != nil {
		a.role.log.Error("what was found cannot be read", "error", err)
		return
	}
	found.Tracks = found.Tracks[:min(len(found.Tracks), askLimit)]
	q := a.close(found.ID, found)
	if q != nil && (found.Failure == music.FailureNone || found.Failure == music.FailureNotFound) {
		a.kept.Add(q.key, keptFound{found: found, at: a.role.opt.Clock.Now()})
	}
}
