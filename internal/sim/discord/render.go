package discord

import (
	"strings"
	"time"
)

// obj is a JSON object on its way out.
type obj = map[string]any

// stamp renders a time as Discord does, in microseconds with an offset.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

func userJSON(u *User) obj {
	o := obj{
		"id": u.ID, "username": u.Name, "discriminator": "0", "global_name": nil, "avatar": nil,
		"banner": nil, "accent_color": nil, "avatar_decoration_data": nil, "collectibles": nil,
		"primary_guild": nil, "public_flags": 0, "flags": 0, "bot": u.Bot, "system": false,
	}
	if u.Bot {
		o["discriminator"] = "0000"
	} else if u.Name != "" {
		o["global_name"] = strings.ToUpper(u.Name[:1]) + u.Name[1:]
	}
	return o
}

// selfJSON is a bot's own account, as READY and GET /users/@me show it.
func selfJSON(u *User) obj {
	o := userJSON(u)
	o["verified"], o["mfa_enabled"], o["email"], o["locale"], o["premium_type"] = true, true, nil, u.Locale, 0
	return o
}

func (w *World) memberJSON(g *Guild, m *Member, withUser bool) obj {
	o := obj{
		"roles": m.Roles, "joined_at": stamp(m.JoinedAt), "nick": nil, "avatar": nil, "banner": nil,
		"premium_since": nil, "communication_disabled_until": nil, "pending": false, "flags": 0,
		"deaf": false, "mute": false, "avatar_decoration_data": nil, "collectibles": nil,
	}
	if vs := g.Voice[m.UserID]; vs != nil {
		o["deaf"], o["mute"] = vs.Deaf, vs.Mute
	}
	if withUser {
		o["user"] = userJSON(w.st.user(m.UserID))
	}
	return o
}

