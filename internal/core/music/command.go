package music

import "time"

// Command is a wish of a person. It may be refused.
type Command struct {
	Actor Actor   `json:"actor"`
	Reply ReplyTo `json:"reply,omitzero"`
	// Bot is set where the person pointed at a player, as a panel's button
	// does; Play is what that panel showed.
	Bot  BotID  `json:"bot,omitempty"`
	Play PlayID `json:"play,omitempty"`
	// Do is what is wished for.
	Do Action `json:"-"`
}

// Action is what a command wishes for.
type Action interface{ action() string }

type (
	// Enqueue asks for a track, or for all of a playlist.
	Enqueue struct {
		// Query is what was typed, as it was typed.
		Query string `json:"query"`
		// Next puts it before everything that waits.
		Next bool `json:"next,omitempty"`
	}
	// Pause holds the play where it is.
	Pause struct{}
	// Resume goes on with what was paused or halted.
	Resume struct{}
	// Skip ends the play and starts the next track.
	Skip struct{}
	// Stop ends the play and empties the queue; the bot stays.
	Stop struct{}
	// Leave stops and leaves the voice channel.
	Leave struct{}
	// Join brings a bot into the actor's voice channel.
	Join struct{}
	// ShowQueue asks what waits; Page counts from 1.
	ShowQueue struct {
		Page int `json:"page,omitempty"`
	}
	// ShowNowPlaying asks what sounds.
	ShowNowPlaying struct{}
	// SetVolume sets the player's volume in percent; without a value it asks for it.
	SetVolume struct {
		Percent *int `json:"percent,omitempty"`
	}
	// SkipTo ends the play and goes on with a place of the queue, named by its
	// position, from 1, or by its slot. What stood before it is removed, or put
	// at the end while the queue loops.
	SkipTo struct {
		Position int    `json:"position,omitempty"`
		Slot     SlotID `json:"slot,omitempty"`
	}
	// Previous plays what played before; what plays now comes after it.
	Previous struct{}
	// Seek goes to a position of the play.
	Seek struct {
		To time.Duration `json:"to_ns"`
	}
	// SeekBy goes forward in the play, or back where By is below 0.
	SeekBy struct {
		By time.Duration `json:"by_ns"`
	}
	// Replay starts the play again from its beginning.
	Replay struct{}
	// Remove takes places out of the queue: those from position From to To,
	// the one of a slot, all that stand there a second time, or a member's.
	// Exactly one of them is set; To is From where it is 0.
	Remove struct {
		From       int    `json:"from,omitempty"`
		To         int    `json:"to,omitempty"`
		Slot       SlotID `json:"slot,omitempty"`
		Duplicates bool   `json:"duplicates,omitempty"`
		By         UserID `json:"by,omitempty"`
	}
	// Move puts the place at one position of the queue to another.
	Move struct {
		From int `json:"from"`
		To   int `json:"to"`
	}
	// Swap exchanges two places of the queue.
	Swap struct {
		A int `json:"a"`
		B int `json:"b"`
	}
	// Shuffle mixes what waits.
	Shuffle struct{}
	// Clear empties the queue; what plays goes on.
	Clear struct{}
	// SetLoop says what is played again; without a mode it asks for it.
	SetLoop struct {
		Mode LoopMode `json:"mode,omitempty"`
	}
	// ShowHistory asks what was played; Page counts from 1.
	ShowHistory struct {
		Page int `json:"page,omitempty"`
	}
	// Grab asks for what sounds to be sent to the actor alone.
	Grab struct{}
	// Search asks what can be found. It changes nothing: it is admitted where
	// it is born and answered there.
	Search struct {
		Query string `json:"query"`
	}
	// ShowBots asks which bots of the pool are here and what they do. Pool
	// names all of them, in order of preference.
	ShowBots struct {
		Pool []BotID `json:"pool,omitempty"`
	}
	// ShowSettings asks for the guild's settings.
	ShowSettings struct{}
	// ChangeSettings changes the settings that are set in it.
	ChangeSettings struct {
		Change SettingsChange `json:"change"`
	}
)

func (Enqueue) action() string        { return "play" }
func (Pause) action() string          { return "pause" }
func (Resume) action() string         { return "resume" }
func (Skip) action() string           { return "skip" }
func (Stop) action() string           { return "stop" }
func (Leave) action() string          { return "leave" }
func (Join) action() string           { return "join" }
func (ShowQueue) action() string      { return "queue" }
func (ShowNowPlaying) action() string { return "nowplaying" }
func (SetVolume) action() string      { return "volume" }
func (SkipTo) action() string         { return "skipto" }
func (Previous) action() string       { return "previous" }
func (Seek) action() string           { return "seek" }
func (SeekBy) action() string         { return "seek_by" }
func (Replay) action() string         { return "replay" }
func (Remove) action() string         { return "remove" }
func (Move) action() string           { return "move" }
func (Swap) action() string           { return "swap" }
func (Shuffle) action() string        { return "shuffle" }
func (Clear) action() string          { return "clear" }
func (SetLoop) action() string        { return "loop" }
func (ShowHistory) action() string    { return "history" }
func (Grab) action() string           { return "grab" }
func (Search) action() string         { return "search" }
func (ShowBots) action() string       { return "bots" }
func (ShowSettings) action() string   { return "settings" }
func (ChangeSettings) action() string { return "settings_change" }

// LoopMode says what is played again when it ends.
type LoopMode string

// The modes. The empty one is the same as LoopOff where a player holds it.
const (
	LoopOff   LoopMode = "off"
	LoopTrack LoopMode = "track"
	LoopQueue LoopMode = "queue"
)

// ActionName returns the name of an action, as commands and metrics write it.
func ActionName(a Action) string {
	if a == nil {
		return ""
	}
	return a.action()
}
