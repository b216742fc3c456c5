package discord

import (
	"errors"
	"fmt"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/fault"
)

// verdict is what follows from the end of a socket.
type verdict struct {
	why string
	// fatal ends the connection for good.
	fatal error
	// forget drops the session: there is nothing left to resume.
	forget bool
	// quick skips the pause before the next dial, wait is a pause of its own.
	quick bool
	wait  time.Duration
	// drain waits for the queue first.
	drain bool
	// opened is true where READY or RESUMED came, lived how long ago that was.
	opened bool
	lived  time.Duration
}

// verdictOf reads the end of a socket. Discord's close codes are at
// https://discord.com/developers/docs/topics/opcodes-and-status-codes.
func verdictOf(err error) verdict {
	var ce *websocket.CloseError
	if !errors.As(err, &ce) {
		return verdict{why: "the connection was cut"}
	}
	v := verdict{why: fmt.Sprintf("Discord closed the connection with code %d", ce.Code)}
	const op = "discord.Run"
	switch ce.Code {
	case gateway.CloseEventCodeInvalidSeq.Code, gateway.CloseEventCodeSessionTimed.Code:
		v.forget = true
	case gateway.CloseEventCodeAuthenticationFailed.Code:
		v.fatal = invalidToken(op, err)
	case gateway.CloseEventCodeInvalidShard.Code:
		v.fatal = fault.Wrap(err, fault.Invalid, op, "Discord refuses the shard number").
			WithHint("check the number of shards in the configuration")
	case gateway.CloseEventCodeShardingRequired.Code:
		v.fatal = fault.Wrap(err, fault.Invalid, op, "the bot is in too many guilds for this number of shards").
			WithHint("raise the number of shards in the configuration")
	case gateway.CloseEventCodeInvalidAPIVersion.Code:
		v.fatal = fault.Wrap(err, fault.Invalid, op, "Discord no longer speaks this version of its gateway").
			WithHint("update the platform")
	case gateway.CloseEventCodeInvalidIntent.Code:
		v.fatal = fault.Wrap(err, fault.Invalid, op, "Discord does not know the intents that were asked for")
	case gateway.CloseEventCodeDisallowedIntent.Code:
		v.fatal = fault.Wrap(err, fault.Invalid, op, "the bot may not have the privileged intents that were asked for").
			WithHint("enable them on the Bot page of the application in Discord's developer portal")
	default:
	}
	return v
}

// invalidToken is the one answer to a token that Discord does not know.
func invalidToken(op string, cause error) error {
	return fault.Wrap(cause, fault.Unauthenticated, op, "the bot token is not valid").
		WithHint("copy the token again from the Bot page of the application in Discord's developer portal")
}
