package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"

	"github.com/atrilhq/platform/internal/core/music"
)

// CreateMessage posts in a channel and returns the message's id. The same key
// within a few minutes gives the same message: Discord keeps the nonce that is
// made of it. [DMsClosed] tells where a person takes no direct messages.
func (r *REST) CreateMessage(ctx context.Context, channel music.ChannelID, key string, m discord.MessageCreate) (string, error) {
	q := r.request("discord.CreateMessage")
	to := rest.CreateMessage.Compile(nil, q.id(string(channel)))
	if key == "" {
		q.refuse("a message needs a key, so that it is not posted twice")
	}
	q.message(m)
	m.AllowedMentions, m.Nonce, m.EnforceNonce = nobody(), nonce(key), true
	var out sent
	err := q.send(ctx, again, to, m, &out)
	return out.ID, err
}

// nonce is a key in the 25 characters that Discord allows.
func nonce(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:25]
}

// EditMessage replaces a message of the bot. It returns NotFound where it is
// gone and Quota where it is too old to be edited that often, which [TooOldToEdit]
// tells from other limits.
func (r *REST) EditMessage(ctx context.Context, channel music.ChannelID, message string, m discord.MessageUpdate) error {
	q := r.request("discord.EditMessage")
	to := rest.UpdateMessage.Compile(nil, q.id(string(channel)), q.id(message))
	q.edit(m)
	m.AllowedMentions = nobody()
	return q.send(ctx, again, to, m, &sent{})
}

// DeleteMessage deletes a message. It returns NotFound where it is gone already.
func (r *REST) DeleteMessage(ctx context.Context, channel music.ChannelID, message string) error {
	q := r.request("discord.DeleteMessage")
	return q.send(ctx, again, rest.DeleteMessage.Compile(nil, q.id(string(channel)), q.id(message)), nil, nil)
}

// dmChannels is how many direct channels are remembered.
const dmChannels = 4096

// OpenDM returns the direct channel with a user, which stays the same for ever
// and is remembered. It returns Denied for one who cannot be written to, see
// [DMsClosed].
func (r *REST) OpenDM(ctx context.Context, user music.UserID) (music.ChannelID, error) {
	q := r.request("discord.OpenDM")
	id := q.id(string(user))
	if ch, ok := r.direct.Get(user); ok {
		return ch, nil
	}
	var out sent
	body := plain{discord.DMChannelCreate{RecipientID: id}}
	if err := q.send(ctx, again, rest.CreateDMChannel.Compile(nil), body, &out); err != nil {
		return "", err
	}
	if !isID(out.ID) {
		return "", unreadable(q.op)
	}
	r.direct.Add(user, music.ChannelID(out.ID))
	return music.ChannelID(out.ID), nil
}

// DirectMessage writes to a user and returns where the message is. The same key
// within a few minutes gives the same message. It returns Denied where the
// person takes no direct messages, which [DMsClosed] tells, and what OpenDM and
// CreateMessage return.
func (r *REST) DirectMessage(ctx context.Context, user music.UserID, key string, m discord.MessageCreate) (music.ChannelID, string, error) {
	for try := 0; ; try++ {
		channel, err := r.OpenDM(ctx, user)
		if err != nil {
			return "", "", err
		}
		id, err := r.CreateMessage(ctx, channel, key, m)
		if codeOf(err) == codeUnknownChannel {
			r.direct.Remove(user) // what was remembered is of no use
			if try == 0 {
				continue
			}
		}
		if err != nil {
			return "", "", err
		}
		return channel, id, nil
	}
}
