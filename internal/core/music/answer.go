package music

import (
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// AnswerKind says which sentence an answer is.
type AnswerKind string

// The kinds. A surface has words for each, in every language it speaks.
const ( //nolint:dupl // a list of names has the shape of another
	AnswerRefused        AnswerKind = "refused"
	AnswerPlaying        AnswerKind = "playing"      // Track starts now
	AnswerQueued         AnswerKind = "queued"       // Track waits at Position
	AnswerPlaylist       AnswerKind = "playlist"     // Added of Total tracks of Title wait
	AnswerWaitingForNode AnswerKind = "waiting_node" // kept; plays when a node returns
	AnswerPaused         AnswerKind = "paused"       // Track
	AnswerResumed        AnswerKind = "resumed"      // Track
	AnswerSkipped        AnswerKind = "skipped"      // Track was skipped
	AnswerStopped        AnswerKind = "stopped"      // Count tracks were removed
	AnswerLeft           AnswerKind = "left"         // Channel
	AnswerJoined         AnswerKind = "joined"       // Channel
	AnswerVolume         AnswerKind = "volume"       // Volume was set
	AnswerVolumeIs       AnswerKind = "volume_is"    // Volume is
	AnswerQueue          AnswerKind = "queue"        // Queue
	AnswerNowPlaying     AnswerKind = "now_playing"  // Now
	AnswerPlayFailed     AnswerKind = "play_failed"  // notice: Track could not be played
	AnswerHalted         AnswerKind = "halted"       // notice: Count tracks in a row failed
	AnswerLeftIdle       AnswerKind = "left_idle"    // notice: nothing played
	AnswerLeftEmpty      AnswerKind = "left_empty"   // notice: nobody listened
	AnswerDisconnected   AnswerKind = "disconnected" // notice: the bot was disconnected from Channel
	AnswerJoinFailed     AnswerKind = "join_failed"  // notice: Channel could not be joined
	AnswerSkippedTo      AnswerKind = "skipped_to"   // Track plays now, Count were passed over
	AnswerPrevious       AnswerKind = "previous"     // Track plays again
	AnswerSeeked         AnswerKind = "seeked"       // Track goes on at At
	AnswerRewound        AnswerKind = "rewound"      // Track went back to At
	AnswerReplayed       AnswerKind = "replayed"     // Track starts again
	AnswerRemoved        AnswerKind = "removed"      // Count places were removed; Track where it was one
	AnswerMoved          AnswerKind = "moved"        // Track waits at Position
	AnswerSwapped        AnswerKind = "swapped"      // Track waits at Position, Other where it was
	AnswerUnmoved        AnswerKind = "unmoved"      // Track was at Position before
	AnswerShuffled       AnswerKind = "shuffled"     // Count places were mixed
	AnswerCleared        AnswerKind = "cleared"      // Count places were removed
	AnswerLoop           AnswerKind = "loop"         // Loop was set
	AnswerLoopIs         AnswerKind = "loop_is"      // Loop is
	AnswerHistory        AnswerKind = "history"      // History
	AnswerGrab           AnswerKind = "grab"         // Now, to be sent to the member alone
	AnswerBots           AnswerKind = "bots"         // Bots
	AnswerSettings       AnswerKind = "settings"     // Settings
	AnswerSettingsSet    AnswerKind = "settings_set" // Settings were changed to
	AnswerHandedOver     AnswerKind = "handed_over"  // notice: User, a bot, goes on in Channel for another
	AnswerQueueKept      AnswerKind = "queue_kept"   // notice: no bot could go on in Channel, Count tracks are kept
	AnswerSuppressed     AnswerKind = "suppressed"   // notice: on the stage Channel somebody has to let the bot speak
)

// Answer is what a command brought, or a notice. Which fields are set is said
// beside each kind.
type Answer struct {
	Kind     AnswerKind `json:"kind"`
	Refusal  *Refusal   `json:"refusal,omitempty"`
	Track    *Track     `json:"track,omitempty"`
	Title    string     `json:"title,omitempty"`
	Position int        `json:"position,omitempty"` // 1 is the next track
	Count    int        `json:"count,omitempty"`
	Added    int        `json:"added,omitempty"`
	Total    int        `json:"total,omitempty"`
	Limit    int        `json:"limit,omitempty"` // set where the limit cut Added
	Plan     plan.Name  `json:"plan,omitempty"`  // the smallest plan that lifts Limit
	Volume   int        `json:"volume,omitempty"`
	Channel  ChannelID  `json:"channel,omitempty"`
	User     UserID     `json:"user,omitempty"`
	Queue    *QueueView `json:"queue,omitempty"`
	Now      *NowView   `json:"now,omitempty"`
	// Paused is true where the play is held: it goes on somewhere later.
	Paused bool `json:"paused,omitempty"`
	// Other is a second track.
	Other    *Track        `json:"other,omitempty"`
	At       time.Duration `json:"at_ns,omitempty"`
	Loop     LoopMode      `json:"loop,omitempty"`
	History  *HistoryView  `json:"history,omitempty"`
	Bots     *BotsView     `json:"bots,omitempty"`
	Settings *Settings     `json:"settings,omitempty"`
}

// NowView is what sounds on a player.
type NowView struct {
	Bot      BotID         `json:"bot"`
	Channel  ChannelID     `json:"channel,omitempty"`
	Play     PlayID        `json:"play,omitempty"`
	Track    *Track        `json:"track,omitempty"`
	By       UserID        `json:"by,omitempty"`
	Position time.Duration `json:"position_ns,omitempty"`
	Paused   bool          `json:"paused,omitempty"`
	Volume   int           `json:"volume"`
	Waiting  int           `json:"waiting"`
	// NoNode is true where the play waits for a node to return.
	NoNode bool `json:"no_node,omitempty"`
	// Halted is true where too many errors stopped the queue.
	Halted bool `json:"halted,omitempty"`
	// Suppressed is true on a stage where the bot may not speak yet.
	Suppressed bool     `json:"suppressed,omitempty"`
	Loop       LoopMode `json:"loop,omitempty"`
	// Next are the first places that wait, at most UpNext.
	Next []QueueLine `json:"next,omitempty"`
	// Previous is true where something was played before.
	Previous bool `json:"previous,omitempty"`
	// Sounding is true once the play was heard; Anchor is what its position
	// is reckoned from.
	Sounding bool   `json:"sounding,omitempty"`
	Anchor   Anchor `json:"anchor,omitzero"`
}

// UpNext is how many places of the queue a NowView shows.
const UpNext = 5

// QueueView is a page of what waits on a player.
type QueueView struct {
	Now   NowView     `json:"now"`
	Slots []QueueLine `json:"slots,omitempty"`
	Page  int         `json:"page"`
	Pages int         `json:"pages"`
	Total int         `json:"total"`
	// Length is how long everything of known length that waits lasts.
	Length time.Duration `json:"length_ns,omitempty"`
}

// HistoryView is a page of what was played on a player, the latest first.
type HistoryView struct {
	Bot   BotID         `json:"bot"`
	Lines []HistoryLine `json:"lines,omitempty"`
	Page  int           `json:"page"`
	Pages int           `json:"pages"`
	Total int           `json:"total"`
}

// HistoryLine is one track that was played; Position 1 is the latest.
type HistoryLine struct {
	Position int           `json:"position"`
	Title    string        `json:"title"`
	URI      string        `json:"uri,omitempty"`
	Length   time.Duration `json:"length_ns,omitempty"`
	By       UserID        `json:"by"`
	At       time.Time     `json:"at"`
}

// BotsView is the pool as a guild sees it.
type BotsView struct {
	Bots []BotLine `json:"bots"`
	// Limit is how many may play at once, Plan the smallest that allows more.
	Limit int       `json:"limit"`
	Plan  plan.Name `json:"plan,omitempty"`
}

// BotState says what a bot of the pool does in a guild.
type BotState string

// The states of a bot.
const (
	BotPlaying BotState = "playing"
	BotPaused  BotState = "paused"
	BotIn      BotState = "connected" // in a channel, nothing plays
	BotFree    BotState = "free"
	BotOffline BotState = "offline"
	BotMissing BotState = "missing" // not in the guild: it can be invited
)

// BotLine is one bot of the pool.
type BotLine struct {
	Bot     BotID     `json:"bot"`
	State   BotState  `json:"state"`
	Channel ChannelID `json:"channel,omitempty"`
	Track   *Track    `json:"track,omitempty"`
	Waiting int       `json:"waiting,omitempty"`
}

// QueueLine is one place of a queue, as shown.
type QueueLine struct {
	Slot     SlotID        `json:"slot,omitempty"`
	Position int           `json:"position"`
	State    SlotState     `json:"state"`
	Title    string        `json:"title"`
	URI      string        `json:"uri,omitempty"`
	Length   time.Duration `json:"length_ns,omitempty"`
	Stream   bool          `json:"stream,omitempty"`
	By       UserID        `json:"by"`
}
