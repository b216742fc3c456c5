package discord

import (
	"encoding/json"
	"slices"
)

// command handles what an identified client may ask of the gateway.
func (c *conn) command(op int, d json.RawMessage) {
	switch op {
	case opVoiceState:
		c.voiceState(d)
	case opPresence:
		c.presence(d)
	case opRequestMembers:
		c.requestMembers(d)
	case opSoundboard:
		var m struct {
			Guilds []string `json:"guild_ids"`
		}
		if !c.decode(d, &m) {
			return
		}
		for _, id := range m.Guilds {
			if c.w.has(c.sess, id) {
				c.w.push(c.sess, "SOUNDBOARD_SOUNDS", mustJSON(obj{"guild_id": id, "soundboard_sounds": []obj{}}))
			}
		}
	}
}

// presence checks a presence update. Nobody in this World looks at it.
func (c *conn) presence(d json.RawMessage) {
	var m struct {
		Since      *int64           `json:"since"`
		Activities []map[string]any `json:"activities"`
		Status     string           `json:"status"`
		AFK        bool             `json:"afk"`
	}
	if !c.decode(d, &m) {
		return
	}
	if !slices.Contains([]string{"online", "dnd", "idle", "invisible", "offline"}, m.Status) {
		c.refuse(closeDecode, "A presence needs a known status.")
	}
}

func (c *conn) voiceState(d json.RawMessage) {
	var m struct {
		Guild    *string `json:"guild_id"`
		Channel  *string `json:"channel_id"`
		SelfMute bool    `json:"self_mute"`
		SelfDeaf bool    `json:"self_deaf"`
	}
	if !c.decode(d, &m) {
		return
	}
	if m.Guild == nil {
		c.refuse(closeDecode, "A voice state needs guild_id.")
		return
	}
	w, s := c.w, c.sess
	if w.outage(s, *m.Guild) {
		return // nothing works in an outage, and nobody says so
	}
	if !w.has(s, *m.Guild) {
		w.violate(Violation{Surface: "gateway", Code: opVoiceState, Message: "op 4 for a guild that the bot or its shard does not have"})
		return
	}
	g := w.st.guild(*m.Guild)
	if m.Channel == nil {
		if vs := g.Voice[s.BotID]; vs != nil {
			w.leaveVoice(g, vs, 0)
		}
		return
	}
	ch := g.channel(*m.Channel)
	if ch == nil || !ch.voice() {
		w.violate(Violation{Surface: "gateway", Code: opVoiceState, Message: "op 4 for a channel that is not a voice channel of the guild"})
		return
	}
	w.botJoins(g, ch, s, m.SelfMute, m.SelfDeaf)
}

// botJoins puts a bot into a channel, or does nothing at all, as Discord does,
// when it may not connect or the channel is full.
func (w *World) botJoins(g *Guild, ch *Channel, s *session, mute, deaf bool) {
	old := g.Voice[s.BotID]
	stays := old != nil && old.ChannelID == ch.ID
	if !stays && !w.mayConnect(g, ch, s.BotID) {
		w.log.Info("a bot was silently kept out of a voice channel", "guild", g.Name, "channel", ch.Name)
		return
	}
	vs := &VoiceState{GuildID: g.ID, ChannelID: ch.ID, UserID: s.BotID, SessionID: s.ID, SelfMute: mute, SelfDeaf: deaf}
	vs.Suppress = g.silenced(ch, s.BotID, old)
	flags := false
	if old != nil {
		if stays {
			vs.RequestToSpeak = old.RequestToSpeak
		}
		vs.Mute, vs.Deaf = old.Mute, old.Deaf
		flags = stays && old.SessionID == s.ID && (old.SelfMute != mute || old.SelfDeaf != deaf)
	}
	g.Voice[s.BotID] = vs
	w.tellVoice(g, vs)
	srv := g.Servers[s.BotID]
	switch {
	case flags: // muting oneself does not change the voice server
	case stays && old.SessionID == s.ID && srv != nil && srv.Endpoint != "":
		// Who asks again for the channel that it is in hears of the same server
		// once more: the token is made anew when the channel changes
		// (https://github.com/discord/discord-api-docs/pull/7078).
		w.tellServer(g, s.BotID)
	default:
		w.newVoiceServer(g, s.BotID)
	}
}

// mayConnect says whether a user may enter a voice channel now.
func (w *World) mayConnect(g *Guild, ch *Channel, user string) bool {
	p := g.permissions(user, ch)
	if p&PermConnect == 0 {
		return false
	}
	if ch.UserLimit == 0 || p&PermMoveMembers != 0 {
		return true
	}
	n := 0
	for _, vs := range g.Voice {
		if vs.ChannelID == ch.ID && vs.UserID != user {
			n++
		}
	}
	return n < ch.UserLimit
}
