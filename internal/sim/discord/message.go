package discord

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"
)

// Message flags (https://discord.com/developers/docs/resources/message).
const (
	FlagSuppressEmbeds        = 1 << 2
	FlagEphemeral             = 1 << 6
	FlagLoading               = 1 << 7
	FlagSuppressNotifications = 1 << 12
	FlagComponentsV2          = 1 << 15
)

// maxMessages is how many messages a channel keeps.
const maxMessages = 500

// Message is a message in a channel.
type Message struct {
	ID            string       `json:"id"`
	ChannelID     string       `json:"channel_id"`
	GuildID       string       `json:"guild_id"`
	AuthorID      string       `json:"author_id"`
	Content       string       `json:"content"`
	Embeds        []any        `json:"embeds,omitempty"`
	Components    []any        `json:"components,omitempty"`
	Attachments   []Attachment `json:"attachments,omitempty"`
	Flags         int          `json:"flags,omitempty"`
	TTS           bool         `json:"tts,omitempty"`
	Created       time.Time    `json:"created"`
	Edited        *time.Time   `json:"edited,omitempty"`
	Nonce         any          `json:"nonce,omitempty"`
	ReplyTo       string       `json:"reply_to,omitempty"`
	InteractionID string       `json:"interaction_id,omitempty"`
	// Interaction names the command and who used it, kept for display.
	Interaction *interactionRef `json:"interaction,omitempty"`
	// AllowedMentions is what the author allowed, as sent; nil allows all.
	AllowedMentions json.RawMessage `json:"allowed_mentions,omitempty"`
	// Mentioned is who was really notified.
	Mentioned mentions `json:"mentioned"`
}

type interactionRef struct {
	ID   string `json:"id"`
	Type int    `json:"type"`
	Name string `json:"name"`
	User string `json:"user"`
	// Message is the one whose component was used.
	Message string `json:"message,omitempty"`
	// From is the interaction whose modal was submitted.
	From *interactionRef `json:"from,omitempty"`
}

// mentions is what of a message's text notifies somebody.
type mentions struct {
	Users    []string `json:"users,omitempty"`
	Roles    []string `json:"roles,omitempty"`
	Everyone bool     `json:"everyone,omitempty"`
}

var mentionText = regexp.MustCompile(`<@!?(\d+)>|<@&(\d+)>|@(everyone|here)\b`)

// mentionsOf reads the mentions of a text and keeps those that are allowed:
// all of a kind in parse, or the listed ids; everything without the object
// (https://discord.com/developers/docs/resources/message#allowed-mentions-object).
func mentionsOf(text string, allowed json.RawMessage, everyone bool) mentions {
	var a struct {
		Parse []string `json:"parse"`
		Users []string `json:"users"`
		Roles []string `json:"roles"`
	}
	all := len(allowed) == 0 || string(allowed) == "null"
	if !all && json.Unmarshal(allowed, &a) != nil {
		return mentions{}
	}
	may := func(kind string, ids []string, id string) bool {
		return all || slices.Contains(a.Parse, kind) || slices.Contains(ids, id)
	}
	var m mentions
	for _, hit := range mentionText.FindAllStringSubmatch(text, -1) {
		switch user, role := hit[1], hit[2]; {
		case user != "" && may("users", a.Users, user) && !slices.Contains(m.Users, user):
			m.Users = append(m.Users, user)
		case role != "" && may("roles", a.Roles, role) && !slices.Contains(m.Roles, role):
			m.Roles = append(m.Roles, role)
		case hit[3] != "" && everyone && (all || slices.Contains(a.Parse, "everyone")):
			m.Everyone = true
		}
	}
	return m
}

func (w *World) messageJSON(m *Message) obj {
	users, roles := []obj{}, []string{}
	for _, id := range m.Mentioned.Users {
		if u := w.st.user(id); u != nil {
			users = append(users, userJSON(u))
		}
	}
	roles = append(roles, m.Mentioned.Roles...)
	files, embeds := []obj{}, orEmpty(m.Embeds)
	for _, a := range m.Attachments {
		files = append(files, w.attachmentJSON(m.ChannelID, a))
	}
	if m.Flags&FlagSuppressEmbeds != 0 {
		embeds = []any{}
	}
	o := obj{
		"id": m.ID, "channel_id": m.ChannelID, "author": userJSON(w.st.user(m.AuthorID)), "content": m.Content,
		"timestamp": stamp(m.Created), "edited_timestamp": nil, "tts": m.TTS, "mention_everyone": m.Mentioned.Everyone,
		"mentions": users, "mention_roles": roles, "mention_channels": []obj{}, "attachments": files,
		"embeds": embeds, "components": orEmpty(m.Components), "pinned": false, "type": 0, "flags": m.Flags,
	}
	if m.Edited != nil {
		o["edited_timestamp"] = stamp(*m.Edited)
	}
	if m.Nonce != nil {
		o["nonce"] = m.Nonce
	}
	if m.ReplyTo != "" {
		o["type"] = 19
		ref := obj{"type": 0, "message_id": m.ReplyTo, "channel_id": m.ChannelID}
		if m.GuildID != "" {
			ref["guild_id"] = m.GuildID
		}
		o["message_reference"] = ref
		o["referenced_message"] = nil
		if ref := w.message(m.ChannelID, m.ReplyTo); ref != nil && ref.ReplyTo == "" {
			o["referenced_message"] = w.messageJSON(ref)
		}
	}
	if r := m.Interaction; r != nil {
		o["application_id"], o["webhook_id"] = m.AuthorID, m.AuthorID
		if r.Type == interactionCommand {
			o["type"] = 20
			o["interaction"] = obj{"id": r.ID, "type": r.Type, "name": r.Name, "user": userJSON(w.st.user(r.User))}
		}
		o["interaction_metadata"] = w.metadataJSON(r, m.GuildID)
	}
	return o
}

