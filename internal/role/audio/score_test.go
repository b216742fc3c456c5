package audio //nolint:testpackage // how nodes are weighed is nothing that the role shows

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
)

// calm is a node with a little to do.
func calm(name music.NodeName) candidate {
	return candidate{
		name: name, up: true, latency: 10 * time.Millisecond, ours: 4, sources: []string{"http", "youtube"}, regions: []string{"rotterdam"},
		stats: lavalink.Stats{Players: 12, Playing: 10, Cores: 4, SystemLoad: .2, MemoryUsed: 1 << 30, MemoryAllowed: 4 << 30},
	}
}

func TestWhichNodeIsChosen(t *testing.T) {
	t.Parallel()
	here := need{source: "youtube", endpoint: "rotterdam1023.discord.media:443"}
	a := calm("a")
	for name, c := range map[string]struct {
		b         func(*candidate)
		n         need
		favourite music.NodeName
		want      int
	}{
		"equals: the first":                        {func(*candidate) {}, here, "", 0},
		"equals: the favourite stays":              {func(*candidate) {}, here, "b", 1},
		"fewer players":                            {func(c *candidate) { c.stats.Playing, c.stats.Players = 7, 9 }, here, "a", 1},
		"hardly fewer players than the favourite":  {func(c *candidate) { c.stats.Playing, c.stats.Players = 9, 11 }, here, "a", 0},
		"a favourite that is clearly worse":        {func(c *candidate) { c.stats.Playing = 14 }, here, "b", 0},
		"idle players count little":                {func(c *candidate) { c.stats.Playing, c.stats.Players = 8, 25 }, here, "", 1},
		"a busy CPU outweighs players":             {func(c *candidate) { c.stats.Playing, c.stats.SystemLoad = 0, .9 }, here, "", 0},
		"its own load too":                         {func(c *candidate) { c.stats.Playing, c.stats.NodeLoad = 0, .9 }, here, "", 0},
		"lost frames outweigh players":             {func(c *candidate) { c.stats.Playing, c.stats.Frames = 0, &lavalink.Frames{Deficit: 90} }, here, "", 0},
		"a full memory":                            {func(c *candidate) { c.stats.Playing, c.stats.MemoryUsed = 0, 4<<30 }, here, "", 0},
		"what was just given counts":               {func(c *candidate) { c.stats.Playing, c.given = 8, 4 }, here, "", 0},
		"a node that hides its players":            {func(c *candidate) { c.stats.Playing, c.stats.Players, c.ours = 0, 0, 40 }, here, "", 0},
		"failed updates":                           {func(c *candidate) { c.stats.Playing, c.troubles = 0, 2 }, here, "", 0},
		"another region":                           {func(c *candidate) { c.stats.Playing, c.regions = 0, []string{"us-east"} }, here, "", 0},
		"a far region against a full near node":    {func(c *candidate) { c.regions, c.stats.SystemLoad = []string{"us-east"}, 0 }, here, "", 0},
		"no region, where another matches":         {func(c *candidate) { c.stats.Playing, c.regions = 5, nil }, here, "", 0},
		"regions do not count before the endpoint": {func(c *candidate) { c.stats.Playing, c.regions = 5, []string{"x"} }, need{source: "youtube"}, "", 1},
		"latency decides between equals":           {func(c *candidate) { c.latency = time.Millisecond }, here, "", 1},
		"it does not play the source":              {func(c *candidate) { c.stats.Playing, c.sources = 0, []string{"http"} }, here, "", 0},
		"nobody knows what it plays":               {func(c *candidate) { c.stats.Playing, c.sources = 0, nil }, here, "", 1},
		"the source is not known":                  {func(c *candidate) { c.stats.Playing, c.sources = 0, []string{"http"} }, need{}, "", 1},
		"cordoned":                                 {func(c *candidate) { c.stats.Playing, c.cordoned = 0, true }, here, "b", 0},
		"down":                                     {func(c *candidate) { c.stats.Playing, c.up = 0, false }, here, "b", 0},
		"not that one":                             {func(c *candidate) { c.stats.Playing = 500 }, need{without: "a"}, "a", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := calm("b")
			c.b(&b)
			if got := choose([]candidate{a, b}, c.n, c.favourite); got != c.want {
				t.Errorf("chose %d: %.2f against %.2f", got, a.score(c.n), b.score(c.n))
			}
		})
	}
	if got := choose([]candidate{a}, need{without: "a"}, "a"); got != -1 {
		t.Errorf("chose %d where there is none", got)
	}
}

