package music

import (
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// AnswerKind says which sentence an answer is.
type AnswerKind string

// The kinds. A surface has words for each, in every language it speaks.
const (
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
}

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

// QueueLine is one place of a queue, as shown.
type QueueLine struct {
	Position int           `json:"position"`
	State    SlotState     `json:"state"`
	Title    string        `json:"title"`
	URI      string        `json:"uri,omitempty"`
	Length   time.Duration `json:"length_ns,omitempty"`
	By       UserID        `json:"by"`
}
