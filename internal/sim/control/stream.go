package control

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

const (
	// keepAlive is how often a comment shows that the stream is alive.
	keepAlive = 15 * time.Second
	// writeTimeout is how long a reader of the stream may take for one event.
	writeTimeout = 10 * time.Second
)

// MessageEvent is a message of the stream: Op is create, update or delete, and
// of a deleted one there is the id only. User is the person of a direct channel.
type MessageEvent struct {
	Op          string         `json:"op"`
	Guild       string         `json:"guild"`
	Channel     string         `json:"channel"`
	Message     map[string]any `json:"message"`
	EphemeralTo string         `json:"ephemeral_to"`
	User        string         `json:"user,omitempty"`
}

// VoiceEvent is who is in voice in a guild now.
type VoiceEvent struct {
	Guild  string               `json:"guild"`
	States []discord.VoiceState `json:"states"`
}

// PlayersEvent is what sounds on a node now.
type PlayersEvent struct {
	Node    string `json:"node"`
	Players any    `json:"players"`
}

// stream is the World as it changes, as Server-Sent Events. The first event is
// `world`: whoever reads looks at everything after it listens, and misses nothing.
func (c control) stream(rw http.ResponseWriter, r *http.Request) {
	events, cancel := c.World.Subscribe()
	defer cancel()
	mine := c.hub.join()
	defer c.hub.leave(mine)
	h := rw.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	s := sse{rw: rw, rc: http.NewResponseController(rw)}
	alive := c.Clock.NewTicker(keepAlive)
	defer alive.Stop()
	for ok := s.event("world", done{}); ok; {
		select {
		case <-r.Context().Done():
			return
		case <-alive.Chan():
			ok = s.write(": alive\n\n")
		case <-mine.wake:
			ok = c.changes(&s, mine)
		case e, open := <-events:
			ok = open && tell(&s, e)
		}
	}
}

// changes writes what the hub has gathered for a reader.
func (c control) changes(s *sse, mine *changes) bool {
	nodes, faults := c.hub.take(mine)
	for _, name := range nodes {
		if n, err := c.node(name); err == nil && !s.event("players", PlayersEvent{Node: name, Players: n.Players()}) {
			return false
		}
	}
	return !faults || s.event("faults", done{})
}

func tell(s *sse, e discord.Event) bool {
	switch e.Kind {
	case discord.EventMessage:
		return s.event(e.Kind, MessageEvent{
			Op: e.Op, Guild: e.Guild, Channel: e.Channel, Message: e.Message, EphemeralTo: e.EphemeralTo, User: e.User,
		})
	case discord.EventVoice:
		return s.event(e.Kind, VoiceEvent{Guild: e.Guild, States: e.States})
	}
	return s.event(e.Kind, done{})
}

// sse writes Server-Sent Events. Who does not take one in time is dropped.
type sse struct {
	rw http.ResponseWriter
	rc *http.ResponseController
}

func (s *sse) event(name string, data any) bool {
	raw, err := json.Marshal(data)
	return err == nil && s.write("event: "+name+"\ndata: "+string(raw)+"\n\n")
}

func (s *sse) write(text string) bool {
	// A writer that cannot be timed, as a recorder in a test, is not timed.
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := s.rw.Write([]byte(text)); err != nil {
		return false
	}
	return s.rc.Flush() == nil
}

func clockOr(c clockwork.Clock) clockwork.Clock {
	if c == nil {
		return clockwork.NewRealClock()
	}
	return c
}
