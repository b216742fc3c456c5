package audio

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/resolve"
)

// slowLoader answers nothing until it is opened, and knows how many wait.
type slowLoader struct {
	open chan struct{}

	mu   sync.Mutex
	now  map[string]int
	most map[string]int
	all  int
}

func (l *slowLoader) Load(ctx context.Context, identifier string) (resolve.LoadResult, error) {
	_, who, _ := strings.Cut(identifier, ":")
	who, _, _ = strings.Cut(who, " ")
	l.mu.Lock()
	l.now[who]++
	l.all++
	l.most[who] = max(l.most[who], l.now[who])
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.now[who]--
	}()
	select {
	case <-l.open:
		return resolve.LoadResult{Kind: resolve.KindEmpty}, nil
	case <-ctx.Done():
		return resolve.LoadResult{}, ctx.Err()
	}
}

func (l *slowLoader) running(who string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now[who]
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen: " + what)
		}
	}
}

func newLookUps(t *testing.T, clock clockwork.Clock) (*resolving, *slowLoader, context.CancelFunc) {
	t.Helper()
	l := &slowLoader{open: make(chan struct{}), now: map[string]int{}, most: map[string]int{}}
	policy, err := resolve.NewPolicy(resolve.PolicyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	r := &Role{log: log, run: "run"}
	r.opt.Clock = clock
	r.loop = partition.NewLoop(partition.Options{Partitions: 1, Clock: clock, Logger: log})
	r.resolver, err = resolve.New(resolve.Options{Loader: l, Policy: policy, Prefix: "ytsearch:", Timeout: time.Minute, Clock: clock, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	return newResolving(ctx, r), l, cancel
}

func ask(rs *resolving, who string, n int) {
	rs.start(music.GuildID(who), music.Resolve{
		Slot: music.SlotID(fmt.Sprintf("%s-%d", who, n)), Query: music.Query{Text: fmt.Sprintf("%s %d", who, n)}, Limit: 1,
	})
}

func TestOneGuildLeavesTurnsToTheOthers(t *testing.T) {
	rs, l, cancel := newLookUps(t, clockwork.NewRealClock())
	defer rs.wg.Wait()
	defer cancel()
	for n := range 200 {
		ask(rs, "greedy", n)
		ask(rs, "greedy", n) // a slot is looked up once
	}
	eventually(t, "it has its share", func() bool { return l.running("greedy") == resolvePerGuild })
	ask(rs, "modest", 1)
	eventually(t, "the other one has a turn", func() bool { return l.running("modest") == 1 })
	close(l.open)
	eventually(t, "all of it was looked up", func() bool { return rs.role.loop.Depth() == 201 })
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most["greedy"] != resolvePerGuild || l.all != 201 {
		t.Errorf("%d at once, %d in all", l.most["greedy"], l.all)
	}
	rs.wg.Wait()
	if len(rs.known)+len(rs.running)+len(rs.waiting) != 0 {
		t.Errorf("something is kept: %v %v %v", rs.known, rs.running, rs.waiting)
	}
}

func TestSlotThatHasExpiredIsNotLookedUp(t *testing.T) {
	clock := clockwork.NewFakeClock()
	rs, l, cancel := newLookUps(t, clock)
	defer cancel()
	for n := range resolvePerGuild + 3 {
		ask(rs, "g", n)
	}
	eventually(t, "it has its share", func() bool { return l.running("g") == resolvePerGuild })
	clock.Advance(music.ResolveWithin)
	close(l.open)
	rs.wg.Wait()
	if l.all != resolvePerGuild {
		t.Errorf("%d look-ups: the guild has given up on the last ones", l.all)
	}
}

func TestLookUpsEndWithTheRole(t *testing.T) {
	rs, l, cancel := newLookUps(t, clockwork.NewRealClock())
	// A question that was asked is shared with others and is not taken back.
	defer close(l.open)
	for n := range 50 {
		ask(rs, "g", n)
	}
	cancel()
	rs.wg.Wait()
	ask(rs, "g", 99)
	rs.wg.Wait()
	if n := rs.role.loop.Depth(); n != 0 {
		t.Errorf("%d results of a role that has ended", n)
	}
}

func TestFailingPlayerHasOneRetry(t *testing.T) {
	clock := clockwork.NewFakeClock()
	s := newQueue()
	s.role.opt.Clock = clock
	ctx, cancel := context.WithCancel(t.Context())
	k := playerKey{"1", "2"}
	away := fault.New(fault.Unavailable, "test", "the node fails")
	for range 20 {
		s.wake(k) // as the check does, again and again
		if _, ok := s.begun(t); ok {
			t.Fatal("nobody asked for a look")
		}
		s.finish(ctx, job{playerKey: k}, false, away)
	}
	within, done := context.WithTimeout(ctx, 200*time.Millisecond)
	defer done()
	if err := clock.BlockUntilContext(within, 2); err == nil {
		t.Error("there are several timers for one player: each of them makes the next")
	}
	if err := clock.BlockUntilContext(ctx, 1); err != nil {
		t.Fatal(err)
	}
	clock.Advance(steerRetryMax)
	eventually(t, "it is tried again", func() bool { return s.work.depth() == 1 })
	cancel()
	_ = s.role.later.Wait()
}
