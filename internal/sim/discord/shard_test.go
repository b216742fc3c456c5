package discord_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// manyGuilds is a world of n guilds with one channel each.
func manyGuilds(n int) *discord.Seed {
	s := discord.Demo()
	s.Guilds = nil
	for i := range n {
		s.Guilds = append(s.Guilds, discord.GuildSeed{Name: fmt.Sprint("g", i), Channels: []discord.ChannelSeed{{Name: "music", Voice: true}}})
	}
	return &s
}

func (f *fixture) identify(shard, of int) *client {
	f.t.Helper()
	c := f.dial()
	d := identifyData(f.bot.Token)
	d["shard"] = []int{shard, of}
	c.send(2, d)
	return c
}

func TestShardsShareTheGuilds(t *testing.T) {
	t.Parallel()
	const shards = 4
	f := start(t, discord.Options{Seed: manyGuilds(12), MaxConcurrency: shards})
	for shard := range shards {
		c := f.identify(shard, shards)
		ready := c.until("READY").data(t)
		if s := ready["shard"].([]any); s[0] != float64(shard) || s[1] != float64(shards) {
			t.Fatalf("READY of shard %d says %v", shard, s)
		}
		want := 0
		for _, g := range f.w.View().Guilds {
			if id, _ := strconv.ParseUint(g.ID, 10, 64); int(id>>22)%shards == shard {
				want++
			}
		}
		if got := len(ready["guilds"].([]any)); got != want {
			t.Errorf("shard %d has %d guilds, want %d", shard, got, want)
		}
	}
	if got := f.w.View().Bots[0].Sessions; got != shards {
		t.Fatalf("%d sessions", got)
	}
}

func TestMaxConcurrency(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, MaxConcurrency: 2, Shards: 4})
	body := f.call("GET", "/gateway/bot", nil).body
	if limit := body["session_start_limit"].(obj); body["shards"] != 4.0 || limit["max_concurrency"] != 2.0 || limit["remaining"] != 1000.0 {
		t.Fatalf("%v", body)
	}
	f.identify(0, 4).until("READY")
	f.identify(1, 4).until("READY") // another bucket: 1 % 2
	early := f.identify(2, 4)       // the bucket of shard 0
	if m := early.op(9); string(m.D) != "false" {
		t.Fatalf("op 9 %s", m.D)
	}
	clock.Advance(5 * time.Second)
	f.identify(2, 4).until("READY")
	limit := f.call("GET", "/gateway/bot", nil).body["session_start_limit"].(obj)
	if limit["remaining"] != 997.0 {
		t.Fatalf("a refused IDENTIFY does not count: %v", limit)
	}
}

func TestShardingRequired(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{Seed: manyGuilds(9), ShardGuilds: 8, IdentifyInterval: -1})
	if code := f.identify(0, 1).closed(); code != 4011 {
		t.Fatalf("closed with %d", code)
	}
	// The guilds have ids of one millisecond and its neighbours: the formula may
	// put them all on one of two shards, so the counts decide what is right.
	on := map[uint64]int{}
	for _, g := range f.w.View().Guilds {
		id, _ := strconv.ParseUint(g.ID, 10, 64)
		on[(id>>22)%2]++
	}
	for shard := range 2 {
		c := f.identify(shard, 2)
		if on[uint64(shard)] > 8 {
			if code := c.closed(); code != 4011 {
				t.Fatalf("closed with %d", code)
			}
			continue
		}
		c.until("READY")
	}
}

func TestRecommendedShards(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{Seed: manyGuilds(1001)})
	if got := f.call("GET", "/gateway/bot", nil).body["shards"]; got != 2.0 {
		t.Fatalf("1001 guilds take 2 shards, got %v", got)
	}
}
