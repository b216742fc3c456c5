package music

import "time"

// RoleID names a role of a guild.
type RoleID string

// Settings is what a guild's admins decide.
type Settings struct {
	// Volume is what a new player starts with, in percent.
	Volume int `json:"volume"`
	// Idle is how long a bot stays without anything to play.
	Idle time.Duration `json:"idle_ns"`
	// Empty is how long a bot plays to nobody before it leaves.
	Empty time.Duration `json:"empty_ns"`
	// Announce is the text channel for panels and notices; where it is empty
	// they go to where the member spoke.
	Announce ChannelID `json:"announce,omitempty"`
	// Language is what everybody reads, as BCP 47; where it is empty each
	// member reads their own, and panels are in the guild's.
	Language string `json:"language,omitempty"`
	// Rules say who may use a text or a voice channel, one for a channel.
	// Admins may use all of them.
	Rules []ChannelRule `json:"rules,omitempty"`
	// Elsewhere is the rule for channels that no rule names: UseEveryone, which
	// the empty value means too, or UseNobody.
	Elsewhere ChannelUse `json:"elsewhere,omitempty"`
}

// ChannelUse says who may use a channel.
type ChannelUse string

// Who may use a channel.
const (
	UseEveryone ChannelUse = "everyone"
	UseRoles    ChannelUse = "roles"
	UseNobody   ChannelUse = "nobody"
)

// ChannelRule says who may use a channel: with UseRoles whoever has one of Roles.
type ChannelRule struct {
	Channel ChannelID  `json:"channel"`
	Use     ChannelUse `json:"use"`
	Roles   []RoleID   `json:"roles,omitempty"`
}

// SettingsChange is a change of settings; what is nil stays.
type SettingsChange struct {
	Volume   *int           `json:"volume,omitempty"`
	Idle     *time.Duration `json:"idle_ns,omitempty"`
	Empty    *time.Duration `json:"empty_ns,omitempty"`
	Announce *ChannelID     `json:"announce,omitempty"` // empty: where the member speaks
	Language *string        `json:"language,omitempty"` // empty: each member's own
	// Rule is set for its channel; one with an empty Use is removed.
	Rule *ChannelRule `json:"rule,omitempty"`
	// Rules are set in the same way, after Rule: all of them or none.
	Rules     []ChannelRule `json:"rules,omitempty"`
	Elsewhere *ChannelUse   `json:"elsewhere,omitempty"`
	// Reset goes back to the defaults before the rest is applied.
	Reset bool `json:"reset,omitempty"`
}

// Bounds of settings.
const (
	MinIdle  = 10 * time.Second
	MaxIdle  = 24 * time.Hour
	MaxRules = 100
	// MaxRoles is how many roles a rule may name.
	MaxRoles = 25
	// HistoryLength is how many tracks a player remembers.
	HistoryLength = 20
)

// Languages are those that a guild can be set to.
func Languages() []string { return []string{"en", "es"} }

// DefaultSettings is what a guild starts with.
func DefaultSettings() Settings {
	return Settings{Volume: 100, Idle: 5 * time.Minute, Empty: 2 * time.Minute}
}
