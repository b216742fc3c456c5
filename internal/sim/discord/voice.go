package discord

import (
	"crypto/subtle"
	"fmt"

	"github.com/atrilhq/platform/internal/fault"
)

// tellVoice sends a voice state to everybody who follows the guild's voice.
func (w *World) tellVoice(g *Guild, vs *VoiceState) {
	w.dispatch(event{name: "VOICE_STATE_UPDATE", guild: g.ID, intent: IntentGuildVoiceStates, data: w.voiceEventJSON(g, vs)})
	w.touch()
}

// newVoiceServer gives a bot fresh credentials; the old ones are void.
func (w *World) newVoiceServer(g *Guild, bot string) {
	n := len(w.st.Sessions) + len(g.Voice)
	g.Servers[bot] = &voiceServer{Token: randomToken(8), Endpoint: fmt.Sprintf("sim-%d-%s.discord.media:443", n, randomToken(2))}
	w.tellServer(g, bot)
}

func (w *World) tellServer(g *Guild, bot string) {
	srv := g.Servers[bot]
	o := obj{"guild_id": g.ID, "token": srv.Token, "endpoint": nil}
	if srv.Endpoint != "" {
		o["endpoint"] = srv.Endpoint
	}
	w.dispatch(event{name: "VOICE_SERVER_UPDATE", guild: g.ID, bot: bot, data: o})
	w.touch()
}

// leaveVoice takes a user out of voice. A code other than zero is told to the
// hooks if the user is a bot: its voice connection was closed with it.
func (w *World) leaveVoice(g *Guild, vs *VoiceState, code int) {
	delete(g.Voice, vs.UserID)
	delete(g.Servers, vs.UserID)
	gone := *vs
	gone.ChannelID = ""
	w.tellVoice(g, &gone)
	w.voiceClosed(g, vs.UserID, code)
}

func (w *World) voiceClosed(g *Guild, user string, code int) {
	if code == 0 || w.st.bot(user) == nil {
		return
	}
	guild := g.ID
	for _, f := range w.onVoice {
		w.after = append(w.after, func() { f(guild, user, code) })
	}
}

// VerifyVoice says whether voice credentials are the current ones, as a voice
// server would. It returns Denied with the reason if they are not.
func (w *World) VerifyVoice(guild, user, channel, sessionID, token, endpoint string) error {
	const op = "discord.VerifyVoice"
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.st.guild(guild)
	if g == nil {
		return fault.New(fault.Denied, op, "the guild is not known")
	}
	vs, srv := g.Voice[user], g.Servers[user]
	switch {
	case vs == nil || srv == nil:
		return fault.New(fault.Denied, op, "the bot is not in voice")
	case channel != "" && vs.ChannelID != channel:
		return fault.New(fault.Denied, op, "the bot is in another channel")
	case subtle.ConstantTimeCompare([]byte(vs.SessionID), []byte(sessionID)) != 1:
		return fault.New(fault.Denied, op, "the voice session is not the current one")
	case srv.Endpoint == "":
		return fault.New(fault.Denied, op, "the voice server is being reallocated")
	case subtle.ConstantTimeCompare([]byte(srv.Token), []byte(token)) != 1:
		return fault.New(fault.Denied, op, "the voice token is not the current one")
	case srv.Endpoint != endpoint:
		return fault.New(fault.Denied, op, "the endpoint is not the current one")
	}
	return nil
}

