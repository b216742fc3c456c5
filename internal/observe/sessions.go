package observe

import "github.com/prometheus/client_golang/prometheus"

// sessions is what is counted of sessions with Discord and with nodes: the share
// that goes on instead of being made anew is what members hear of a restart.
type sessions struct {
	discord, node *prometheus.CounterVec
}

func newSessions(m *Metrics) sessions {
	return sessions{
		discord: m.counter("platformd_gateway_sessions_total", "Sessions with Discord that were opened: by RESUME or by IDENTIFY.", "bot", "how"),
		node:    m.counter("platformd_lavalink_sessions_total", "Sessions on nodes that came up: resumed, steered without a socket, or new.", "node", "how"),
	}
}

// GatewayResumed adds sessions with Discord that went on by RESUME.
func (m *Metrics) GatewayResumed(bot string, n int64) {
	m.sessions.discord.WithLabelValues(bot, "resume").Add(float64(n))
}

// GatewayIdentified adds sessions with Discord that were made anew by IDENTIFY.
func (m *Metrics) GatewayIdentified(bot string, n int64) {
	m.sessions.discord.WithLabelValues(bot, "identify").Add(float64(n))
}

// NodeSession counts a session on a node that came up: resumed, steered or new.
func (m *Metrics) NodeSession(node, how string) { m.sessions.node.WithLabelValues(node, how).Inc() }
