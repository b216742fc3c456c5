package discord

import (
	"slices"
	"time"
)

// Channel types of Discord that this World has.
const (
	ChannelText  = 0
	ChannelVoice = 2
	// ChannelThread is a public thread of a text channel.
	ChannelThread = 11
	ChannelStage  = 13
)

// User is an account, of a person or of a bot.
type User struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Locale string `json:"locale"`
	Bot    bool   `json:"bot,omitempty"`
	// NoDMs is true for a person who takes no direct messages.
	NoDMs bool `json:"no_dms,omitempty"`
}

// Bot is an application and its account; both have the same id.
type Bot struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	Token             string `json:"token"`
	PrivilegedIntents int    `json:"privileged_intents,omitempty"`
	// Permissions are those that the bot is invited with.
	Permissions uint64      `json:"permissions,omitempty"`
	Identifies  []time.Time `json:"identifies,omitempty"`
	// Buckets holds the last IDENTIFY of each concurrency bucket.
	Buckets map[int]time.Time `json:"buckets,omitempty"`
}

// Role is a role of a guild. The one with the guild's id is @everyone.
type Role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions uint64 `json:"permissions"`
	Position    int    `json:"position"`
	BotID       string `json:"bot_id,omitempty"`
}

// Overwrite changes the permissions of a role (Type 0) or of a member (Type 1)
// in one channel.
type Overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"`
	Allow uint64 `json:"allow"`
	Deny  uint64 `json:"deny"`
}

// Channel is a text or a voice channel of a guild, or a thread of one.
type Channel struct {
	ID         string      `json:"id"`
	GuildID    string      `json:"guild_id"`
	Type       int         `json:"type"`
	Name       string      `json:"name"`
	Position   int         `json:"position"`
	UserLimit  int         `json:"user_limit,omitempty"`
	Status     string      `json:"status,omitempty"`
	Overwrites []Overwrite `json:"overwrites,omitempty"`
	// Stage is what goes on in a stage channel; nil while nobody opened it.
	Stage *StageInstance `json:"stage,omitempty"`
	// Parent is the channel that a thread belongs to.
	Parent string `json:"parent,omitempty"`
	// Created and Owner are of a thread.
	Created time.Time `json:"created,omitzero"`
	Owner   string    `json:"owner,omitempty"`
	// From is the channel whose people were moved onto a stage.
	From string `json:"from,omitempty"`
}

// StageInstance is a stage that is live.
type StageInstance struct {
	ID    string `json:"id"`
	Topic string `json:"topic"`
}

// Member is a user in a guild.
type Member struct {
	UserID   string    `json:"user_id"`
	Roles    []string  `json:"roles"`
	JoinedAt time.Time `json:"joined_at"`
}

// VoiceState says in which voice channel a user is, and how.
type VoiceState struct {
	GuildID   string `json:"guild_id"`
	ChannelID string `json:"channel_id"`
	UserID    string `json:"user_id"`
	SessionID string `json:"session_id"`
	Deaf      bool   `json:"deaf,omitempty"`
	Mute      bool   `json:"mute,omitempty"`
	SelfDeaf  bool   `json:"self_deaf,omitempty"`
	SelfMute  bool   `json:"self_mute,omitempty"`
	// Suppress silences somebody: the audience of a stage, or who may not speak.
	Suppress bool `json:"suppress,omitempty"`
	// RequestToSpeak is when they asked to speak on the stage.
	RequestToSpeak *time.Time `json:"request_to_speak,omitempty"`
}

// voiceServer holds the credentials that a bot was given for one guild. An
// empty endpoint means that the server is being reallocated.
type voiceServer struct {
	Token    string `json:"token"`
	Endpoint string `json:"endpoint"`
}

// Guild is a Discord server.
type Guild struct {
	ID       string                  `json:"id"`
	Name     string                  `json:"name"`
	OwnerID  string                  `json:"owner_id"`
	Locale   string                  `json:"locale"`
	Roles    []*Role                 `json:"roles"`
	Channels []*Channel              `json:"channels"`
	Threads  []*Channel              `json:"threads,omitempty"`
	Members  []*Member               `json:"members"`
	Voice    map[string]*VoiceState  `json:"voice"`
	Servers  map[string]*voiceServer `json:"servers"`
	// Unavailable is an outage: bots hear nothing of the guild.
	Unavailable bool `json:"unavailable,omitempty"`
}

// state is everything that survives a restart of the simulator.
type state struct {
	Version       int        `json:"version"`
	LastID        uint64     `json:"last_id"`
	Users         []*User    `json:"users"`
	Bots          []*Bot     `json:"bots"`
	Guilds        []*Guild   `json:"guilds"`
	Commands      []*Command `json:"commands"`
	CommandWrites int        `json:"command_writes"`
	// Creates counts today's new commands by application and guild.
	Creates      map[string]*dayCount  `json:"creates,omitempty"`
	Messages     map[string][]*Message `json:"messages"`
	Interactions []*interaction        `json:"interactions"`
	Sessions     []*session            `json:"sessions"`
	// First is the guilds as at first, for Reset.
	First []*Guild `json:"first"`
	// DMs are the direct channels.
	DMs []*DM `json:"dms,omitempty"`
}

func (s *state) user(id string) *User {
	for _, u := range s.Users {
		if u.ID == id {
			return u
		}
	}
	return nil
}

func (s *state) bot(id string) *Bot {
	for _, b := range s.Bots {
		if b.ID == id {
			return b
		}
	}
	return nil
}

func (s *state) guild(id string) *Guild {
	for _, g := range s.Guilds {
		if g.ID == id {
			return g
		}
	}
	return nil
}

func (s *state) channel(id string) (*Guild, *Channel) {
	for _, g := range s.Guilds {
		if c := g.channel(id); c != nil {
			return g, c
		}
	}
	if d := s.dm(id); d != nil {
		return d.place()
	}
	return nil, nil
}

func (g *Guild) channel(id string) *Channel {
	for _, c := range g.places() {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// places are the channels and threads of a guild.
func (g *Guild) places() []*Channel {
	if len(g.Threads) == 0 {
		return g.Channels
	}
	return slices.Concat(g.Channels, g.Threads)
}

func (g *Guild) member(user string) *Member {
	for _, m := range g.Members {
		if m.UserID == user {
			return m
		}
	}
	return nil
}

func (g *Guild) role(id string) *Role {
	for _, r := range g.Roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}