func TestManyGivenAtOnceAreSpread(t *testing.T) {
	t.Parallel()
	all := []candidate{calm("a"), calm("b"), calm("c")}
	all[2].stats.Playing, all[2].stats.Players = 20, 20
	var last music.NodeName
	for range 60 {
		i := choose(all, need{}, last)
		all[i].given++
		last = all[i].name
	}
	for i, want := range []int{24, 24, 12} {
		if got := all[i].given; got < want-2 || got > want+2 {
			t.Errorf("node %s got %d of 60, about %d would be even", all[i].name, got, want)
		}
	}
}

func TestPlacesOfVoiceServers(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"rotterdam1023.discord.media:443": "rotterdam", "US-East55.discord.gg": "us-east", "c-ams13-0a1b.discord.media:2053": "ams13-0a1b",
		"": "", "127.0.0.1:443": "", "localhost:80": "", "[::1]:443": "", "2001.example": "", ".": "", "frankfurt.": "",
	} {
		if got := placeOf(endpoint); got != want {
			t.Errorf("%q is in %q, want %q", endpoint, got, want)
		}
	}
	for _, c := range []struct {
		place, region string
		want          bool
	}{
		{"rotterdam", "rotterdam", true},
		{"rotterdam", "Rotterdam", true},
		{"rotterdam", "rot", false},
		{"us-east", "us", true},
		{"us-east", "us-east", true},
		{"us-east", "us-west", false},
		{"ams13-0a1b", "ams", true},
		{"us-east", "", false},
		{"", "us", false},
	} {
		if got := liesIn(c.place, c.region); got != c.want {
			t.Errorf("%q in %q: %v", c.place, c.region, got)
		}
	}
}

func TestOnlyWhatEveryNodeLacksIsHopeless(t *testing.T) {
	t.Parallel()
	has, lacks, down, silent := calm("a"), calm("b"), calm("c"), calm("d")
	lacks.sources, silent.sources = []string{"http"}, nil
	down.up, down.sources = false, []string{"http"}
	for name, c := range map[string]struct {
		all  []candidate
		want bool
	}{
		"no node": {nil, false}, "one has it": {[]candidate{lacks, has}, false}, "all lack it": {[]candidate{lacks, lacks}, true},
		"one is down": {[]candidate{lacks, down}, false}, "one does not say": {[]candidate{lacks, silent}, false},
	} {
		if got := hopeless(c.all, "youtube"); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Stats are input from outside: whatever they say, a score can be compared.
func TestAScoreIsAlwaysANumber(t *testing.T) {
	t.Parallel()
	odd := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1}))
	rapid.Check(t, func(t *rapid.T) {
		c := candidate{
			name: "a", up: true, ours: rapid.IntRange(0, 10_000).Draw(t, "ours"), given: rapid.IntRange(0, 100).Draw(t, "given"),
			troubles: rapid.IntRange(0, 1000).Draw(t, "troubles"), latency: time.Duration(rapid.Int64().Draw(t, "rtt")),
			stats: lavalink.Stats{
				Players: int(rapid.Int32().Draw(t, "players")), Playing: int(rapid.Int32().Draw(t, "playing")),
				SystemLoad: odd.Draw(t, "system"), NodeLoad: odd.Draw(t, "node"),
				MemoryUsed: rapid.Int64().Draw(t, "used"), MemoryAllowed: rapid.Int64().Draw(t, "allowed"),
				Frames: &lavalink.Frames{Sent: odd.Draw(t, "sent"), Nulled: odd.Draw(t, "nulled"), Deficit: odd.Draw(t, "deficit")},
			},
		}
		if s := c.score(need{endpoint: rapid.String().Draw(t, "endpoint")}); math.IsNaN(s) || math.IsInf(s, 0) || s < 0 {
			t.Fatalf("score %v", s)
		}
		if choose([]candidate{c}, need{}, "") != 0 {
			t.Fatal("the only node is not chosen")
		}
	})
}
