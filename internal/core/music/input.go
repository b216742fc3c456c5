package music

import (
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// Input is anything that a guild reacts to.
type Input struct {
	// ID names the input once and for all; what the step makes is named after it.
	ID string
	// Guild is whom it concerns.
	Guild GuildID
	// Trace is a W3C traceparent, empty where nobody traces.
	Trace string
	// Body is what happened.
	Body Body
}

// Body is what an input says.
type Body interface{ kind() string }

type (
	// Loaded says that a process took the guild up from its rows. AliveUntil is
	// when its predecessor was last known to be alive. Timers stay quiet until
	// voice and nodes have been looked at again.
	Loaded struct {
		AliveUntil time.Time `json:"alive_until"`
	}
	// Resolved is what became of a pending slot: tracks or a failure.
	Resolved struct {
		Slot   SlotID  `json:"slot"`
		Tracks []Track `json:"tracks,omitempty"`
		// Playlist is its name where the query was one; Total is how many
		// tracks it has, of which Tracks may hold fewer.
		Playlist string `json:"playlist,omitempty"`
		Total    int    `json:"total,omitempty"`
		// Failure is why there are no tracks.
		Failure ResolveFailure `json:"failure,omitempty"`
	}
	// VoiceState says where one account is in voice now; Channel is empty if nowhere.
	VoiceState struct {
		User    UserID    `json:"user"`
		Channel ChannelID `json:"channel,omitempty"`
		// Session is the voice session's id, of bots of the pool only.
		Session string `json:"session,omitempty"`
		// Bot is true for any bot's account: bots are no listeners.
		Bot bool `json:"bot,omitempty"`
		// Suppressed is true where the account may listen only.
		Suppressed bool `json:"suppressed,omitempty"`
	}
	// VoiceServer says which voice server a bot is to use. An empty Endpoint
	// means that it is being moved and another update follows.
	VoiceServer struct {
		Bot      BotID  `json:"bot"`
		Token    string `json:"token"`
		Endpoint string `json:"endpoint,omitempty"`
	}
	// VoiceSnapshot is everybody in voice, as seen by one bot's connection,
	// after that connection was made or resumed.
	VoiceSnapshot struct {
		Bot    BotID        `json:"bot"`
		States []VoiceState `json:"states,omitempty"`
	}
	// BotPresent says that a bot of the pool is in the guild.
	BotPresent struct {
		Bot BotID `json:"bot"`
		// Name and Owner describe the guild for operators.
		Name string `json:"name,omitempty"`
	}
	// BotRemoved says that a bot was removed from the guild.
	BotRemoved struct {
		Bot BotID `json:"bot"`
	}
	// BotAway says that a bot of the pool cannot be reached, or with Back that
	// it can again. An away bot is not chosen, and its queue goes to another.
	BotAway struct {
		Bot  BotID `json:"bot"`
		Back bool  `json:"back,omitempty"`
		// Gone is true where nobody has its account any more: its queue does not
		// wait for it, and nobody will say where it is in voice.
		Gone bool `json:"gone,omitempty"`
	}
	// ChannelGone says that a channel was deleted.
	ChannelGone struct {
		Channel ChannelID `json:"channel"`
		// Bot is whose connection says so; empty where that is not known. Whether
		// another bot was still in the channel only its own connection can say.
		Bot BotID `json:"bot,omitempty"`
	}
	// Placed says that a player was given a node. An empty Node takes it away.
	Placed struct {
		Bot  BotID    `json:"bot"`
		Node NodeName `json:"node,omitempty"`
	}
	// NodeUp says that a node can be used again.
	NodeUp struct {
		Node NodeName `json:"node"`
	}
	// NodeDown says that a node is lost with what it played.
	NodeDown struct {
		Node NodeName `json:"node"`
	}
	// NodeSnapshot says what a node really has for a player. Play is empty
	// where it plays nothing. Fresh is true where the node cannot know what
	// was played before: its session is new.
	NodeSnapshot struct {
		Bot      BotID         `json:"bot"`
		Node     NodeName      `json:"node,omitempty"`
		Play     PlayID        `json:"play,omitempty"`
		Position time.Duration `json:"position_ns,omitempty"`
		Paused   bool          `json:"paused,omitempty"`
		Fresh    bool          `json:"fresh,omitempty"`
		// Seeks is the last seek that the node has carried out in Play.
		Seeks int `json:"seeks,omitempty"`
	}
	// PlayStarted is the node's word that it took the track; no audio is there yet.
	PlayStarted struct {
		Bot  BotID  `json:"bot"`
		Play PlayID `json:"play"`
	}
	// PlayPosition is where the node is in a play. It is an input for the first
	// position above 0 and when the anchor drifted, not for every update.
	PlayPosition struct {
		Bot      BotID         `json:"bot"`
		Play     PlayID        `json:"play"`
		Position time.Duration `json:"position_ns"`
		// Speed is how fast the position moves, 1 without a timescale filter.
		Speed float64 `json:"speed"`
		// Seeks is the last seek that the node had carried out by then: a
		// position from before a later one says nothing any more.
		Seeks int `json:"seeks,omitempty"`
	}
	// PlayEnded is the node's word that a track ended.
	PlayEnded struct {
		Bot    BotID     `json:"bot"`
		Play   PlayID    `json:"play"`
		Reason EndReason `json:"reason"`
		// Seeks is the last seek that the node had carried out by then.
		Seeks int `json:"seeks,omitempty"`
	}
	// PlayException is the node's word that a track threw. An end follows.
	PlayException struct {
		Bot     BotID  `json:"bot"`
		Play    PlayID `json:"play"`
		Message string `json:"message,omitempty"`
	}
	// PlayStuck is the node's word that a track gives no audio. No end follows.
	PlayStuck struct {
		Bot  BotID  `json:"bot"`
		Play PlayID `json:"play"`
	}
	// VoiceClosed is the node's word that the voice connection ended.
	VoiceClosed struct {
		Bot  BotID `json:"bot"`
		Code int   `json:"code"`
	}
	// EntitlementsChanged carries what the guild may do from now on.
	EntitlementsChanged struct {
		Entitlements plan.Entitlements `json:"entitlements"`
	}
	// Tick says that a deadline of the guild has passed.
	Tick struct{}
)

// ResolveFailure says why a query gave no track.
type ResolveFailure string

// The failures.
const (
	FailureNone     ResolveFailure = ""
	FailureNotFound ResolveFailure = "not_found"
	FailureDenied   ResolveFailure = "address_denied"
	FailureUnknown  ResolveFailure = "url_unsupported"
	FailureLoad     ResolveFailure = "load_failed"
	FailureNoNode   ResolveFailure = "no_node"
)

// EndReason is why a node ended a track, in Lavalink's words.
type EndReason string

// The reasons. Only the first two may start the next track.
const (
	EndFinished   EndReason = "finished"
	EndLoadFailed EndReason = "loadFailed"
	EndStopped    EndReason = "stopped"
	EndReplaced   EndReason = "replaced"
	EndCleanup    EndReason = "cleanup"
)

func (Command) kind() string             { return "command" }
func (Loaded) kind() string              { return "loaded" }
func (Resolved) kind() string            { return "resolved" }
func (VoiceState) kind() string          { return "voice_state" }
func (VoiceServer) kind() string         { return "voice_server" }
func (VoiceSnapshot) kind() string       { return "voice_snapshot" }
func (BotPresent) kind() string          { return "bot_present" }
func (BotRemoved) kind() string          { return "bot_removed" }
func (BotAway) kind() string             { return "bot_away" }
func (ChannelGone) kind() string         { return "channel_gone" }
func (Placed) kind() string              { return "placed" }
func (NodeUp) kind() string              { return "node_up" }
func (NodeDown) kind() string            { return "node_down" }
func (NodeSnapshot) kind() string        { return "node_snapshot" }
func (PlayStarted) kind() string         { return "play_started" }
func (PlayPosition) kind() string        { return "play_position" }
func (PlayEnded) kind() string           { return "play_ended" }
func (PlayException) kind() string       { return "play_exception" }
func (PlayStuck) kind() string           { return "play_stuck" }
func (VoiceClosed) kind() string         { return "voice_closed" }
func (EntitlementsChanged) kind() string { return "entitlements_changed" }
func (Tick) kind() string                { return "tick" }

// Kind returns the name of an input's body, as the bus and metrics write it.
func (in Input) Kind() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.kind()
}
