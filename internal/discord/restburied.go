package discord

import (
	"context"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"

	"github.com/atrilhq/platform/internal/core/music"
)

// MessagesAfter counts the messages of a channel that came after another one, up
// to a limit of 100. Where the bot may not read the history it is 0
// (https://discord.com/developers/docs/resources/message#get-channel-messages).
// It returns Denied for a channel that the bot does not see.
func (r *REST) MessagesAfter(ctx context.Context, channel music.ChannelID, message string, limit int) (int, error) {
	q := r.request("discord.MessagesAfter")
	if limit < 1 || limit > 100 {
		q.refuse("at most 100 messages can be counted at once")
	}
	query := discord.QueryValues{"after": q.id(message), "limit": limit}
	var out []sent
	err := q.send(ctx, again, rest.GetMessages.Compile(query, q.id(string(channel))), nil, &out)
	return len(out), err
}
