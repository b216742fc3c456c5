package discord_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/discord"
	"pgregory.net/rapid"
)

func TestIdentifyBudget(t *testing.T) {
	clock := fakeClock()
	b := discord.NewIdentifyBudget(clock)
	l := discord.StartLimits{Total: 10, Remaining: 10, Concurrency: 2, ResetAfter: time.Hour}
	steps := []struct {
		name    string
		advance time.Duration
		shard   int
		want    time.Duration
	}{
		{"the first", 0, 0, 0},
		{"the same bucket at once", 0, 0, 5500 * time.Millisecond},
		{"another bucket", 0, 1, 0},
		{"the first bucket again, by another shard", 0, 2, 5500 * time.Millisecond},
		{"after the spacing", 5500 * time.Millisecond, 2, 0},
	}
	for _, s := range steps {
		clock.Advance(s.advance)
		if got := b.Reserve(s.shard, l); got != s.want {
			t.Errorf("%s: %s", s.name, got)
		}
	}
	l.Remaining = 2
	clock.Advance(time.Minute)
	if got := b.Reserve(0, l); got != time.Hour {
		t.Errorf("with a fifth of the day's limit left: %s", got)
	}
}

func TestIdentifyBudgetCountsEarlierProcesses(t *testing.T) {
	clock := fakeClock()
	b := discord.NewIdentifyBudget(clock)
	var earlier []time.Time
	for i := range 8 {
		earlier = append(earlier, clock.Now().Add(-time.Duration(20-i)*time.Hour))
	}
	b.Seed(earlier)
	l := discord.StartLimits{Total: 10, Remaining: 10, Concurrency: 1}
	if got := b.Reserve(0, l); got != 4*time.Hour {
		t.Errorf("eight of ten were spent, the oldest 20 h ago: wait %s", got)
	}
	clock.Advance(4 * time.Hour)
	if got := b.Reserve(0, l); got != 0 {
		t.Errorf("when the oldest is a day old: wait %s", got)
	}
}

// A process that starts right after another one identified waits its turn.
func TestIdentifyBudgetKeepsTheSpacingOfEarlierProcesses(t *testing.T) {
	clock := fakeClock()
	b := discord.NewIdentifyBudget(clock)
	b.Seed([]time.Time{clock.Now().Add(-2 * time.Second), clock.Now().Add(-time.Hour)})
	l := discord.StartLimits{Total: 1000, Remaining: 1000, Concurrency: 1}
	if got := b.Reserve(0, l); got != 3500*time.Millisecond {
		t.Errorf("2 s after the last one: wait %s", got)
	}
	clock.Advance(3500 * time.Millisecond)
	if got := b.Reserve(0, l); got != 0 {
		t.Errorf("after the spacing: wait %s", got)
	}
}

// Whatever the order of shards and times: never more than four fifths in any
// 24 h, and never two in 5 s in a bucket.
func TestIdentifyBudgetProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := fakeClock()
		b := discord.NewIdentifyBudget(clock)
		l := discord.StartLimits{
			Total: rapid.IntRange(1, 20).Draw(t, "total"), Concurrency: rapid.IntRange(1, 3).Draw(t, "concurrency"),
		}
		l.Remaining = l.Total
		type one struct {
			at     time.Time
			bucket int
		}
		var sent []one
		for range rapid.IntRange(1, 80).Draw(t, "tries") {
			clock.Advance(time.Duration(rapid.Int64Range(0, int64(3*time.Hour)).Draw(t, "pause")))
			shard := rapid.IntRange(0, 5).Draw(t, "shard")
			if b.Reserve(shard, l) != 0 {
				continue
			}
			now, bucket := clock.Now(), shard%l.Concurrency
			day := 1
			for _, s := range sent {
				if s.bucket == bucket && now.Sub(s.at) < 5*time.Second {
					t.Fatalf("two in %s", now.Sub(s.at))
				}
				if now.Sub(s.at) < 24*time.Hour {
					day++
				}
			}
			if day > l.Total*4/5 {
				t.Fatalf("%d of %d in a day", day, l.Total)
			}
			sent = append(sent, one{now, bucket})
		}
	})
}

func TestAConnectionStaysAwayWithoutBudget(t *testing.T) {
	clock := fakeClock()
	g := newGate(t)
	l := &limits{l: discord.StartLimits{URL: g.url, Total: 1000, Remaining: 200, ResetAfter: time.Hour, Concurrency: 1}}
	r := start(t, g, func(o *discord.Options) { o.Clock, o.Limits = clock, l })
	eventually(t, "a second look", func() bool { clock.Advance(time.Minute); return l.count() >= 2 })
	if n := r.conn.Counters().Dials; n != 0 {
		t.Fatalf("it dialled %d times", n)
	}
	l.set(func(s *discord.StartLimits) { s.Remaining = 1000 })
	blocked(t, clock)
	clock.Advance(time.Hour)
	p := r.nextAfter(clock)
	p.hello()
	p.expect(2)
}

func TestAnOutageSpendsNoBudget(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) {
		o.Clock, o.GatewayURL = clock, "ws://127.0.0.1:1"
		o.Limits = &limits{l: discord.StartLimits{Total: 10, Remaining: 10, Concurrency: 1}}
	})
	eventually(t, "more dials than there are IDENTIFYs", func() bool {
		clock.Advance(time.Second)
		return r.conn.Counters().Dials > 12
	})
	if s, _ := stored(t, r.conn); len(s.Identifies) != 0 || r.conn.Counters().Identifies != 0 {
		t.Errorf("%d IDENTIFYs were counted", len(s.Identifies))
	}
}
