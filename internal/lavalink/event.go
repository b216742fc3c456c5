package lavalink

import "github.com/atrilhq/platform/internal/core/music"

// Event is something that a link tells its owner. One of Body, Up and Down is set.
type Event struct {
	// Guild is whom Body concerns.
	Guild music.GuildID
	// Body is PlayStarted, PlayPosition, PlayEnded, PlayException, PlayStuck,
	// VoiceClosed or NodeSnapshot.
	Body music.Body
	// Epoch is the one that the play was started or reasserted with, 0 where
	// Body is about no play.
	Epoch int64
	Up    *Up
	Down  *Down
}

// Up says that the session's players can be steered. Snapshots of the players
// that the link knows follow at once.
type Up struct {
	Session string
	// Resumed is true where the session is the one that was there before. If it
	// is false everything has to be played anew, also in guilds of which the
	// link cannot send a snapshot because it never heard of them.
	Resumed bool
	// Steered is true while an older socket still stands: there are no events,
	// only snapshots from polling. Another Up follows when it was resumed.
	Steered bool
}

// Down says that the session's players cannot be steered now. They may well go
// on playing: only an Up that is not resumed says that they are gone.
type Down struct{ Cause error }

// State is what a link can do.
type State string

// The states of a link.
const (
	StateDown     State = "down"
	StateSteering State = "steering" // by REST, while an older socket stands
	StateUp       State = "up"
)
