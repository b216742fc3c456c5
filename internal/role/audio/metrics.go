package audio

import (
	"slices"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// Metrics is told what happens to plays and nodes. Its methods must not block.
type Metrics interface {
	// PlayStarted counts a play that is heard, by where its track is from.
	PlayStarted(source string)
	// PlayEnded counts a play that is over, whether it was heard or not.
	PlayEnded(source, reason string)
	// NodeChosen counts a player that was given a node.
	NodeChosen(node string)
	// PlayerMoved counts a player that left a node before its play was over: down,
	// exhausted, unreachable, voice, source or drained.
	PlayerMoved(node, reason string)
	// SuggestionDropped counts a question that found too many others.
	SuggestionDropped()
	// NodeSession counts a session on a node that came up: resumed, steered or new.
	NodeSession(node, how string)
}

// unmeasured is for a process that nobody measures.
type unmeasured struct{}

func (unmeasured) PlayStarted(string)         {}
func (unmeasured) PlayEnded(string, string)   {}
func (unmeasured) NodeChosen(string)          {}
func (unmeasured) PlayerMoved(string, string) {}
func (unmeasured) SuggestionDropped()         {}
func (unmeasured) NodeSession(string, string) {}

// measure counts what became durable: events, and what each of them says.
func (r *Role) measure(events []store.JournalRow, facts []music.Payload) {
	for i, fact := range facts {
		switch p := fact.(type) {
		case music.PlaySounding:
			source := ""
			if g, known := r.loop.View(events[i].Guild); known {
				if at := g.Player(p.Bot); at != nil && at.Play != nil && at.Play.ID == p.Play {
					source = at.Play.Track.Source()
				}
			}
			r.opt.Metrics.PlayStarted(r.sourceLabel(source))
		case music.PlayFinished:
			r.opt.Metrics.PlayEnded(r.sourceLabel(p.Track.Source), p.Reason)
		}
	}
}

// sourceLabel keeps the values of a label bounded: what a source is called is a
// node's word, so only those that a node lists are told apart.
func (r *Role) sourceLabel(source string) string {
	switch {
	case source == "":
		return "unknown"
	case slices.ContainsFunc(r.nodes, func(n *node) bool { return slices.Contains(n.sources(), source) }):
		return source
	}
	return "other"
}
