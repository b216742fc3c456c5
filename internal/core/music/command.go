package music

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

// ActionName returns the name of an action, as commands and metrics write it.
func ActionName(a Action) string {
	if a == nil {
		return ""
	}
	return a.action()
}
