package gateway

import (
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// pool makes shards of bots with these counts, in their groups.
func pool(counts ...int) [][]*shard {
	common := 0
	for _, n := range counts {
		common = gcd(n, common)
	}
	out := make([][]*shard, common)
	for i, n := range counts {
		b := &bot{id: music.BotID(rune('1' + i))}
		for k := range n {
			out[k%common] = append(out[k%common], &shard{bot: b, index: k, count: n})
		}
	}
	return out
}

func TestWhatBelongsToAGuildIsInOneGroup(t *testing.T) {
	for _, counts := range [][]int{{1, 1, 1, 1}, {4, 4}, {4, 2}, {6, 4}, {3, 2}, {16}} {
		groups := pool(counts...)
		for guild := range 1000 {
			var in []int
			for g, shards := range groups {
				for _, s := range shards {
					if guild%s.count == s.index {
						in = append(in, g)
					}
				}
			}
			if len(in) != len(counts) || len(slices.Compact(in)) != 1 {
				t.Fatalf("%v: guild %d is in the groups %v", counts, guild, in)
			}
		}
	}
}

func TestDecide(t *testing.T) {
	const settled = 5 * time.Second
	there := func(names ...string) (out []store.Member) {
		for _, n := range names {
			out = append(out, store.Member{Holder: n, Weight: 1, Present: time.Minute})
		}
		return out
	}
	held := func(bot music.BotID, shard int, holder string, free bool) store.ShardStanding {
		return store.ShardStanding{Bot: bot, Shard: shard, Holder: holder, Free: free}
	}
	fresh := store.Member{Holder: "b", Weight: 1, Present: time.Second}
	for _, c := range []struct {
		name    string
		counts  []int
		all     []store.ShardStanding
		members []store.Member
		// a and b are how many groups each wants.
		a, b int
	}{
		{"alone", []int{2, 2}, nil, there("a"), 2, 0},
		{"two begin", []int{4}, nil, there("a", "b"), 2, 2},
		{"a newcomer waits", []int{2}, []store.ShardStanding{held("1", 0, "a", false), held("1", 1, "a", false)}, append(there("a"), fresh), 2, 0},
		{"who has stayed gets its part", []int{2}, []store.ShardStanding{held("1", 0, "a", false), held("1", 1, "a", false)}, there("a", "b"), 1, 0},
		{"what was given is taken", []int{2}, []store.ShardStanding{held("1", 0, "a", false), held("1", 1, "", true)}, there("a", "b"), 1, 1},
		{"one that died is taken over at once", []int{2}, []store.ShardStanding{held("1", 0, "b", true), held("1", 1, "b", true)}, there("a", "b"), 2, 0},
		{"a group in two processes goes to who has the front's", []int{1, 1}, []store.ShardStanding{held("1", 0, "b", false), held("2", 0, "a", false)}, there("a", "b"), 0, 1},
		{"a version before keeps what it has", []int{2}, []store.ShardStanding{held("1", 0, "old", false), held("1", 1, "", true)}, there("a"), 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			groups := pool(c.counts...)
			n := func(self string) (n int) {
				for _, mine := range decide(groups, c.all, c.members, self, settled) {
					if mine {
						n++
					}
				}
				return n
			}
			gone := c.name == "one that died is taken over at once"
			if a := n("a"); a != c.a {
				t.Errorf("a wants %d, want %d", a, c.a)
			}
			if b := n("b"); !gone && b != c.b {
				t.Errorf("b wants %d, want %d", b, c.b)
			}
		})
	}
}
