package view

import "time"

// Heard is a play that was heard and has ended.
type Heard struct {
	ID         string    `json:"id" doc:"Name of the play."`
	Guild      string    `json:"guild" doc:"Id of the guild."`
	Bot        string    `json:"bot" doc:"Id of the bot."`
	BotName    string    `json:"bot_name,omitempty" doc:"Name of the bot."`
	User       string    `json:"user" doc:"Who asked for it."`
	Track      Track     `json:"track" doc:"What sounded."`
	StartedAt  time.Time `json:"started_at" doc:"When it began to sound."`
	EndedAt    time.Time `json:"ended_at" doc:"When it ended."`
	ListenedMS int64     `json:"listened_ms" doc:"For how long it sounded, in milliseconds."`
	Reason     string    `json:"reason" doc:"How it ended."`
	Node       string    `json:"node,omitempty" doc:"Node that played it."`
}

// HeardPage is a part of a guild's plays.
type HeardPage struct {
	Items      []Heard `json:"items" nullable:"false" doc:"Plays, the latest first."`
	NextCursor string  `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last."`
}

// Totals sums up what was heard in a guild.
type Totals struct {
	Guild      string       `json:"guild" doc:"Id of the guild."`
	GuildName  string       `json:"guild_name,omitempty" doc:"Name of the guild."`
	Count      int          `json:"count" doc:"How many plays were heard."`
	ListenedMS int64        `json:"listened_ms" doc:"For how long, in milliseconds."`
	Tracks     []TrackTotal `json:"tracks" nullable:"false" doc:"The ten tracks with the most plays."`
	Users      []UserTotal  `json:"users" nullable:"false" doc:"The ten members who were played the most."`
}

// TrackTotal is how often and how long a track was heard.
type TrackTotal struct {
	Track      Track `json:"track" doc:"The track."`
	Count      int   `json:"count" doc:"How often."`
	ListenedMS int64 `json:"listened_ms" doc:"How long, in milliseconds."`
}

// UserTotal is how much was heard of what a member asked for.
type UserTotal struct {
	User       string `json:"user" doc:"Id of the member."`
	Count      int    `json:"count" doc:"How often."`
	ListenedMS int64  `json:"listened_ms" doc:"How long, in milliseconds."`
}

// Rebuilt says that plays are made anew of the journal.
type Rebuilt struct {
	Done bool `json:"done" doc:"True where all of the journal was read; otherwise it goes on by itself."`
}