// metadataJSON names the interaction that a message comes from.
func (w *World) metadataJSON(r *interactionRef, guild string) obj {
	meta := obj{
		"id": r.ID, "type": r.Type, "user": userJSON(w.st.user(r.User)),
		"authorizing_integration_owners": obj{"0": ownerOf(guild)},
	}
	switch r.Type {
	case interactionCommand:
		meta["name"], meta["command_type"] = r.Name, 1
	case interactionComponent:
		meta["interacted_message_id"] = r.Message
	case interactionModal:
		if r.From != nil {
			meta["triggering_interaction_metadata"] = w.metadataJSON(r.From, guild)
		}
	}
	return meta
}

// onlyFor is the id of the only person who sees the message; empty if all do.
func (m *Message) onlyFor() string {
	if m.Flags&FlagEphemeral == 0 || m.Interaction == nil {
		return ""
	}
	return m.Interaction.User
}

// seenBy says whether a person sees the message in a channel that they see.
func (m *Message) seenBy(user string) bool {
	return m.Flags&FlagEphemeral == 0 || m.onlyFor() == user
}

func orEmpty(l []any) []any {
	if l == nil {
		return []any{}
	}
	return l
}

func (w *World) message(channel, id string) *Message {
	for _, m := range w.st.Messages[channel] {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// post puts a message into its channel and tells who may see it.
func (w *World) post(m *Message) {
	m.ID, m.Created = w.newID(), w.now()
	msgs := w.st.Messages[m.ChannelID]
	msgs = append(msgs, m)
	if n := len(msgs) - maxMessages; n > 0 {
		msgs = slices.Delete(msgs, 0, n)
	}
	w.st.Messages[m.ChannelID] = msgs
	w.tellMessage("MESSAGE_CREATE", m)
}

// tellMessage sends a message event. A session without the content intent sees
// the shell only, unless the message is its own bot's or mentions it. An
// ephemeral message is told to nobody.
func (w *World) tellMessage(name string, m *Message) {
	w.touch()
	op := "update"
	if name == "MESSAGE_CREATE" {
		op = "create"
	}
	w.showMessage(op, m)
	if m.Flags&FlagEphemeral != 0 {
		return
	}
	if d := w.st.dm(m.ChannelID); d != nil {
		w.tellDirect(d, name, w.messageJSON(m))
		return
	}
	g, c := w.st.channel(m.ChannelID)
	if c == nil {
		return
	}
	w.dispatch(event{name: name, guild: g.ID, intent: IntentGuildMessages, view: func(s *session) any {
		if g.permissions(s.BotID, c)&PermViewChannel == 0 {
			return nil
		}
		o := w.messageJSON(m)
		o["guild_id"] = g.ID
		if mem := g.member(m.AuthorID); mem != nil {
			o["member"] = w.memberJSON(g, mem, false)
		}
		if s.Intents&IntentMessageContent == 0 && s.BotID != m.AuthorID && !slices.Contains(m.Mentioned.Users, s.BotID) {
			o["content"], o["embeds"], o["components"], o["attachments"] = "", []any{}, []any{}, []any{}
		}
		return o
	}})
}

// remove takes a message out of its channel.
func (w *World) remove(m *Message) {
	w.st.Messages[m.ChannelID] = slices.DeleteFunc(w.st.Messages[m.ChannelID], func(o *Message) bool { return o == m })
	w.touch()
	w.showMessage("delete", m)
	if d := w.st.dm(m.ChannelID); d != nil {
		w.tellDirect(d, "MESSAGE_DELETE", obj{"id": m.ID, "channel_id": m.ChannelID})
	} else if m.Flags&FlagEphemeral == 0 {
		w.dispatch(event{name: "MESSAGE_DELETE", guild: m.GuildID, intent: IntentGuildMessages, data: obj{
			"id": m.ID, "channel_id": m.ChannelID, "guild_id": m.GuildID,
		}})
	}
}
