package lavalink

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/fault"
)

// CutSockets ends every WebSocket at once, without a close frame, as a broken
// network does. When it returns the sessions already count as disconnected.
func (n *Node) CutSockets() {
	now := n.lock()
	defer n.unlock()
	n.cutAll(now)
}

func (n *Node) cutAll(now time.Time) {
	for _, s := range n.sorted() {
		if l := s.link; l != nil {
			l.cut()
			l.thaw()
			n.lose(now, s, l)
		}
	}
}

// SetDown takes the node off the network and brings it back. While it is down
// every connection is dropped without an answer; sessions and players live on
// by the resume rules.
func (n *Node) SetDown(down bool) {
	now := n.lock()
	defer n.unlock()
	n.setDown(now, down)
}

func (n *Node) setDown(now time.Time, down bool) {
	if n.closed || n.down == down {
		return
	}
	n.down, n.changed = down, true
	if down {
		n.broken[FaultDown] = map[string]string{"sessions": "kept"}
		n.cutAll(now)
		n.stop() // requests that wait are dropped
		return
	}
	delete(n.broken, FaultDown)
	n.closing, n.stop = context.WithCancel(context.Background())
}

// ForgetSessions makes the node what a restarted process is: sockets cut, all
// sessions and players gone, the uptime at zero.
func (n *Node) ForgetSessions() {
	now := n.lock()
	defer n.unlock()
	n.forget(now)
}

func (n *Node) forget(now time.Time) {
	for _, s := range n.sorted() {
		if s.link != nil {
			s.link.cut()
			s.link.thaw()
			s.link = nil
		}
		n.destroySession(now, s)
	}
	n.started = now
}

// SetLoadDelay makes every loadtracks wait that long, on top of the track's own
// delay. Requests that wait already are not changed.
func (n *Node) SetLoadDelay(d time.Duration) {
	n.lock()
	defer n.unlock()
	n.loadDelay = max(d, 0)
}

// SendRaw puts a text message on a session's socket as it is. A session that is
// unknown or not connected is fault.NotFound.
func (n *Node) SendRaw(session string, message []byte) error {
	n.lock()
	defer n.unlock()
	s := n.sessions[session]
	if s == nil || s.link == nil {
		return fault.New(fault.NotFound, "lavalink.SendRaw", fmt.Sprintf("session %q has no socket", session))
	}
	n.tell(s.link, frame{websocket.TextMessage, slices.Clone(message)})
	return nil
}

// CloseVoice ends the voice connections of a bot in a guild, as Discord's voice
// server does: WebSocketClosedEvent with that code, then the player's state. The
// player keeps its track, silent. Without such a connection it is fault.NotFound.
func (n *Node) CloseVoice(userID, guildID string, code int, reason string, byRemote bool) error {
	now := n.lock()
	defer n.unlock()
	closed := false
	for _, s := range n.sorted() {
		if s.userID != userID {
			continue
		}
		for _, p := range s.sortedPlayers() {
			if p.guild != guildID || !p.online {
				continue
			}
			closed = true
			p.sendEvent(eventMessage{Type: "WebSocketClosedEvent", Code: &code, Reason: &reason, ByRemote: &byRemote})
			p.setOnline(now, false)
			p.sendUpdate(now)
		}
	}
	if !closed {
		return fault.New(fault.NotFound, "lavalink.CloseVoice", fmt.Sprintf("user %s has no voice connection in guild %s", userID, guildID))
	}
	return nil
}
