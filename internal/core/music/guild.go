package music

import (
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// Guild is the aggregate. What is exported is kept in rows; what is not is
// looked up again by whoever loads it.
type Guild struct {
	ID           GuildID           `json:"id"`
	Name         string            `json:"name,omitempty"`
	Settings     Settings          `json:"settings"`
	Entitlements plan.Entitlements `json:"entitlements"`
	// Bots are the accounts of the pool that are in the guild, in order of arrival.
	Bots []BotID `json:"bots,omitempty"`
	// Away are those of them that cannot be reached, since when they could not.
	Away []BotID `json:"away,omitempty"`
	// Players has one for each bot that was used, in the order of their bots' ids.
	Players []*Player `json:"-"`

	// voices is everybody in voice, by user. It comes with snapshots and updates.
	voices []VoiceState
	// unheard is true until a snapshot said who is in voice.
	unheard bool
	// alive is when the predecessor was last known to be alive, while the guild recovers.
	alive time.Time
	// unseen are the bots whose voice has not been looked at since the guild was loaded.
	unseen []BotID
	// unchecked are the players whose node has not been looked at since.
	unchecked []BotID
}

// New returns a guild that nobody has used yet.
func New(id GuildID) Guild {
	return Guild{ID: id, Settings: DefaultSettings(), Entitlements: plan.Default()}
}

// Player is a bot's queue and what it plays. A player that a guild holds is
// never written to.
type Player struct {
	Bot   BotID    `json:"bot"`
	Voice Voice    `json:"voice"`
	Node  NodeName `json:"node,omitempty"`
	// Play is what sounds, or is wanted to.
	Play   *Play `json:"play,omitempty"`
	Paused bool  `json:"paused,omitempty"`
	Volume int   `json:"volume"`
	// Text is the channel for the panel and for notices.
	Text ChannelID `json:"text,omitempty"`
	// Halted is set after too many errors in a row: the queue is kept and
	// nothing starts until somebody asks for it.
	Halted bool `json:"halted,omitempty"`
	// Failures are the times of the errors that came in a row.
	Failures []time.Time `json:"failures,omitempty"`
	// SilentSince is when the next track was due while its slot was pending.
	SilentSince time.Time `json:"silent_since,omitzero"`
	// IdleAt and EmptyAt are when the bot leaves, zero while it has no reason to.
	IdleAt  time.Time `json:"idle_at,omitzero"`
	EmptyAt time.Time `json:"empty_at,omitzero"`
	// AskedAt is when members are told that somebody has to let a bot speak on
	// its stage, zero while it may or once they were told.
	AskedAt time.Time `json:"asked_at,omitzero"`
	// SurplusAt is when a play that may never end leaves, because the plan has no
	// room for its bot any more; zero while it has, or the play ends by itself.
	SurplusAt time.Time `json:"surplus_at,omitzero"`
	// Owed are the answers that wait for the bot to have joined.
	Owed []Owed `json:"owed,omitempty"`
	// LastSkip is the last skip, by which a second one at the same time is known.
	LastSkip SkipMark `json:"last_skip,omitzero"`
	// Unready counts the slots of the queue that are not ready.
	Unready int `json:"unready,omitempty"`
	// Tried are the bots that were asked to join for what the player holds, one
	// after the other, since it was heard last.
	Tried []BotID `json:"tried,omitempty"`
	// Kept is set while the queue waits and the bot is wanted nowhere.
	Kept KeptQueue `json:"kept,omitzero"`
	// Loop says what is played again when it ends.
	Loop LoopMode `json:"loop,omitempty"`
	// Queue is what waits, in order. It is kept in rows of its own.
	Queue []*Slot `json:"-"`
	// History is what was heard here before, the oldest first, at most
	// HistoryLength. It is kept in rows of its own too.
	History []*Slot `json:"-"`
}

// Owed is an answer that is held until the bot has joined.
type Owed struct {
	To     ReplyTo `json:"to"`
	Answer Answer  `json:"answer"`
	// Slot is what the answer speaks of, empty where that is no single track.
	Slot SlotID `json:"slot,omitempty"`
}

// SkipMark says who skipped last, and when.
type SkipMark struct {
	By UserID    `json:"by"`
	At time.Time `json:"at"`
}

// Voice is where a bot's voice is wanted and where it is.
type Voice struct {
	// Want is the channel that the bot is to be in; empty for none.
	Want ChannelID `json:"want,omitempty"`
	// JoinBy is when a join that did not succeed is given up.
	JoinBy time.Time `json:"join_by,omitzero"`
	// Channel is where Discord says that the bot is; Session goes with it.
	Channel ChannelID `json:"channel,omitempty"`
	Session string    `json:"session,omitempty"`
	// Token and Endpoint are of the voice server. Token is a secret.
	Token    string `json:"token,omitempty"`
	Endpoint string `json:"endpoint,omitempty"`
	// Reset is set while the bot has to leave first, because its voice session is dead.
	Reset bool `json:"reset,omitempty"`
	// Resets counts how often that happened since audio was last heard.
	Resets int `json:"resets,omitempty"`
	// Gone is set while a bot that was seen to leave is not known to have been
	// thrown out: what is removed from the guild leaves its channel first.
	Gone bool `json:"gone,omitempty"`
	// Suppressed is true on a stage where the bot may not speak yet.
	Suppressed bool `json:"suppressed,omitempty"`
}

// Ready is true where a node can be given everything it needs to connect.
func (v Voice) Ready() bool {
	return v.Want != "" && v.Channel == v.Want && !v.Reset && v.Session != "" && v.Token != "" && v.Endpoint != ""
}

// Player returns a bot's player, nil if it has none.
func (g *Guild) Player(bot BotID) *Player {
	i, ok := g.find(bot)
	if !ok {
		return nil
	}
	return g.Players[i]
}

func (g *Guild) find(bot BotID) (int, bool) {
	return slices.BinarySearchFunc(g.Players, bot, func(p *Player, b BotID) int {
		switch {
		case p.Bot < b:
			return -1
		case p.Bot > b:
			return 1
		}
		return 0
	})
}

// Recovering is true until voice and nodes have been looked at since the guild
// was loaded; timers are quiet until then.
func (g *Guild) Recovering() bool { return len(g.unseen) > 0 || len(g.unchecked) > 0 }

// Unheard is true from when the guild was loaded until a snapshot said who is
// in voice. Until then nobody is missed.
func (g *Guild) Unheard() bool { return g.unheard }

// Listeners counts the people in a voice channel.
func (g *Guild) Listeners(ch ChannelID) int {
	n := 0
	for i := range g.voices {
		if g.voices[i].Channel == ch && !g.voices[i].Bot {
			n++
		}
	}
	return n
}