// JoinVoice walks a member into a voice channel, or moves them there. Names and
// ids are accepted. A bot can only be moved, by an admin so to say: it keeps
// its session, gets new credentials, and its old voice connection is closed
// with 4014. It returns NotFound, Denied (no permission, full) or Invalid.
func (w *World) JoinVoice(guild, user, channel string) error {
	const op = "discord.JoinVoice"
	w.mu.Lock()
	defer w.unlock()
	g, u, err := w.findMember(op, guild, user)
	if err != nil {
		return err
	}
	ch, err := findChannel(op, g, channel)
	if err != nil {
		return err
	}
	if !ch.voice() {
		return fault.New(fault.Invalid, op, fmt.Sprintf("%s is not a voice channel", ch.Name))
	}
	old := g.Voice[u.ID]
	if u.Bot {
		if old == nil {
			return fault.New(fault.Invalid, op, "a bot joins by itself; it can only be moved while it is in voice")
		}
		vs := *old
		vs.ChannelID, vs.Suppress, vs.RequestToSpeak = ch.ID, g.silenced(ch, u.ID, old), nil
		g.Voice[u.ID] = &vs
		w.tellVoice(g, &vs)
		w.voiceClosed(g, u.ID, closeVoiceDisconnected)
		w.newVoiceServer(g, u.ID)
		return nil
	}
	if old != nil && old.ChannelID == ch.ID {
		return nil
	}
	if !w.mayConnect(g, ch, u.ID) {
		return fault.New(fault.Denied, op, fmt.Sprintf("%s may not enter %s: it is full or closed to them", u.Name, ch.Name))
	}
	vs := &VoiceState{GuildID: g.ID, ChannelID: ch.ID, UserID: u.ID, SessionID: randomToken(16)}
	if old != nil {
		*vs = *old
		vs.ChannelID, vs.RequestToSpeak = ch.ID, nil
	}
	vs.Suppress = g.silenced(ch, u.ID, old)
	g.Voice[u.ID] = vs
	w.tellVoice(g, vs)
	return nil
}

// LeaveVoice takes a member out of voice. For a bot it is a kick: its voice
// connection closes with 4014. It returns NotFound or Invalid (not in voice).
func (w *World) LeaveVoice(guild, user string) error {
	const op = "discord.LeaveVoice"
	return w.withVoice(op, guild, user, func(g *Guild, vs *VoiceState) {
		w.leaveVoice(g, vs, closeVoiceDisconnected)
	})
}

// MuteVoice sets how a member is muted and deafened: by the guild, and by
// themselves. It returns NotFound or Invalid (not in voice).
func (w *World) MuteVoice(guild, user string, mute, deaf, selfMute, selfDeaf bool) error {
	return w.withVoice("discord.MuteVoice", guild, user, func(g *Guild, vs *VoiceState) {
		n := *vs
		n.Mute, n.Deaf, n.SelfMute, n.SelfDeaf = mute, deaf, selfMute, selfDeaf
		g.Voice[vs.UserID] = &n
		w.tellVoice(g, &n)
	})
}

// VoiceServerDown tells a bot that its voice server goes away (endpoint null);
// its credentials are void until VoiceServerUp. NotFound or Invalid.
func (w *World) VoiceServerDown(guild, bot string) error {
	return w.withServer("discord.VoiceServerDown", guild, bot, func(g *Guild, vs *VoiceState) {
		g.Servers[vs.UserID].Endpoint = ""
		w.tellServer(g, vs.UserID)
	})
}

// VoiceServerUp gives a bot a new voice server. NotFound or Invalid.
func (w *World) VoiceServerUp(guild, bot string) error {
	return w.withServer("discord.VoiceServerUp", guild, bot, func(g *Guild, vs *VoiceState) {
		w.newVoiceServer(g, vs.UserID)
	})
}

func (w *World) withVoice(op, guild, user string, f func(*Guild, *VoiceState)) error {
	w.mu.Lock()
	defer w.unlock()
	g, u, err := w.findMember(op, guild, user)
	if err != nil {
		return err
	}
	vs := g.Voice[u.ID]
	if vs == nil {
		return fault.New(fault.Invalid, op, u.Name+" is not in a voice channel")
	}
	f(g, vs)
	return nil
}

func (w *World) withServer(op, guild, bot string, f func(*Guild, *VoiceState)) error {
	none := false
	err := w.withVoice(op, guild, bot, func(g *Guild, vs *VoiceState) {
		if none = g.Servers[vs.UserID] == nil; !none {
			f(g, vs)
		}
	})
	if err == nil && none {
		return fault.New(fault.Invalid, op, "only a bot has a voice server here")
	}
	return err
}
