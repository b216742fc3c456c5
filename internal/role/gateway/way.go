package gateway

import (
	"strings"

	dis "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/secret"
)

// way is how an interaction is answered. It is part of an answer's address,
// because whoever gives the answer may be another process than the one that
// heard the question.
type way string

const (
	// wayCommand answers by a message that says itself who sees it.
	wayCommand way = ""
	// wayReply answers by a message for the member alone.
	wayReply way = "reply"
	// wayPanel says nothing but a refusal: the panel shows what came of it.
	wayPanel way = "panel"
	// wayUpdate replaces the message of the component; a refusal does not.
	wayUpdate way = "update"
	// wayPick replaces the message of the component, by a refusal too.
	wayPick way = "pick"
)

// wayOf is how what a component brought is answered.
func wayOf(k command.Kind) way {
	switch k {
	case command.KindUpdate:
		return wayUpdate
	case command.KindPick, command.KindCancel:
		return wayPick
	case command.KindReply:
		return wayReply
	case command.KindPanel, command.KindModal:
	}
	return wayPanel
}

// target is where an answer goes, and how.
type target struct {
	id, app string
	token   secret.Text
	way     way
	// user is who asked, for what is sent to them directly.
	user music.UserID
}

func targetOf(i discord.Interaction, w way) target {
	return target{id: i.ID, app: i.Application, token: i.Token, way: w, user: i.Actor.User}
}

// address is what is needed to answer, by whoever does. Tokens have no slash.
func (t target) address() string {
	return strings.Join([]string{t.app, t.token.Reveal(), string(t.way), string(t.user)}, "/")
}

// parseTarget reads what address wrote. An address without a way is of an
// earlier version, which knew commands only.
func parseTarget(to music.ReplyTo) (t target, ok bool) {
	parts := strings.Split(to.Address, "/")
	if len(parts) == 2 {
		parts = append(parts, "", "")
	}
	if len(parts) != 4 || parts[0] == "" || parts[1] == "" {
		return target{}, false
	}
	t = target{id: to.ID, app: parts[0], token: secret.New(parts[1]), way: way(parts[2]), user: music.UserID(parts[3])}
	switch t.way {
	case wayCommand, wayReply, wayPanel, wayUpdate, wayPick:
		return t, true
	}
	return target{}, false
}

// private is true where the answer is for the member alone whatever it is.
func (w way) private(refused bool) bool {
	return w == wayReply || refused && (w == wayPanel || w == wayUpdate)
}

// first is the answer to an interaction that has none yet.
func (w way) first(m render.Message, refused bool) dis.InteractionResponse {
	switch {
	case w == wayPanel && !refused:
		return dis.InteractionResponse{Type: dis.InteractionResponseTypeDeferredUpdateMessage}
	case w == wayPick, w == wayUpdate && !refused:
		return dis.InteractionResponse{Type: dis.InteractionResponseTypeUpdateMessage, Data: m.Update()}
	}
	m.Ephemeral = m.Ephemeral || w.private(refused)
	return dis.InteractionResponse{Type: dis.InteractionResponseTypeCreateMessage, Data: m.Create()}
}

// promise acknowledges an interaction whose answer comes later.
func (w way) promise() dis.InteractionResponse {
	switch w {
	case wayPanel, wayUpdate, wayPick:
		return dis.InteractionResponse{Type: dis.InteractionResponseTypeDeferredUpdateMessage}
	case wayReply:
		return dis.InteractionResponse{
			Type: dis.InteractionResponseTypeDeferredCreateMessage, Data: dis.MessageCreate{Flags: dis.MessageFlagEphemeral},
		}
	case wayCommand:
	}
	return dis.InteractionResponse{Type: dis.InteractionResponseTypeDeferredCreateMessage}
}
