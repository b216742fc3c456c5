package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// nobody is who may be mentioned by what we send.
func nobody() *discord.AllowedMentions {
	return &discord.AllowedMentions{
		Parse: []discord.AllowedMentionType{}, Roles: []snowflake.ID{}, Users: []snowflake.ID{},
	}
}

// tokenLength is far above that of any interaction token, in bytes.
const tokenLength = 1024

// hook checks an interaction's token before it becomes part of an address.
func hook(op string, token secret.Text) (string, error) {
	s := token.Reveal()
	ok := s != "" && len(s) <= tokenLength && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.=~", r))
	})
	if !ok || s == "." || s == ".." {
		return "", fault.New(fault.Invalid, op, "that is not the token of an interaction")
	}
	return s, nil
}

type sent struct {
	ID string `json:"id"`
}

// CreateResponse answers an interaction for the first time, by a message (type
// 4), a promise of one (5), or for a component an edit (7) or a promise of one
// (6). It returns NotFound where more than 3 s have passed, Conflict where the
// interaction was acknowledged before and Invalid for other types.
func (r *REST) CreateResponse(ctx context.Context, interaction string, token secret.Text, response discord.InteractionResponse) error {
	const op = "discord.CreateResponse"
	id, err := idOf(op, interaction)
	if err != nil {
		return err
	}
	t, err := hook(op, token)
	if err != nil {
		return err
	}
	switch response.Type {
	case discord.InteractionResponseTypeCreateMessage, discord.InteractionResponseTypeDeferredCreateMessage,
		discord.InteractionResponseTypeDeferredUpdateMessage, discord.InteractionResponseTypeUpdateMessage:
	default:
		return fault.New(fault.Invalid, op, "that is no way to answer an interaction here")
	}
	switch m := response.Data.(type) {
	case discord.MessageCreate:
		if response.Type == discord.InteractionResponseTypeCreateMessage {
			m.AllowedMentions = nobody()
		}
		response.Data = m
	case discord.MessageUpdate:
		m.AllowedMentions = nobody()
		response.Data = m
	}
	body, err := response.ToBody()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "the answer cannot be encoded")
	}
	return r.do(ctx, op, again, rest.CreateInteractionResponse.Compile(nil, id, t), body, nil)
}

// EditOriginal replaces the first answer to an interaction, a deferred one
// included. It returns NotFound after 15 min and where there was no answer.
func (r *REST) EditOriginal(ctx context.Context, application string, token secret.Text, m discord.MessageUpdate) error {
	const op = "discord.EditOriginal"
	app, err := idOf(op, application)
	if err != nil {
		return err
	}
	t, err := hook(op, token)
	if err != nil {
		return err
	}
	m.AllowedMentions = nobody()
	body, err := m.ToBody()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "the answer cannot be encoded")
	}
	return r.do(ctx, op, again, rest.UpdateInteractionResponse.Compile(nil, app, t), body, &sent{})
}

// DeleteOriginal deletes the first answer to an interaction.
func (r *REST) DeleteOriginal(ctx context.Context, application string, token secret.Text) error {
	const op = "discord.DeleteOriginal"
	app, err := idOf(op, application)
	if err != nil {
		return err
	}
	t, err := hook(op, token)
	if err != nil {
		return err
	}
	return r.do(ctx, op, again, rest.DeleteInteractionResponse.Compile(nil, app, t), nil, nil)
}

// Followup sends another answer to an interaction and returns the message's id.
// Discord keeps no key for these: a request whose fate is not known is not sent
// again, and Unknown is returned.
func (r *REST) Followup(ctx context.Context, application string, token secret.Text, m discord.MessageCreate) (string, error) {
	const op = "discord.Followup"
	app, err := idOf(op, application)
	if err != nil {
		return "", err
	}
	t, err := hook(op, token)
	if err != nil {
		return "", err
	}
	m.AllowedMentions = nobody()
	body, err := m.ToBody()
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, op, "the answer cannot be encoded")
	}
	var out sent
	err = r.do(ctx, op, once, rest.CreateFollowupMessage.Compile(discord.QueryValues{"wait": true}, app, t), body, &out)
	return out.ID, err
}

// CreateMessage posts in a channel and returns the message's id. The same key
// within a few minutes gives the same message: Discord keeps the nonce that is
// made of it.
func (r *REST) CreateMessage(ctx context.Context, channel music.ChannelID, key string, m discord.MessageCreate) (string, error) {
	const op = "discord.CreateMessage"
	id, err := idOf(op, channel)
	if err != nil {
		return "", err
	}
	if key == "" {
		return "", fault.New(fault.Invalid, op, "a message needs a key, so that it is not posted twice")
	}
	m.AllowedMentions, m.Nonce, m.EnforceNonce = nobody(), nonce(key), true
	body, err := m.ToBody()
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, op, "the message cannot be encoded")
	}
	var out sent
	err = r.do(ctx, op, again, rest.CreateMessage.Compile(nil, id), body, &out)
	return out.ID, err
}

// nonce is a key in the 25 characters that Discord allows.
func nonce(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:25]
}

// EditMessage replaces a message of the bot. It returns NotFound where it is
// gone and Quota where it is too old to be edited that often.
func (r *REST) EditMessage(ctx context.Context, channel music.ChannelID, message string, m discord.MessageUpdate) error {
	const op = "discord.EditMessage"
	ch, err := idOf(op, channel)
	if err != nil {
		return err
	}
	id, err := idOf(op, message)
	if err != nil {
		return err
	}
	m.AllowedMentions = nobody()
	body, err := m.ToBody()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "the message cannot be encoded")
	}
	return r.do(ctx, op, again, rest.UpdateMessage.Compile(nil, ch, id), body, &sent{})
}

// DeleteMessage deletes a message. It returns NotFound where it is gone already.
func (r *REST) DeleteMessage(ctx context.Context, channel music.ChannelID, message string) error {
	const op = "discord.DeleteMessage"
	ch, err := idOf(op, channel)
	if err != nil {
		return err
	}
	id, err := idOf(op, message)
	if err != nil {
		return err
	}
	return r.do(ctx, op, again, rest.DeleteMessage.Compile(nil, ch, id), nil, nil)
}

// UserVoiceState asks where a user is in voice in a guild; an empty channel is
// nowhere. It returns NotFound for a guild that the bot is not in.
func (r *REST) UserVoiceState(ctx context.Context, guild music.GuildID, user music.UserID) (music.VoiceState, error) {
	const op = "discord.UserVoiceState"
	g, err := idOf(op, guild)
	if err != nil {
		return music.VoiceState{}, err
	}
	u, err := idOf(op, user)
	if err != nil {
		return music.VoiceState{}, err
	}
	var w wireVoice
	err = r.do(ctx, op, again, rest.GetUserVoiceState.Compile(nil, g, u), nil, &w)
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
