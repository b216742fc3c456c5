// Package topic is what the roles tell each other over the bus: the names of
// the topics and the form of their messages. What is told on a topic may be
// missed; rows are the truth, and whoever missed something finds it there.
package topic

import (
	"context"
	"encoding/json"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// The topics.
const (
	// Receipts tells gateways which commands are durable. Message: Receipt.
	Receipts = "receipts"
	// Owed tells gateways which answers and notices are owed. Message: the
	// payload of the effect; its key and its kind are the message's.
	Owed = "owed"
	// Events tells whoever wants to know what happened. Message: an envelope;
	// the number of the message is the place in the journal.
	Events = "events"
	// Voice tells gateways where a bot's voice is wanted. Message: VoiceWish.
	Voice = "voice"
	// Panels tells gateways that a player's panel changed. Message: PlayerRef.
	Panels = "panels"
	// Resync asks gateways who is in voice in a guild. The key is the guild.
	Resync = "resync"
	// Taken tells gateways up to where their inputs are durable. Message: TakenUpTo.
	Taken = "taken"
)

// Receipt says which commands are durable.
type Receipt struct {
	// Commands came for the first time, Again had come before.
	Commands []string `json:"commands,omitempty"`
	Again    []string `json:"again,omitempty"`
}

// VoiceWish says where a bot's voice is wanted; an empty channel means nowhere.
type VoiceWish struct {
	Guild   music.GuildID   `json:"guild"`
	Bot     music.BotID     `json:"bot"`
	Channel music.ChannelID `json:"channel,omitempty"`
	Epoch   int64           `json:"epoch"`
}

// PlayerRef names a player.
type PlayerRef struct {
	Guild music.GuildID `json:"guild"`
	Bot   music.BotID   `json:"bot"`
}

// TakenUpTo says that a partition durably took all inputs of a source up to a number.
type TakenUpTo struct {
	Partition  int    `json:"partition"`
	Source     string `json:"source"`
	Generation string `json:"generation"`
	Number     int64  `json:"number"`
}

// Answer is the payload of an owed answer.
type Answer struct {
	To     music.ReplyTo `json:"to"`
	Answer music.Answer  `json:"answer"`
}

// Notice is the payload of an owed notice.
type Notice struct {
	Guild   music.GuildID   `json:"guild"`
	Bot     music.BotID     `json:"bot"`
	Channel music.ChannelID `json:"channel"`
	Answer  music.Answer    `json:"answer"`
}

// Said is a message in the form that its readers want it in. It is written in
// JSON only where it leaves the process.
type Said[T any] struct{ What T }

// Encode implements bus.Value. Errors: Internal.
func (s Said[T]) Encode() ([]byte, error) {
	raw, err := json.Marshal(s.What)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "topic.Tell", "the message cannot be written")
	}
	return raw, nil
}

// Tell publishes a message, which nobody may write to any more. Errors: those of
// the bus; Internal where it has to be written and cannot be.
func Tell[T any](ctx context.Context, b bus.Bus, name, key string, v T) error {
	return b.Publish(ctx, name, bus.Message{Key: key, Value: Said[T]{v}})
}

// Hear reads a message: what Tell was given, or its JSON. Errors: Invalid.
func Hear[T any](m bus.Message) (T, error) {
	if s, ok := m.Value.(Said[T]); ok {
		return s.What, nil
	}
	var v T
	raw, err := m.Bytes()
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fault.Wrap(err, fault.Invalid, "topic.Hear", "the message cannot be read")
	}
	return v, nil
}

// Names of the topics by which gateways ask what a query finds, without
// changing anything: for the choices while a member types and for a menu.
const (
	// Suggest asks. Message: Question.
	Suggest = "suggest"
	// Suggested answers, to everybody; whoever asked knows by the id. Message: Suggestions.
	Suggested = "suggested"
)

// Question asks what words or an address find.
type Question struct {
	ID    string        `json:"id"`
	Guild music.GuildID `json:"guild"`
	Query string        `json:"query"`
	// Limit is how many tracks are wanted at most.
	Limit int `json:"limit"`
}

// Suggestions is what a question found, the best first, without the nodes' handles.
type Suggestions struct {
	ID      string               `json:"id"`
	Tracks  []music.Track        `json:"tracks,omitempty"`
	Failure music.ResolveFailure `json:"failure,omitempty"`
}
