package audio

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
)

// What makes a node less wanted, counted in playing players: a node with a
// penalty of 10 is chosen where the others have 10 players more. What listeners
// hear weighs most: lost frames, then a busy CPU, which loses frames soon.
const (
	// weighIdle is for a player that exists and gives no sound.
	weighIdle = .1
	// weighCPU is for a full CPU; half of it costs an eighth, so that nodes with
	// little to do are told apart by their players.
	weighCPU = 200
	// weighFrames is for a node that sends no frame at all in time. 3 % of lost
	// frames, which everybody hears, cost 30 players.
	weighFrames = 1000
	// weighMemory is for a full heap; a Java heap may well be nine tenths full.
	weighMemory = 100
	// weighTrouble is for each update of a player that failed lately, up to maxTrouble.
	weighTrouble = 25
	maxTrouble   = 20
	// weighAway is for a node in other regions than the voice server's,
	// weighUnplaced for one that names no region while others match.
	weighAway     = 30
	weighUnplaced = 15
	// weighLatency is for a round trip of a second or more: it decides between equals.
	weighLatency = 1

	// stay is how much better another node has to be than the one that was
	// chosen last, so that values that tremble do not change the choice.
	stay = 1
	// framesPerMinute is what one player sends: a frame each 20 ms.
	framesPerMinute = 3000
)

// candidate is what is known of a node when one is chosen.
type candidate struct {
	name         music.NodeName
	up, cordoned bool
	// sources are those that the node can play, nil where that is not known.
	sources []string
	regions []string
	// stats are the node's own words; frames are of our players, weighed by them.
	stats lavalink.Stats
	// ours is how many players this process knows to play there, given how many
	// it gave to the node in the last seconds, which stats cannot show yet.
	ours, given int
	latency     time.Duration
	// troubles counts updates that failed lately.
	troubles int
}

// need is what a player needs of a node.
type need struct {
	// source is that of its track; empty where nothing is known to play.
	source string
	// endpoint is the voice server's address, empty where it is not known.
	endpoint string
	// without is a node that is not wanted.
	without music.NodeName
}

// takes says whether a node may be given a player.
func (c candidate) takes(n need) bool {
	return c.up && !c.cordoned && c.name != n.without && supports(c.sources, n.source)
}

// supports says whether a node with these sources can play one; not to know is
// no reason to leave it out.
func supports(sources []string, source string) bool {
	return source == "" || len(sources) == 0 || slices.Contains(sources, source)
}

// score says how much a node would rather not have another player: lower is
// better. Whatever the node says of itself, it is a number, never negative.
func (c candidate) score(n need) float64 {
	s := c.stats
	// A node that says it has nothing to do still has the players that we know of.
	playing := max(s.Playing, c.ours, 0)
	idle := max(s.Players-playing, 0)
	score := float64(playing+c.given) + weighIdle*float64(idle)
	score += weighCPU * math.Pow(max(share(s.SystemLoad), share(s.NodeLoad)), 3)
	if f := s.Frames; f != nil {
		// A frame that is missing is heard; one that is late may not be.
		score += weighFrames * share((f.Deficit+2*f.Nulled)/framesPerMinute)
	}
	if s.MemoryAllowed > 0 {
		score += weighMemory * math.Pow(share(float64(s.MemoryUsed)/float64(s.MemoryAllowed)), 8)
	}
	score += weighTrouble * float64(min(c.troubles, maxTrouble))
	return score + distance(c.regions, n.endpoint) + weighLatency*share(c.latency.Seconds())
}

// share makes any number one from 0 to 1.
func share(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return min(max(f, 0), 1)
}

// distance is the penalty of a node's regions for a voice server.
func distance(regions []string, endpoint string) float64 {
	place := placeOf(endpoint)
	switch {
	case place == "":
		return 0
	case len(regions) == 0:
		return weighUnplaced
	case slices.ContainsFunc(regions, func(r string) bool { return liesIn(place, r) }):
		return 0
	}
	return weighAway
}

// placeOf returns where a voice server stands, from the first label of its
// name: "rotterdam" of rotterdam1023.discord.media:443, "us-east" of
// us-east55.discord.gg, "ams13-0a1b" of c-ams13-0a1b.discord.media. Discord does
// not document these names, so whatever is read from them is a guess that costs
// nothing but distance. It is empty for an address that is no name.
func placeOf(endpoint string) string {
	host, _, _ := strings.Cut(strings.ToLower(endpoint), ":")
	label, rest, found := strings.Cut(host, ".")
	if !found || rest == "" || strings.Trim(label, "0123456789") == "" {
		return ""
	}
	return strings.TrimRight(strings.TrimPrefix(label, "c-"), "0123456789")
}

// liesIn says whether a place is in a region as it is configured: "us" has
// "us-east", "ams" has "ams13-0a1b", "rot" does not have "rotterdam".
func liesIn(place, region string) bool {
	rest, ok := strings.CutPrefix(place, strings.ToLower(region))
	return ok && region != "" && (rest == "" || rest[0] < 'a' || rest[0] > 'z')
}

// choose returns the index of the node to give a player to, -1 where none takes
// it. The favourite, the one that was chosen last, stays unless another is clearly
// better.
func choose(all []candidate, n need, favourite music.NodeName) int {
	best, kept := -1, -1
	var least, held float64
	for i, c := range all {
		if !c.takes(n) {
			continue
		}
		s := c.score(n)
		if best < 0 || s < least {
			best, least = i, s
		}
		if c.name == favourite {
			kept, held = i, s
		}
	}
	if kept >= 0 && held <= least+stay {
		return kept
	}
	return best
}

// hopeless says that waiting helps nobody who needs a source: all nodes are
// there, and all say that they lack it.
func hopeless(all []candidate, source string) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(c candidate) bool { return !c.up || supports(c.sources, source) })
}
