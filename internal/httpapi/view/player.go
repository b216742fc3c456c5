package view

import "time"

// Track is something that can be played.
type Track struct {
	Identifier string `json:"identifier" doc:"Name of the track at its source."`
	Title      string `json:"title" doc:"Title."`
	Author     string `json:"author" doc:"Who made it."`
	Source     string `json:"source" doc:"Where it comes from."`
	URI        string `json:"uri,omitempty" doc:"Address of the track."`
	Artwork    string `json:"artwork,omitempty" doc:"Address of a picture."`
	ISRC       string `json:"isrc,omitempty" doc:"International recording code."`
	LengthMS   int64  `json:"length_ms,omitempty" doc:"Length in milliseconds; absent where it is unknown or endless."`
	Stream     bool   `json:"stream,omitempty" doc:"True for what has no end."`
}

// Play is one sounding of a track.
type Play struct {
	ID         string    `json:"id" doc:"Name of this sounding."`
	Slot       string    `json:"slot" doc:"Name of the place in the queue that it came from."`
	Phase      string    `json:"phase" enum:"wanted,started,sounding" doc:"How far it has come."`
	By         string    `json:"by" doc:"Who asked for it."`
	Since      time.Time `json:"since" doc:"When it was taken from the queue."`
	PositionMS int64     `json:"position_ms" doc:"Where it is now, in milliseconds."`
	Track      Track     `json:"track" doc:"What sounds."`
}

// Player is a bot's queue in a guild and what it plays.
type Player struct {
	Guild       string    `json:"guild" doc:"Id of the guild."`
	GuildName   string    `json:"guild_name,omitempty" doc:"Name of the guild."`
	Bot         string    `json:"bot" doc:"Id of the bot."`
	BotName     string    `json:"bot_name,omitempty" doc:"Name of the bot."`
	State       string    `json:"state" enum:"idle,joining,loading,playing,paused,halted,waiting,kept" doc:"What it does."`
	Node        string    `json:"node,omitempty" doc:"Node that plays."`
	Channel     string    `json:"channel,omitempty" doc:"Id of the voice channel."`
	TextChannel string    `json:"text_channel,omitempty" doc:"Id of the channel for notices."`
	Listeners   int       `json:"listeners" doc:"People who hear it."`
	Volume      int       `json:"volume" doc:"Volume in percent."`
	Play        *Play     `json:"play,omitempty" doc:"What sounds, or is wanted to."`
	Queue       int       `json:"queue_length" doc:"How many tracks wait."`
	IdleAt      time.Time `json:"idle_at,omitzero" doc:"When the bot leaves because there is nothing to play."`
	EmptyAt     time.Time `json:"empty_at,omitzero" doc:"When the bot leaves because nobody listens."`
}

// PlayerPage is a part of the players.
type PlayerPage struct {
	Items      []Player `json:"items" nullable:"false" doc:"Players, by guild and bot."`
	NextCursor string   `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last."`
}

// QueueItem is one place in a queue.
type QueueItem struct {
	Position int       `json:"position" doc:"Place in the queue; 1 is next."`
	Slot     string    `json:"slot" doc:"Name of the place."`
	State    string    `json:"state" enum:"pending,waiting,ready" doc:"What is known of it."`
	Query    string    `json:"query,omitempty" doc:"What was asked for, while the track is not known."`
	Track    *Track    `json:"track,omitempty" doc:"What will be played."`
	By       string    `json:"by" doc:"Who asked for it."`
	At       time.Time `json:"at" doc:"When."`
}

// QueuePage is a part of a queue.
type QueuePage struct {
	Guild      string      `json:"guild" doc:"Id of the guild."`
	Bot        string      `json:"bot" doc:"Id of the bot."`
	Total      int         `json:"total" doc:"How many tracks wait."`
	LengthMS   int64       `json:"length_ms" doc:"How long they are together, as far as it is known."`
	Items      []QueueItem `json:"items" nullable:"false" doc:"Places, in order."`
	NextCursor string      `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last."`
}
