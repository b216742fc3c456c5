package discord

import (
	"crypto/subtle"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Gateway opcodes
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes).
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoiceState     = 4
	opResume         = 6
	opReconnect      = 7
	opRequestMembers = 8
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
	opSoundboard     = 31
)

// receive handles one message of a client. It is called with the lock.
func (c *conn) receive(data []byte) {
	now := c.w.now()
	if now.Sub(c.from) >= sendsWindow {
		c.from, c.sent = now, 0
	}
	if c.sent++; c.sent > sendsAllowed {
		c.refuse(closeRateLimited, "You are being rate limited.")
		return
	}
	var m struct {
		Op *int            `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	if len(data) > maxPayload || json.Unmarshal(data, &m) != nil || m.Op == nil {
		c.refuse(closeDecode, "Error while decoding payload.")
		return
	}
	switch op := *m.Op; op {
	case opHeartbeat:
		c.heartbeat(m.D)
	case opIdentify:
		c.identify(m.D)
	case opResume:
		c.resume(m.D)
	case opPresence, opVoiceState, opRequestMembers, opSoundboard:
		if c.sess == nil {
			c.refuse(closeNotAuth, "Not authenticated.")
			return
		}
		c.command(op, m.D)
	default:
		c.refuse(closeUnknownOp, "Unknown opcode.")
	}
}

// decode reads the data of a message; one that is not as it must be closes.
func (c *conn) decode(d json.RawMessage, into any) bool {
	if len(d) == 0 || string(d) == "null" || json.Unmarshal(d, into) != nil {
		c.refuse(closeDecode, "Error while decoding payload.")
		return false
	}
	return true
}

func (c *conn) heartbeat(d json.RawMessage) {
	var seq *int
	if len(d) > 0 && json.Unmarshal(d, &seq) != nil {
		c.refuse(closeDecode, "Error while decoding payload.")
		return
	}
	c.expectBeat()
	c.op(opHeartbeatAck, nil)
}

// botByToken finds a bot by its token, in the same time for any wrong one.
func (w *World) botByToken(token string) *Bot {
	token = strings.TrimPrefix(token, "Bot ")
	var found *Bot
	for _, b := range w.st.Bots {
		if subtle.ConstantTimeCompare([]byte(b.Token), []byte(token)) == 1 {
			found = b
		}
	}
	return found
}

func (c *conn) identify(d json.RawMessage) {
	if c.sess != nil {
		c.refuse(closeAlreadyAuth, "Already authenticated.")
		return
	}
	var m struct {
		Token      *string        `json:"token"`
		Intents    *int           `json:"intents"`
		Properties map[string]any `json:"properties"`
		Shard      []int          `json:"shard"`
		Compress   bool           `json:"compress"`
		Threshold  *int           `json:"large_threshold"`
		Presence   map[string]any `json:"presence"`
	}
	if !c.decode(d, &m) {
		return
	}
	if m.Token == nil || m.Intents == nil || m.Properties == nil {
		c.refuse(closeDecode, "IDENTIFY needs token, intents and properties.")
		return
	}
	if m.Threshold != nil && (*m.Threshold < 50 || *m.Threshold > 250) {
		c.refuse(closeDecode, "large_threshold is between 50 and 250.")
		return
	}
	b := c.w.botByToken(*m.Token)
	shard := [2]int{0, 1}
	if len(m.Shard) == 2 {
		shard = [2]int(m.Shard)
	}
	switch {
	case b == nil:
		c.refuse(closeAuthFailed, "Authentication failed.")
	case m.Shard != nil && (len(m.Shard) != 2 || shard[0] < 0 || shard[1] < 1 || shard[0] >= shard[1]):
		c.refuse(closeInvalidShard, "Invalid shard.")
	case *m.Intents < 0 || *m.Intents&^intentsKnown != 0:
		c.refuse(closeInvalidIntents, "Invalid intent(s).")
	case *m.Intents&intentsPrivileged&^b.PrivilegedIntents != 0:
		c.refuse(closeDisallowed, "Disallowed intent(s).")
	case c.w.guildsOn(b, shard) > c.w.opts.ShardGuilds:
		c.refuse(closeNeedsShards, "Sharding required.")
	case !c.w.mayIdentify(b, shard):
		c.w.violate(Violation{Surface: "gateway", Code: closeRateLimited, Message: "IDENTIFY came too early or too often."})
		c.op(opInvalidSession, false)
	default:
		c.zip.Store(m.Compress && c.pack == nil)
		large := 50
		if m.Threshold != nil {
			large = *m.Threshold
		}
		c.start(&session{ID: randomToken(16), BotID: b.ID, Intents: *m.Intents, Shard: shard, Zip: m.Compress, Large: large})
	}
}

// start opens a session: READY with the guilds unavailable, then each guild.
func (c *conn) start(s *session) {
	w := c.w
	s.conn, c.sess = c, s
	w.st.Sessions = append(w.st.Sessions, s)
	guilds := []obj{}
	for _, g := range w.st.Guilds {
		if s.owns(g) {
			guilds = append(guilds, obj{"id": g.ID, "unavailable": true})
		}
	}
	w.push(s, "READY", mustJSON(obj{
		"v": 10, "user": selfJSON(w.st.user(s.BotID)), "guilds": guilds, "session_id": s.ID,
		"resume_gateway_url": w.gatewayURL(), "shard": s.Shard, "application": obj{"id": s.BotID, "flags": 0},
		"session_type": "normal", "private_channels": []obj{}, "relationships": []obj{}, "presences": []obj{},
		"user_settings": obj{}, "_trace": []string{},
	}))
	if s.Intents&IntentGuilds == 0 {
		return
	}
	for _, g := range w.st.Guilds {
		if w.has(s, g.ID) {
			w.push(s, "GUILD_CREATE", mustJSON(w.guildCreateJSON(g, s)))
		}
	}
}

func (c *conn) resume(d json.RawMessage) {
	w := c.w
	if c.sess != nil {
		c.refuse(closeAlreadyAuth, "Already authenticated.")
		return
	}
	var m struct {
		Token   *string `json:"token"`
		Session *string `json:"session_id"`
		Seq     *int    `json:"seq"`
	}
	if !c.decode(d, &m) {
		return
	}
	if m.Token == nil || m.Session == nil || m.Seq == nil {
		c.refuse(closeDecode, "RESUME needs token, session_id and seq.")
		return
	}
	b := w.botByToken(*m.Token)
	if b == nil {
		c.refuse(closeAuthFailed, "Authentication failed.")
		return
	}
	s := w.session(*m.Session)
	switch {
	case s == nil || s.BotID != b.ID:
		c.op(opInvalidSession, false)
	case *m.Seq < 0 || *m.Seq > s.Seq:
		c.refuse(closeInvalidSeq, "Invalid seq.")
	case !s.resumable(*m.Seq):
		w.log.Info("a session could not be replayed", "bot", b.ID, "seq", *m.Seq)
		c.op(opInvalidSession, false)
		w.dropSession(s, closeUnknown, "the session was invalidated")
	default:
		c.attach(s, *m.Seq)
	}
}

// attach takes a session over, replays what was missed and says RESUMED. An
// older connection of the session is closed.
func (c *conn) attach(s *session, seq int) {
	if old := s.conn; old != nil {
		old.sess = nil
		old.close(closeUnknown, "the session was resumed elsewhere")
	}
	if s.ttl != nil {
		s.ttl.Stop()
	}
	var missed [][]byte
	for _, f := range s.Buffer {
		// A RESUMED is about the connection that it was sent on.
		if f.Seq > seq && !f.Resumed {
			missed = append(missed, f.Raw)
		}
	}
	c.zip.Store(s.Zip && c.pack == nil)
	s.conn, c.sess = c, s
	if c.w.use(faultCutBeforeResumed, s.BotID, "", false) != nil {
		c.sendReplay(missed[:len(missed)/2])
		c.hangUp()
		return
	}
	c.sendReplay(missed)
	c.w.push(s, "RESUMED", mustJSON(obj{"_trace": []string{}}))
	s.Buffer[len(s.Buffer)-1].Resumed = true
	if c.w.use(faultCutAfterResumed, s.BotID, "", false) != nil {
		c.hangUp()
	}
}

// dropSession ends a session and closes its connection, if it has one.
func (w *World) dropSession(s *session, code int, reason string) {
	if c := s.conn; c != nil {
		s.conn, c.sess = nil, nil
		c.close(code, reason)
	}
	w.endSession(s)
}

// Reconnect sends op 7 to the sessions of a bot (by name or id; all bots if
// empty) and closes their connections after a few seconds, as Discord does
// before it restarts a gateway. It returns how many there were, or NotFound.
func (w *World) Reconnect(bot string) (int, error) {
	return w.eachConn(bot, func(c *conn) {
		c.op(opReconnect, nil)
		w.clock.AfterFunc(5*time.Second, func() { c.close(closeUnknown, "reconnect") })
	})
}

// CutGateway breaks the sockets of a bot (all bots if empty) without a word;
// the sessions live on. It returns how many there were, or NotFound.
func (w *World) CutGateway(bot string) (int, error) { return w.eachConn(bot, (*conn).cut) }

// InvalidateSessions sends op 9 to a bot (all bots if empty). The connections
// stay open, without a session: a client may RESUME or IDENTIFY on them. With
// resumable true the sessions wait for that; otherwise they end, and the bot's
// voice with them. It returns how many there were, or NotFound.
func (w *World) InvalidateSessions(bot string, resumable bool) (int, error) {
	return w.eachConn(bot, func(c *conn) {
		c.op(opInvalidSession, resumable)
		s := c.sess
		c.sess = nil
		if resumable {
			c.was = s
			w.detach(s)
			return
		}
		s.conn = nil
		w.endSession(s)
	})
}

// eachConn calls f for the connections that have a session of the bot.
func (w *World) eachConn(bot string, f func(*conn)) (int, error) {
	w.mu.Lock()
	defer w.unlock()
	if bot != "" {
		b, err := w.findBot("discord.Gateway", bot)
		if err != nil {
			return 0, err
		}
		bot = b.ID
	}
	n := 0
	for _, s := range slices.Clone(w.st.Sessions) {
		if s.conn != nil && (bot == "" || s.BotID == bot) {
			f(s.conn)
			n++
		}
	}
	return n, nil
}
