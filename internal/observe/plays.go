package observe

import "github.com/prometheus/client_golang/prometheus"

// plays is what is counted of plays and of the nodes that play them.
type plays struct {
	started, ended, chosen, moved, dropped *prometheus.CounterVec
}

func newPlays(m *Metrics) plays {
	return plays{
		started: m.counter("platformd_plays_started_total", "Plays that were heard, by where their track is from.", "source"),
		ended:   m.counter("platformd_plays_ended_total", "Plays that are over, by where their track is from and how they ended.", "source", "reason"),
		chosen:  m.counter("platformd_lavalink_players_placed_total", "Players that were given to a node.", "node"),
		moved:   m.counter("platformd_lavalink_players_moved_total", "Players that left a node before their play was over, and why.", "node", "reason"),
		dropped: m.counter("platformd_suggestions_dropped_total", "Questions for choices that were not looked up because there were too many."),
	}
}

// PlayStarted counts a play that is heard, by where its track is from.
func (m *Metrics) PlayStarted(source string) { m.plays.started.WithLabelValues(source).Inc() }

// PlayEnded counts a play that is over and how it ended.
func (m *Metrics) PlayEnded(source, reason string) {
	m.plays.ended.WithLabelValues(source, reason).Inc()
}

// NodeChosen counts a player that was given to a node.
func (m *Metrics) NodeChosen(node string) { m.plays.chosen.WithLabelValues(node).Inc() }

// PlayerMoved counts a player that left a node before its play was over, and why.
func (m *Metrics) PlayerMoved(node, reason string) { m.plays.moved.WithLabelValues(node, reason).Inc() }

// SuggestionDropped counts a question for choices that was not looked up.
func (m *Metrics) SuggestionDropped() { m.plays.dropped.WithLabelValues().Inc() }
