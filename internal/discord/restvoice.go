package discord

import (
	"context"
	"time"

	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/core/music"
)

// UserVoiceState asks where a user is in voice in a guild; an empty channel is
// nowhere. It returns NotFound for a guild that the bot is not in.
func (r *REST) UserVoiceState(ctx context.Context, guild music.GuildID, user music.UserID) (music.VoiceState, error) {
	q := r.request("discord.UserVoiceState")
	var w wireVoice
	err := q.send(ctx, again, rest.GetUserVoiceState.Compile(nil, q.id(string(guild)), q.id(string(user))), nil, &w)
	if codeOf(err) == codeUnknownVoiceState {
		return music.VoiceState{User: user}, nil
	}
	if err != nil {
		return music.VoiceState{}, err
	}
	v := music.VoiceState{User: user, Channel: music.ChannelID(text(w.ChannelID)), Suppressed: w.Suppress}
	if w.Member != nil && w.Member.User != nil {
		v.Bot = w.Member.User.Bot
	}
	return v, nil
}

// Unsuppress lets the bot speak on a stage that it is on. It needs MUTE_MEMBERS
// there and returns Denied without
// (https://discord.com/developers/docs/resources/voice#modify-current-user-voice-state).
func (r *REST) Unsuppress(ctx context.Context, guild music.GuildID, channel music.ChannelID) error {
	q := r.request("discord.Unsuppress")
	to := rest.UpdateCurrentUserVoiceState.Compile(nil, q.id(string(guild)))
	no := false
	return q.send(ctx, again, to, plain{ownVoice{Channel: q.id(string(channel)), Suppress: &no}}, nil)
}

// AskToSpeak raises the bot's hand on a stage that it is on; somebody there has
// to invite it. It needs REQUEST_TO_SPEAK and returns Denied without.
func (r *REST) AskToSpeak(ctx context.Context, guild music.GuildID, channel music.ChannelID) error {
	q := r.request("discord.AskToSpeak")
	to := rest.UpdateCurrentUserVoiceState.Compile(nil, q.id(string(guild)))
	at := r.clock.Now().Add(handLead).UTC()
	return q.send(ctx, again, to, plain{ownVoice{Channel: q.id(string(channel)), Asked: &at}}, nil)
}

// ownVoice changes the bot's voice state on a stage.
type ownVoice struct {
	Channel  snowflake.ID `json:"channel_id"`
	Suppress *bool        `json:"suppress,omitempty"`
	Asked    *time.Time   `json:"request_to_speak_timestamp,omitempty"`
}

// handLead is how far ahead a request to speak is dated: Discord refuses a time
// that is over, and our clock may be behind its.
const handLead = 5 * time.Second
