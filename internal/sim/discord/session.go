package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/jonboulle/clockwork"
)

// Gateway intents (https://discord.com/developers/docs/events/gateway#gateway-intents).
const (
	IntentGuilds           = 1 << 0
	IntentGuildMembers     = 1 << 1
	IntentGuildVoiceStates = 1 << 7
	IntentGuildPresences   = 1 << 8
	IntentGuildMessages    = 1 << 9
	IntentMessageContent   = 1 << 15

	intentsPrivileged = IntentGuildMembers | IntentGuildPresences | IntentMessageContent
	intentsKnown      = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// session is a gateway session. It outlives its connection for a while.
type session struct {
	ID      string `json:"id"`
	BotID   string `json:"bot_id"`
	Intents int    `json:"intents"`
	Shard   [2]int `json:"shard"`
	// Zip is payload compression; Large is from how many members on GUILD_CREATE
	// leaves the absent ones out.
	Zip    bool    `json:"zip,omitempty"`
	Large  int     `json:"large,omitempty"`
	Seq    int     `json:"seq"`
	Buffer []frame `json:"buffer"`

	conn *conn
	ttl  clockwork.Timer
}

// frame is one dispatch as it was sent.
type frame struct {
	Seq int             `json:"seq"`
	Raw json.RawMessage `json:"raw"`
	// Resumed frames are not replayed.
	Resumed bool `json:"resumed,omitempty"`
}

// payload is a gateway message on its way out.
type payload struct {
	T  *string         `json:"t"`
	S  *int            `json:"s"`
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
}

// event is a fact to be told to sessions.
type event struct {
	name   string
	guild  string // only sessions that have this guild; those of shard 0 if empty
	intent int    // only sessions with this intent; no condition if zero
	bot    string // only sessions of this bot; all if empty
	data   any
	// view, if set, makes the data for one session; nil data is not sent.
	view func(s *session) any
}

// dispatch numbers an event for every session that may see it, keeps it for a
// replay and hands it to the connection if there is one.
func (w *World) dispatch(e event) {
	w.watchDispatch(e)
	var shared json.RawMessage
	for _, s := range w.st.Sessions {
		if e.bot != "" && s.BotID != e.bot || e.intent != 0 && s.Intents&e.intent == 0 {
			continue
		}
		// What is of no guild, as a DM, goes to shard 0.
		if e.guild == "" && s.Shard[0] != 0 || e.guild != "" && !w.has(s, e.guild) {
			continue
		}
		data := shared
		switch {
		case e.view != nil:
			v := e.view(s)
			if v == nil {
				continue
			}
			data = mustJSON(v)
		case shared == nil:
			shared = mustJSON(e.data)
			data = shared
		}
		w.push(s, e.name, data)
	}
}

// has says whether a session hears of a guild: it is its own, and there is no outage.
func (w *World) has(s *session, guild string) bool {
	g := w.st.guild(guild)
	return g != nil && !g.Unavailable && s.owns(g)
}

// owns says whether a guild is on the session's shard and its bot in the guild.
func (s *session) owns(g *Guild) bool {
	return g.member(s.BotID) != nil && shardOf(g.ID, s.Shard[1]) == s.Shard[0]
}

// shardOf is Discord's formula: (guild_id >> 22) % num_shards.
func shardOf(guild string, shards int) int {
	id, err := strconv.ParseUint(guild, 10, 64)
	if err != nil || shards < 1 {
		return 0
	}
	return int((id >> 22) % uint64(shards)) //nolint:gosec // less than shards
}

func (w *World) push(s *session, name string, data json.RawMessage) {
	s.Seq++
	seq := s.Seq
	f := frame{Seq: seq, Raw: mustJSON(payload{T: &name, S: &seq, D: data})}
	s.Buffer = append(s.Buffer, f)
	if n := len(s.Buffer) - w.opts.ReplayBuffer; n > 0 {
		s.Buffer = slices.Delete(s.Buffer, 0, n)
	}
	if s.conn != nil {
		s.conn.send(f.Raw)
	}
	w.touch()
}

func (w *World) session(id string) *session {
	for _, s := range w.st.Sessions {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// detach lets a session live on without a connection until its time is over.
func (w *World) detach(s *session) {
	s.conn = nil
	w.watchWorld()
	if w.closed {
		return
	}
	if s.ttl != nil {
		s.ttl.Stop()
	}
	s.ttl = w.clock.AfterFunc(w.opts.SessionTTL, func() {
		w.mu.Lock()
		defer w.unlock()
		if s.conn == nil && !w.closed && w.session(s.ID) == s {
			w.log.Info("a gateway session ran out", "bot", s.BotID)
			w.endSession(s)
		}
	})
}

// endSession forgets a session; what its bot holds in voice goes with it.
func (w *World) endSession(s *session) {
	if s.ttl != nil {
		s.ttl.Stop()
	}
	w.st.Sessions = slices.DeleteFunc(w.st.Sessions, func(o *session) bool { return o == s })
	for _, g := range w.st.Guilds {
		if vs := g.Voice[s.BotID]; vs != nil && vs.SessionID == s.ID {
			w.leaveVoice(g, vs, closeVoiceDisconnected)
		}
	}
	w.touch()
}

// resumable says whether everything after seq is still in the buffer.
func (s *session) resumable(seq int) bool {
	return seq == s.Seq || len(s.Buffer) > 0 && seq >= s.Buffer[0].Seq-1
}

// identified counts the IDENTIFYs of the last 24 hours and says when the
// oldest of them is forgotten.
func (w *World) identified(b *Bot) (n int, reset time.Duration) {
	now := w.now()
	b.Identifies = slices.DeleteFunc(b.Identifies, func(t time.Time) bool { return now.Sub(t) >= 24*time.Hour })
	if len(b.Identifies) > 0 {
		reset = 24*time.Hour - now.Sub(b.Identifies[0])
	}
	return len(b.Identifies), reset
}

// mustJSON encodes what this package itself has built.
func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("discord: a payload cannot be encoded: " + err.Error())
	}
	return raw
}

// large says whether GUILD_CREATE leaves the absent members of a guild out.
func (s *session) large(g *Guild) bool { return len(g.Members) > max(s.Large, 50) }
