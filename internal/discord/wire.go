package discord

import (
	"encoding/json"
	"time"

	"github.com/disgoorg/disgo/gateway"
)

// The payloads that are read, with only the fields that are used: a field that
// Discord changes elsewhere must not cost an event. See
// https://discord.com/developers/docs/events/gateway-events.
type (
	envelope struct {
		Op gateway.Opcode    `json:"op"`
		S  *int64            `json:"s"`
		T  gateway.EventType `json:"t"`
		D  json.RawMessage   `json:"d"`
	}
	outgoing struct {
		Op gateway.Opcode `json:"op"`
		D  any            `json:"d"`
	}
	wireHello struct {
		HeartbeatInterval int64 `json:"heartbeat_interval"`
	}
	wireReady struct {
		User             wireUser    `json:"user"`
		Guilds           []wireGuild `json:"guilds"`
		SessionID        string      `json:"session_id"`
		ResumeGatewayURL string      `json:"resume_gateway_url"`
	}
	wireUser struct {
		ID  string `json:"id"`
		Bot bool   `json:"bot"`
	}
	wireMember struct {
		User        *wireUser  `json:"user"`
		Roles       []string   `json:"roles"`
		TimedOut    *time.Time `json:"communication_disabled_until"`
		Permissions perms      `json:"permissions"`
	}
	wireRole struct {
		ID          string `json:"id"`
		Permissions perms  `json:"permissions"`
	}
	wireChannel struct {
		ID         string      `json:"id"`
		GuildID    string      `json:"guild_id"`
		Type       int         `json:"type"`
		Name       string      `json:"name"`
		ParentID   *string     `json:"parent_id"`
		UserLimit  int         `json:"user_limit"`
		Overwrites []overwrite `json:"permission_overwrites"`
	}
	wireVoice struct {
		GuildID   string      `json:"guild_id"`
		ChannelID *string     `json:"channel_id"`
		UserID    string      `json:"user_id"`
		SessionID string      `json:"session_id"`
		Suppress  bool        `json:"suppress"`
		Member    *wireMember `json:"member"`
	}
	wireGuild struct {
		ID          string        `json:"id"`
		Name        string        `json:"name"`
		OwnerID     string        `json:"owner_id"`
		Locale      string        `json:"preferred_locale"`
		Unavailable bool          `json:"unavailable"`
		Roles       []wireRole    `json:"roles"`
		Channels    []wireChannel `json:"channels"`
		Members     []wireMember  `json:"members"`
		Voice       []wireVoice   `json:"voice_states"`
	}
	wireGuildRole struct {
		GuildID string   `json:"guild_id"`
		Role    wireRole `json:"role"`
		RoleID  string   `json:"role_id"`
	}
	wireGuildMember struct {
		wireMember

		GuildID string `json:"guild_id"`
	}
	wireVoiceServer struct {
		Token    string  `json:"token"`
		GuildID  string  `json:"guild_id"`
		Endpoint *string `json:"endpoint"`
	}
)

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (m wireMember) rights() member {
	out := member{Roles: m.Roles}
	if m.TimedOut != nil {
		out.TimedOut = m.TimedOut.UTC()
	}
	return out
}
