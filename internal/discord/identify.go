package discord

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// day is the window of the IDENTIFY limit.
const day = 24 * time.Hour

// IdentifySpacing is the time between two IDENTIFYs in one concurrency bucket,
// with half a second for the network's whims
// (https://discord.com/developers/docs/events/gateway#rate-limiting).
const IdentifySpacing = 5500 * time.Millisecond

// Fleet says when a shard may send an IDENTIFY where a bot's shards are spread
// over several processes.
type Fleet interface {
	// Reserve takes one and returns 0, or takes none and returns how long to wait
	// before asking again with fresh limits. An error says that it is not known.
	Reserve(ctx context.Context, l StartLimits) (time.Duration, error)
	// Refund gives back what was reserved last and never sent. ctx may be done.
	Refund(ctx context.Context)
}

// StartLimits is what Discord says about IDENTIFYs of a bot.
type StartLimits struct {
	// URL is where the gateway is.
	URL string
	// Shards is how many Discord recommends.
	Shards int
	// Total a day, and how many Remain until ResetAfter has passed.
	Total      int
	Remaining  int
	ResetAfter time.Duration
	// Concurrency is how many may be sent in 5 s, by shard modulo this number.
	Concurrency int
}

// IdentifyBudget spaces the IDENTIFYs of one bot and keeps a fifth of the day's
// limit unspent: beyond the limit Discord resets the bot's token. All shards of
// a bot in a process share one.
type IdentifyBudget struct {
	clock clockwork.Clock

	mu   sync.Mutex
	last map[int]time.Time
	// newest is the last IDENTIFY of an earlier process; its bucket is not known.
	newest time.Time
	spent  []time.Time
}

// NewIdentifyBudget returns a budget of which nothing is spent.
func NewIdentifyBudget(clock clockwork.Clock) *IdentifyBudget {
	return &IdentifyBudget{clock: clock, last: map[int]time.Time{}}
}

// Seed adds IDENTIFYs of earlier processes.
func (b *IdentifyBudget) Seed(times []time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = append(b.spent, times...)
	slices.SortFunc(b.spent, time.Time.Compare)
	if n := len(b.spent); n > 0 {
		b.newest = b.spent[n-1]
	}
}

// Reserve takes one IDENTIFY for a shard and returns 0, or takes none and
// returns how long to wait before asking again with fresh limits.
func (b *IdentifyBudget) Reserve(shard int, l StartLimits) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	b.spent = recent(b.spent, now)
	allowed := l.Total * 4 / 5
	if l.Total-l.Remaining >= allowed {
		return max(l.ResetAfter, time.Second)
	}
	if len(b.spent) >= allowed {
		return max(b.spent[len(b.spent)-allowed].Add(day).Sub(now), time.Second)
	}
	bucket := shard % max(l.Concurrency, 1)
	last := b.last[bucket]
	if b.newest.After(last) {
		last = b.newest
	}
	if wait := last.Add(IdentifySpacing).Sub(now); wait > 0 {
		return wait
	}
	b.last[bucket] = now
	b.spent = append(b.spent, now)
	return 0
}

// refund gives back what was reserved and never sent. The spacing stays.
func (b *IdentifyBudget) refund() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.spent); n > 0 {
		b.spent = b.spent[:n-1]
	}
}

// recent drops what is older than a day from ascending times.
func recent(times []time.Time, now time.Time) []time.Time {
	first := len(times)
	for i, t := range times {
		if now.Sub(t) < day {
			first = i
			break
		}
	}
	return times[first:]
}
