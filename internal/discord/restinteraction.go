package discord

import (
	"context"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"

	"github.com/atrilhq/platform/internal/secret"
)

// CreateResponse answers an interaction for the first time: by a message (type
// 4) or a promise of one (5), for a component by an edit (7) or a promise of one
// (6), for an autocompletion by choices (8), or by a form to fill in (9). It
// returns NotFound where more than 3 s have passed, Conflict where the
// interaction was acknowledged before, and Invalid for other types, for data of
// another type and for what is beyond Discord's limits.
func (r *REST) CreateResponse(ctx context.Context, interaction string, token secret.Text, response discord.InteractionResponse) error {
	q := r.request("discord.CreateResponse")
	to := rest.CreateInteractionResponse.Compile(nil, q.id(interaction), q.token(token))
	return q.send(ctx, again, to, q.response(response), nil)
}

// response checks an answer, and lets it mention nobody.
func (q *request) response(re discord.InteractionResponse) discord.InteractionResponse {
	fits := false
	switch data := re.Data.(type) {
	case nil:
		fits = re.Type == discord.InteractionResponseTypeDeferredCreateMessage ||
			re.Type == discord.InteractionResponseTypeDeferredUpdateMessage
	case discord.MessageCreate:
		fits = re.Type == discord.InteractionResponseTypeCreateMessage ||
			re.Type == discord.InteractionResponseTypeDeferredCreateMessage
		if re.Type == discord.InteractionResponseTypeCreateMessage {
			q.message(data)
			data.AllowedMentions = nobody()
		}
		re.Data = data
	case discord.MessageUpdate:
		fits = re.Type == discord.InteractionResponseTypeUpdateMessage
		q.edit(data)
		data.AllowedMentions = nobody()
		re.Data = data
	case discord.AutocompleteResult:
		fits = re.Type == discord.InteractionResponseTypeAutocompleteResult
		re.Data = q.choices(data)
	case discord.ModalCreate:
		fits = re.Type == discord.InteractionResponseTypeModal
		q.modal(data)
	}
	if !fits {
		q.refuse("that is no way to answer an interaction here")
	}
	return re
}

// EditOriginal replaces the first answer to an interaction, a deferred one
// included. It returns NotFound after 15 min and where there was no answer.
func (r *REST) EditOriginal(ctx context.Context, application string, token secret.Text, m discord.MessageUpdate) error {
	q := r.request("discord.EditOriginal")
	to := rest.UpdateInteractionResponse.Compile(nil, q.id(application), q.token(token))
	q.edit(m)
	m.AllowedMentions = nobody()
	return q.send(ctx, again, to, m, &sent{})
}

// DeleteOriginal deletes the first answer to an interaction.
func (r *REST) DeleteOriginal(ctx context.Context, application string, token secret.Text) error {
	q := r.request("discord.DeleteOriginal")
	return q.send(ctx, again, rest.DeleteInteractionResponse.Compile(nil, q.id(application), q.token(token)), nil, nil)
}

// Followup sends another answer to an interaction and returns the message's id;
// with the flag for it only the person sees it. Discord keeps no key for these:
// a request whose fate is not known is not sent again, and Unknown is returned.
func (r *REST) Followup(ctx context.Context, application string, token secret.Text, m discord.MessageCreate) (string, error) {
	q := r.request("discord.Followup")
	to := rest.CreateFollowupMessage.Compile(discord.QueryValues{"wait": true}, q.id(application), q.token(token))
	q.message(m)
	m.AllowedMentions = nobody()
	var out sent
	err := q.send(ctx, once, to, m, &out)
	return out.ID, err
}