func roleJSON(r *Role) obj {
	o := obj{
		"id": r.ID, "name": r.Name, "permissions": permString(r.Permissions), "position": r.Position,
		"color": 0, "colors": obj{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
		"hoist": false, "managed": r.BotID != "", "mentionable": false, "icon": nil, "unicode_emoji": nil,
		"description": nil, "flags": 0,
	}
	if r.BotID != "" {
		o["tags"] = obj{"bot_id": r.BotID}
	}
	return o
}

func (w *World) channelJSON(c *Channel) obj {
	if c.Type == ChannelDM {
		return w.dmJSON(c)
	}
	if c.Type == ChannelThread {
		return w.threadJSON(c)
	}
	over := make([]obj, 0, len(c.Overwrites))
	for _, o := range c.Overwrites {
		over = append(over, obj{"id": o.ID, "type": o.Type, "allow": permString(o.Allow), "deny": permString(o.Deny)})
	}
	o := obj{
		"id": c.ID, "guild_id": c.GuildID, "type": c.Type, "name": c.Name, "position": c.Position,
		"parent_id": nil, "permission_overwrites": over, "nsfw": false, "rate_limit_per_user": 0,
		"last_message_id": nil, "flags": 0,
	}
	if msgs := w.st.Messages[c.ID]; len(msgs) > 0 {
		o["last_message_id"] = msgs[len(msgs)-1].ID
	}
	if c.voice() {
		o["bitrate"], o["user_limit"], o["rtc_region"], o["video_quality_mode"] = 64000, c.UserLimit, nil, 1
	}
	if !c.voice() || c.Type == ChannelStage {
		o["topic"] = nil
	}
	if !c.voice() {
		o["last_pin_timestamp"] = nil
	}
	return o
}

func voiceJSON(vs *VoiceState) obj {
	o := obj{
		"user_id": vs.UserID, "session_id": vs.SessionID, "channel_id": nil, "deaf": vs.Deaf, "mute": vs.Mute,
		"self_deaf": vs.SelfDeaf, "self_mute": vs.SelfMute, "self_video": false, "self_stream": false, "suppress": vs.Suppress,
		"request_to_speak_timestamp": nil,
	}
	if vs.RequestToSpeak != nil {
		o["request_to_speak_timestamp"] = stamp(*vs.RequestToSpeak)
	}
	if vs.ChannelID != "" {
		o["channel_id"] = vs.ChannelID
	}
	return o
}

// voiceEventJSON is a voice state with its guild and member, as events and REST show it.
func (w *World) voiceEventJSON(g *Guild, vs *VoiceState) obj {
	o := voiceJSON(vs)
	o["guild_id"] = g.ID
	if m := g.member(vs.UserID); m != nil {
		o["member"] = w.memberJSON(g, m, true)
	}
	return o
}

// guildJSON is a guild without what only the gateway adds.
func guildJSON(g *Guild) obj {
	roles := make([]obj, 0, len(g.Roles))
	for _, r := range g.Roles {
		roles = append(roles, roleJSON(r))
	}
	return obj{
		"id": g.ID, "name": g.Name, "owner_id": g.OwnerID, "preferred_locale": g.Locale, "roles": roles,
		"icon": nil, "splash": nil, "discovery_splash": nil, "banner": nil, "description": nil,
		"afk_channel_id": nil, "afk_timeout": 300, "widget_enabled": false, "widget_channel_id": nil,
		"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
		"emojis": []obj{}, "stickers": []obj{}, "features": []string{}, "mfa_level": 0, "application_id": nil,
		"system_channel_id": nil, "system_channel_flags": 0, "rules_channel_id": nil, "max_presences": nil,
		"max_members": 500000, "vanity_url_code": nil, "premium_tier": 0, "premium_subscription_count": 0,
		"public_updates_channel_id": nil, "max_video_channel_users": 25, "max_stage_video_channel_users": 50,
		"nsfw_level": 0, "nsfw": false, "premium_progress_bar_enabled": false, "safety_alerts_channel_id": nil,
		"incidents_data": nil, "home_header": nil, "hub_type": nil, "region": "deprecated",
	}
}

// guildCreateJSON is a guild as GUILD_CREATE shows it to a session: members
// are the bot itself and whoever is in voice, all of them only with the
// intents for members and presences.
func (w *World) guildCreateJSON(g *Guild, s *session) obj {
	o := guildJSON(g)
	bot := g.member(s.BotID)
	o["joined_at"], o["large"], o["unavailable"], o["member_count"] = stamp(bot.JoinedAt), s.large(g), false, len(g.Members)
	channels := make([]obj, 0, len(g.Channels))
	for _, c := range g.Channels {
		if g.permissions(s.BotID, c)&PermViewChannel != 0 {
			channels = append(channels, w.channelJSON(c))
		}
	}
	members, states := []obj{}, []obj{}
	all := s.Intents&(IntentGuildMembers|IntentGuildPresences) == IntentGuildMembers|IntentGuildPresences
	for _, m := range g.Members {
		if all || m.UserID == s.BotID || s.Intents&IntentGuildVoiceStates != 0 && g.Voice[m.UserID] != nil {
			members = append(members, w.memberJSON(g, m, true))
		}
		if vs := g.Voice[m.UserID]; vs != nil && s.Intents&IntentGuildVoiceStates != 0 {
			states = append(states, voiceJSON(vs))
		}
	}
	o["channels"], o["members"], o["voice_states"], o["stage_instances"] = channels, members, states, g.stages()
	threads := []obj{}
	for _, c := range g.Threads {
		if g.permissions(s.BotID, c)&PermViewChannel != 0 {
			threads = append(threads, w.channelJSON(c))
		}
	}
	o["threads"] = threads
	for _, k := range []string{"presences", "guild_scheduled_events", "soundboard_sounds"} {
		o[k] = []obj{}
	}
	return o
}

func (w *World) applicationJSON(b *Bot, owner *User) obj {
	o := obj{
		"id": b.ID, "name": b.Name, "icon": nil, "description": "", "type": nil, "summary": "",
		"bot": userJSON(w.st.user(b.ID)), "bot_public": true, "bot_require_code_grant": false,
		"verify_key": strings.Repeat("0", 64), "flags": 0, "flags_new": "0", "hook": true, "tags": []string{},
		"integration_types_config": obj{"0": obj{}}, "redirect_uris": []string{}, "interactions_endpoint_url": nil,
		"role_connections_verification_url": nil, "explicit_content_filter": 0, "team": nil,
		"approximate_guild_count": len(w.st.Guilds), "approximate_user_install_count": 0,
		"approximate_user_authorization_count": 0, "eligible_oauth2_scopes": []string{}, "rpc_origins": []string{},
	}
	if owner != nil {
		o["owner"] = userJSON(owner)
	}
	return o
}
