package discord

import (
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// Complete is what a connection makes of an interaction after one GUILD_CREATE.
func Complete(bot music.BotID, account string, now time.Time, guildCreate, interaction string) (Interaction, error) {
	k := newCache(bot, account)
	if _, err := k.apply(gateway.EventTypeGuildCreate, []byte(guildCreate)); err != nil {
		return Interaction{}, err
	}
	in, err := DecodeInteraction([]byte(interaction))
	if err != nil {
		return Interaction{}, err
	}
	k.complete(&in, now)
	return in, nil
}

// Memory is a connection's cache alone.
type Memory struct{ k *cache }

// NewMemory returns an empty one.
func NewMemory(bot music.BotID, account string) Memory { return Memory{newCache(bot, account)} }

// Apply takes an event in and returns what it says, guild by guild.
func (m Memory) Apply(kind, data string) ([]music.Input, error) {
	facts, err := m.k.apply(gateway.EventType(kind), []byte(data))
	var out []music.Input
	for _, f := range facts {
		out = append(out, music.Input{Guild: music.GuildID(f.guild), Body: f.body})
	}
	return out, err
}

// Load takes a snapshot in.
func (m Memory) Load(s store.GuildSnapshot) error { return m.k.load(s) }

// Unsaved returns the snapshots of what changed.
func (m Memory) Unsaved() ([]store.GuildSnapshot, error) {
	s, _, err := m.k.unsaved()
	return s, err
}

// Voice returns who is in voice in a guild.
func (m Memory) Voice(guild string) []music.VoiceState {
	g := m.k.guilds[guild]
	if g == nil {
		return nil
	}
	return m.k.snapshot(g).States
}

// Complete decodes an interaction and adds what the cache knows.
func (m Memory) Complete(interaction string) (Interaction, error) {
	in, err := DecodeInteraction([]byte(interaction))
	if err != nil {
		return Interaction{}, err
	}
	m.k.complete(&in, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	return in, nil
}

// Everything returns all guilds, encoded, by their ids.
func (m Memory) Everything() ([]string, error) {
	for id := range m.k.guilds {
		m.k.touch(id)
	}
	list, err := m.Unsaved()
	var out []string
	for _, s := range list {
		if len(s.Data) > 0 {
			out = append(out, string(s.Data))
		}
	}
	return out, err
}

// NewLimiter is the rate limiter of a REST client alone.
func NewLimiter(clock clockwork.Clock) rest.RateLimiter { return newLimiter(clock) }
