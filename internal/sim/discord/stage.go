package discord

import (
	"fmt"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// silenced says whether somebody who enters a channel is suppressed: on a stage
// everybody is audience at first, elsewhere who may not speak is. Who stays
// keeps what they have.
func (g *Guild) silenced(ch *Channel, user string, old *VoiceState) bool {
	if old != nil && old.ChannelID == ch.ID {
		return old.Suppress
	}
	return ch.Type == ChannelStage || g.permissions(user, ch)&PermSpeak == 0
}

// SuppressVoice sends a member of a stage to the audience, or invites them to
// speak, as a moderator does. A person who is invited is still asked (their
// request gets the time); a bot speaks at once. NotFound, or Invalid outside of a stage.
func (w *World) SuppressVoice(guild, user string, suppress bool) error {
	const op = "discord.SuppressVoice"
	var wrong error
	err := w.withVoice(op, guild, user, func(g *Guild, vs *VoiceState) {
		if c := g.channel(vs.ChannelID); c == nil || c.Type != ChannelStage {
			wrong = fault.New(fault.Invalid, op, "only a stage has an audience").WithHint("open one with the fault voice.stage")
			return
		}
		w.suppress(g, vs, suppress)
	})
	if err != nil {
		return err
	}
	return wrong
}

func (w *World) suppress(g *Guild, vs *VoiceState, suppress bool) {
	n := *vs
	n.Suppress = suppress
	switch {
	case suppress:
		n.RequestToSpeak = nil
	case w.st.bot(vs.UserID) == nil:
		now := w.now()
		n.RequestToSpeak = &now
	}
	g.Voice[vs.UserID] = &n
	w.tellVoice(g, &n)
}

// OpenStage makes a new stage channel and opens it; the people of the channel
// from, if there is one, are moved onto it, as audience. It returns NotFound,
// Conflict (a channel has this name) or Invalid.
func (w *World) OpenStage(guild, name, topic, from string) error {
	const op = "discord.OpenStage"
	id, err := w.CreateChannel(guild, name, ChannelStage)
	if err != nil {
		return err
	}
	w.mu.Lock()
	g, c := w.st.channel(id)
	if c == nil {
		w.mu.Unlock()
		return fault.New(fault.NotFound, op, "the stage is gone already")
	}
	w.openStage(c, topic)
	var people []string
	if old, err := findChannel(op, g, from); err == nil {
		for _, vs := range g.sortedVoice() {
			if vs.ChannelID == old.ID {
				people = append(people, vs.UserID)
			}
		}
	}
	w.unlock()
	return w.moveAll(g.ID, people, id)
}

// CloseStage deletes a stage channel; who is in it is moved to another channel,
// if one is named. It returns NotFound or Invalid.
func (w *World) CloseStage(guild, name, to string) error {
	const op = "discord.CloseStage"
	w.mu.Lock()
	g, err := w.findGuild(op, guild)
	var c *Channel
	if err == nil {
		c, err = findChannel(op, g, name)
	}
	if err == nil && c.Type != ChannelStage {
		err = fault.New(fault.Invalid, op, fmt.Sprintf("%s is no stage", c.Name))
	}
	if err != nil {
		w.mu.Unlock()
		return err
	}
	var people []string
	for _, vs := range g.sortedVoice() {
		if vs.ChannelID == c.ID && to != "" {
			people = append(people, vs.UserID)
		}
	}
	id := c.ID
	w.unlock()
	if err := w.moveAll(g.ID, people, to); err != nil {
		return err
	}
	return w.DeleteChannel(g.ID, id)
}

// moveAll moves users; who cannot go there stays, or leaves with the channel.
func (w *World) moveAll(guild string, users []string, to string) error {
	for _, u := range users {
		if err := w.JoinVoice(guild, u, to); err != nil && fault.CodeOf(err) != fault.Denied {
			return err
		}
	}
	return nil
}

func (w *World) openStage(c *Channel, topic string) {
	c.Stage = &StageInstance{ID: w.newID(), Topic: topic}
	w.tellStage("STAGE_INSTANCE_CREATE", c)
}

func (w *World) tellStage(name string, c *Channel) {
	w.dispatch(event{name: name, guild: c.GuildID, intent: IntentGuilds, data: stageJSON(c)})
	w.touch()
}

// stageJSON is the stage instance of a channel that has one.
func stageJSON(c *Channel) obj {
	return obj{
		"id": c.Stage.ID, "guild_id": c.GuildID, "channel_id": c.ID, "topic": c.Stage.Topic,
		"privacy_level": 2, "discoverable_disabled": true, "guild_scheduled_event_id": nil,
	}
}

// stages lists the live stages of a guild.
func (g *Guild) stages() []obj {
	out := []obj{}
	for _, c := range g.Channels {
		if c.Stage != nil {
			out = append(out, stageJSON(c))
		}
	}
	return out
}

// changeOwnVoice is PATCH voice-states/@me: on a stage a bot asks to speak,
// speaks if it may mute members, or goes back to the audience
// (https://discord.com/developers/docs/resources/voice#modify-current-user-voice-state).
func (w *World) changeOwnVoice(g *Guild, vs *VoiceState, body map[string]any) *apiError {
	ch := g.channel(vs.ChannelID)
	if ch == nil || ch.Type != ChannelStage {
		return refuse(400, 50024, "Cannot execute action on this channel type")
	}
	p, n := g.permissions(vs.UserID, ch), *vs
	if v, ok := body["suppress"].(bool); ok && v != vs.Suppress {
		if !v && p&PermMuteMembers == 0 {
			return errPermission()
		}
		if n.Suppress = v; v {
			n.RequestToSpeak = nil
		}
	}
	if v, ok := body["request_to_speak_timestamp"]; ok {
		if n.RequestToSpeak = nil; v != nil {
			if p&PermRequestToSpeak == 0 {
				return errPermission()
			}
			s, _ := v.(string)
			at, err := time.Parse(time.RFC3339, s)
			if err != nil || at.Before(w.now().Add(-time.Minute)) {
				pr := &problems{}
				pr.at("request_to_speak_timestamp").add("INVALID_REQUEST_TO_SPEAK_TIMESTAMP", "The time must be now or in the future.")
				return errForm(pr)
			}
			at = at.UTC()
			n.RequestToSpeak = &at
		}
	}
	g.Voice[vs.UserID] = &n
	w.tellVoice(g, &n)
	return nil
}

// audience lists who is suppressed on the stages of a guild, by name.
func (w *World) audience(g *Guild) []string {
	var out []string
	for _, vs := range g.sortedVoice() {
		c, u := g.channel(vs.ChannelID), w.st.user(vs.UserID)
		if vs.Suppress && c != nil && c.Type == ChannelStage && u != nil {
			out = append(out, u.Name)
		}
	}
	slices.Sort(out)
	return out
}
