package music

// Actor is a person who speaks to us, with what they may do there.
type Actor struct {
	User UserID `json:"user"`
	// Voice is the voice channel the person is in, empty if none.
	Voice ChannelID `json:"voice,omitempty"`
	// Text is the channel in which the person speaks; panels and notices go there.
	Text ChannelID `json:"text,omitempty"`
	// Parent is the channel whose thread Text is, empty where it is none.
	Parent ChannelID `json:"parent,omitempty"`
	// Roles are the person's roles in the guild.
	Roles []RoleID `json:"roles,omitempty"`
	// Admin is set for a person who may manage the guild.
	Admin bool `json:"admin,omitempty"`
	// Operator is set for a person or a key that runs the platform: no voice
	// channel is asked of it.
	Operator bool `json:"operator,omitempty"`
	// Bots says for each bot of the pool in this guild what it may do in the
	// channel Voice, in the order in which they are preferred.
	Bots []BotAccess `json:"bots,omitempty"`
}

// BotAccess is what a bot may do in the actor's voice channel.
type BotAccess struct {
	Bot     BotID `json:"bot"`
	Connect bool  `json:"connect"`
	Speak   bool  `json:"speak"`
	// Full is true where only the channel's limit keeps the bot out.
	Full bool `json:"full,omitempty"`
}

// ReplyTo is where an answer is owed. The core only carries it.
type ReplyTo struct {
	// Surface names the adapter that can answer; empty means nobody waits.
	Surface string `json:"surface,omitempty"`
	// ID names the question there, once and for all; answers are kept by it.
	ID string `json:"id,omitempty"`
	// Address is what the surface needs to answer. It may hold a secret and is never shown.
	Address string `json:"address,omitempty"`
	// Locale is the language that the person reads, as BCP 47.
	Locale string `json:"locale,omitempty"`
}

// Owed is true where somebody waits for an answer.
func (r ReplyTo) Owed() bool { return r.Surface != "" }
