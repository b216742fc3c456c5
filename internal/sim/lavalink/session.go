package lavalink

import (
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	defaultResumeTimeout = 60 * time.Second
	statsInterval        = time.Minute
	// maxQueued bounds what waits for a session to be resumed; the oldest goes first.
	maxQueued = 50_000
)

// session is what a WebSocket opened. While its socket is down and it may be
// resumed, link is nil, its players play on and what it has to say is queued.
type session struct {
	node     *Node
	id       string
	userID   string
	client   string
	resuming bool
	timeout  time.Duration
	link     *link
	gone     bool
	players  map[uint64]*player
	queue    [][]byte
	dropped  int

	stats  *alarm
	expiry *alarm
}

func compareText(a, b string) int { return strings.Compare(a, b) }

// openSession starts a session on a new socket: ready, then stats at once and
// each minute.
func (n *Node) openSession(now time.Time, userID, client string, l *link) *session {
	s := &session{
		node: n, id: n.newSessionID(), userID: userID, client: client, timeout: defaultResumeTimeout,
		link: l, players: make(map[uint64]*player),
	}
	s.stats = newAlarm(func(at time.Time) {
		s.send(n.statsMessage(at, s))
		n.set(s.stats, at.Add(statsInterval))
	})
	s.expiry = newAlarm(func(at time.Time) { n.destroySession(at, s) })
	n.sessions[s.id] = s
	s.send(marshal(readyMessage{Op: "ready", SessionID: s.id}))
	s.stats.fire(now)
	return s
}

// resume gives a waiting session its new socket: ready first, then everything
// that waited, then where each player stands.
func (s *session) resume(now time.Time, l *link) {
	s.node.unset(s.expiry)
	s.link = l
	s.send(marshal(readyMessage{Op: "ready", Resumed: true, SessionID: s.id}))
	for _, m := range s.queue {
		s.send(m)
	}
	s.queue = nil
	for _, p := range s.sortedPlayers() {
		p.sendUpdate(now)
	}
}

// lose takes note that the socket is gone. It is harmless for a socket that the
// session no longer uses.
func (n *Node) lose(now time.Time, s *session, l *link) {
	if s.link != l || s.gone {
		return
	}
	s.link = nil
	if !s.resuming {
		n.destroySession(now, s)
		return
	}
	n.set(s.expiry, now.Add(s.timeout))
}

func (n *Node) destroySession(now time.Time, s *session) {
	if s.gone {
		return
	}
	for _, p := range s.sortedPlayers() {
		s.destroyPlayer(now, p)
	}
	s.gone = true
	s.queue = nil
	n.unset(s.stats)
	n.unset(s.expiry)
	delete(n.sessions, s.id)
}

// send hands a message to the socket, or keeps it until there is one.
func (s *session) send(message []byte) {
	switch {
	case s.gone:
	case s.link != nil:
		s.node.tell(s.link, frame{websocket.TextMessage, message})
	default:
		if len(s.queue) >= maxQueued {
			s.queue = slices.Delete(s.queue, 0, 1)
			s.dropped++
		}
		s.queue = append(s.queue, message)
	}
}

func (s *session) sortedPlayers() []*player {
	out := make([]*player, 0, len(s.players))
	for _, p := range s.players {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *player) int {
		if len(a.guild) != len(b.guild) {
			return len(a.guild) - len(b.guild)
		}
		return compareText(a.guild, b.guild)
	})
	return out
}

// player returns the guild's player, made if there is none.
func (s *session) player(id uint64, guild string) *player {
	if p := s.players[id]; p != nil {
		return p
	}
	p := newPlayer(s, id, guild)
	s.players[id] = p
	return p
}

func (s *session) destroyPlayer(now time.Time, p *player) {
	p.end(now, endStopped)
	p.gone = true
	p.session.node.changed = true
	p.session.node.unset(p.alarm)
	delete(s.players, p.id)
}
