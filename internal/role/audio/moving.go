package audio

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/partition"
)

// Why players leave a node, as metrics name it.
const (
	movedDown        = "down"
	movedExhausted   = "exhausted"
	movedUnreachable = "unreachable"
	movedVoice       = "voice"
	movedSource      = "source"
	movedDrained     = "drained"
)

const (
	// exhaustAfter is how many updates of a player in a row may fail before
	// another node is given it; one that is not answered in time counts twice.
	exhaustAfter = 3
	// knownBad is how many updates of any players on a node must have failed
	// lately for the first one of another player to be enough.
	knownBad = 6
	// unreachableAfter and unreachableFor are how often and how long a session on
	// a node that otherwise answers may fail to open. Its players go on playing
	// meanwhile, but do nothing that is asked of them.
	unreachableAfter = 3
	unreachableFor   = 5 * time.Second
	// cleanTries is how often it is tried to remove what a node still has of a
	// player. Its session does so when it comes up.
	cleanTries = 5
)

// place gives a player that has something to play to a node. Where none takes it
// now it waits: a node that comes up, or is uncordoned, wakes it.
func (r *Role) place(k playerKey, p *music.Player) error {
	if p.Play == nil || p.Voice.Want == "" {
		return nil
	}
	n := needOf(p)
	if n.endpoint == "" && r.regional() {
		// The voice server's address, which is on its way, says which node is near.
		// Nothing can sound before it anyway.
		return nil
	}
	chosen := r.give(k, n)
	if chosen == nil && hopeless(r.candidates(), n.source) {
		// What a node says of itself may be incomplete. Its word on this very
		// track ends the play, or lets it sound.
		n.source = ""
		chosen = r.give(k, n)
	}
	if chosen == nil {
		return nil
	}
	r.deliver(music.Input{
		ID: r.inputID("placed:" + string(k.guild)), Guild: k.guild, Body: music.Placed{Bot: k.bot, Node: chosen.name()},
	})
	return nil
}

// move gives a player to another node than the one that it is on, with its
// position; false where no other takes it, and it stays.
func (r *Role) move(k playerKey, p *music.Player, why string) bool {
	n := needOf(p)
	n.without = p.Node
	chosen := r.give(k, n)
	if chosen == nil {
		return false
	}
	r.log.Info("a player is moved to another node", "guild", k.guild, "bot", k.bot, "from", p.Node, "to", chosen.name(), "reason", why)
	r.opt.Metrics.PlayerMoved(string(p.Node), why)
	r.deliver(music.Input{
		ID: r.inputID("moved:" + string(k.guild)), Guild: k.guild, Body: music.Placed{Bot: k.bot, Node: chosen.name()},
	})
	return true
}

// cannotPlay says that a play will never sound: the same as a track that fails to load.
func (r *Role) cannotPlay(k playerKey, p *music.Player, message string) {
	id := r.inputID("refused:" + string(p.Play.ID))
	r.deliver(music.Input{ID: id + ":x", Guild: k.guild, Body: music.PlayException{Bot: k.bot, Play: p.Play.ID, Message: message}})
	r.deliver(music.Input{ID: id, Guild: k.guild, Body: music.PlayEnded{Bot: k.bot, Play: p.Play.ID, Reason: music.EndLoadFailed}})
}

// exhausted moves a player whose node fails again and again, and says whether it did.
func (r *Role) exhausted(k playerKey, tries int, err error) bool {
	switch fault.CodeOf(err) {
	case fault.Unavailable, fault.Unknown:
	default:
		return false
	}
	g, known := r.loop.View(k.guild)
	if !known {
		return false
	}
	p := g.Player(k.bot)
	if p == nil || p.Node == "" {
		return false
	}
	n := r.node(p.Node)
	if n == nil {
		return false
	}
	if lavalink.VoiceRefused(err) {
		// The voice session may be to blame. One that was asked for anew and is
		// refused as well shows that the node is.
		return p.Voice.Resets > 0 && tries >= voiceTries && r.move(k, p, movedVoice)
	}
	n.doubt()
	bad := n.failed(r.opt.Clock.Now())
	if fault.CodeOf(err) == fault.Unknown {
		tries *= 2
	}
	return p.Play != nil && (tries >= exhaustAfter || bad >= knownBad) && r.move(k, p, movedExhausted)
}

// unreachable moves a player whose session on a node cannot be opened although
// the node is there, and says whether it did.
func (r *Role) unreachable(k playerKey, p *music.Player, l *lavalink.Link, now time.Time) bool {
	s := l.Status()
	return s.State == lavalink.StateDown && s.Failures >= unreachableAfter && now.Sub(s.Since) >= unreachableFor &&
		r.move(k, p, movedUnreachable)
}

// leftovers has removed what other nodes have of a player that is on another one.
func (r *Role) leftovers(part int, k playerKey, at music.NodeName) {
	for _, n := range r.nodes {
		if n.name() == at {
			continue
		}
		l := r.links.find(linkKey{part, n.name(), k.bot})
		if l == nil || l.Status().State == lavalink.StateDown {
			continue
		}
		if seen, known := l.Observe(k.guild); !known || seen.Play != "" || seen.Foreign {
			r.steering.clean(k, n.name())
		}
	}
}

// remove removes a player from a node that it is not on any more.
func (r *Role) remove(ctx context.Context, k playerKey, at music.NodeName) error {
	epoch, rest, owned := r.loop.Epoch(k.guild)
	if !owned || r.playerOn(k, at) != nil {
		return nil
	}
	if rest < steerWithin/2 {
		return fault.New(fault.Pending, "audio.remove", "too little of the lease is left")
	}
	l := r.links.find(linkKey{partition.Of(k.guild, r.partitions), at, k.bot})
	if l == nil || l.Status().State == lavalink.StateDown {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, min(steerWithin, rest))
	defer cancel()
	return l.Apply(within, k.guild, lavalink.Desired{Gone: true, Epoch: epoch})
}
