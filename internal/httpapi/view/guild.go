package view

import "time"

// Guild is a server that a bot of the pool is in.
type Guild struct {
	ID      string      `json:"id" doc:"Id of the guild."`
	Name    string      `json:"name,omitempty" doc:"Name of the guild."`
	Plan    string      `json:"plan,omitempty" doc:"Plan that it is on."`
	Updated time.Time   `json:"updated_at,omitzero" doc:"When something of it was last written."`
	Bots    []GuildBot  `json:"bots,omitempty" doc:"The pool as this guild sees it; only where one guild was asked for."`
	Limits  *PlanLimits `json:"limits,omitempty" doc:"What its plan allows; only where one guild was asked for."`
}

// GuildBot is a bot of the pool as a guild sees it.
type GuildBot struct {
	ID      string `json:"id" doc:"Id of the bot."`
	Name    string `json:"name,omitempty" doc:"Name in the configuration."`
	Present bool   `json:"present" doc:"True where it is a member of the guild."`
	Away    bool   `json:"away,omitempty" doc:"True where it cannot be reached now."`
	State   string `json:"state,omitempty" enum:"idle,joining,loading,playing,paused,halted,waiting,kept" doc:"What its player does; absent where it has none."`
	Channel string `json:"channel,omitempty" doc:"Id of the voice channel."`
	// ChannelName is shown where it is known.
	ChannelName string `json:"channel_name,omitempty" doc:"Name of the voice channel."`
}

// PlanLimits is what a plan allows.
type PlanLimits struct {
	Bots        int `json:"bots" doc:"How many bots may play at once."`
	QueueLength int `json:"queue_length" doc:"How many tracks a queue may hold."`
	MaxVolume   int `json:"max_volume" doc:"The highest volume, in percent."`
}

// GuildPage is a part of the guilds.
type GuildPage struct {
	Items      []Guild `json:"items" nullable:"false" doc:"Guilds, by id."`
	NextCursor string  `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last."`
}

// Settings is what is decided for a guild.
type Settings struct {
	Guild     string        `json:"guild" doc:"Id of the guild."`
	GuildName string        `json:"guild_name,omitempty" doc:"Name of the guild."`
	Volume    int           `json:"volume" doc:"What a new player starts with, in percent."`
	IdleMS    int64         `json:"idle_ms" doc:"How long a bot stays without anything to play, in milliseconds."`
	EmptyMS   int64         `json:"empty_ms" doc:"How long a bot plays to nobody before it leaves, in milliseconds."`
	Announce  string        `json:"announce,omitempty" doc:"Id of the text channel for panels and notices; absent where they go to where a member spoke."`
	Language  string        `json:"language,omitempty" doc:"Language that everybody reads; absent where each reads their own."`
	Elsewhere string        `json:"elsewhere" enum:"everyone,nobody" doc:"Who may use channels without a rule."`
	Rules     []ChannelRule `json:"rules" nullable:"false" doc:"Who may use a channel."`
}

// ChannelRule says who may use a channel.
type ChannelRule struct {
	Channel string   `json:"channel" minLength:"1" maxLength:"64" doc:"Id of the channel."`
	Use     string   `json:"use" enum:"everyone,roles,nobody,default" doc:"Who may use it; default takes the rule away."`
	Roles   []string `json:"roles,omitempty" maxItems:"25" doc:"Ids of roles, for use roles."`
}

// SettingsPatch changes what is in it and leaves the rest.
type SettingsPatch struct {
	Volume    *int          `json:"volume,omitempty" doc:"In percent."`
	IdleMS    *int64        `json:"idle_ms,omitempty" minimum:"0" maximum:"86400000000" doc:"In milliseconds."`
	EmptyMS   *int64        `json:"empty_ms,omitempty" minimum:"0" maximum:"86400000000" doc:"In milliseconds."`
	Announce  *string       `json:"announce,omitempty" maxLength:"64" doc:"Id of a text channel; empty takes it away."`
	Language  *string       `json:"language,omitempty" maxLength:"35" doc:"A language; empty takes it away."`
	Elsewhere *string       `json:"elsewhere,omitempty" enum:"everyone,nobody" doc:"Who may use channels without a rule."`
	Rule      *ChannelRule  `json:"rule,omitempty" doc:"The rule of one channel."`
	Rules     []ChannelRule `json:"rules,omitempty" maxItems:"100" doc:"Rules of channels, after rule; all of them are set or none."`
	Reset     bool          `json:"reset,omitempty" doc:"Goes back to the defaults before the rest is applied."`
}

// Acted is what came of an order to a player.
type Acted struct {
	Guild string `json:"guild" doc:"Id of the guild."`
	Bot   string `json:"bot" doc:"Id of the bot."`
	// Outcome is the kind of the core's answer.
	Outcome string `json:"outcome" doc:"What happened: paused, resumed, skipped, stopped or left."`
	Track   *Track `json:"track,omitempty" doc:"The track that it happened to."`
	Count   int    `json:"count,omitempty" doc:"How many tracks were removed."`
}
