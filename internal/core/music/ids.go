package music

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"time"
)

// Names of things outside, as the surface that owns them writes them. For
// Discord they are snowflakes in decimal.
type (
	// GuildID names a guild.
	GuildID string
	// ChannelID names a text or a voice channel of a guild.
	ChannelID string
	// UserID names a person or a bot's account.
	UserID string
	// BotID names one account of the pool; for Discord it is its application id.
	BotID string
	// NodeName names a Lavalink node as the configuration does.
	NodeName string
)

// Names of things of ours. They are derived from the input that made them, so a
// second run gives the same ones.
type (
	// SlotID names one place in a queue.
	SlotID string
	// PlayID names one sounding of one track.
	PlayID string
	// EventID names one fact.
	EventID string
)

// deriveID makes the id of the n-th thing that an input made: a UUID of version
// 7 whose time is now and whose other bits are a hash of the input's id and n.
func deriveID(now time.Time, input string, n int) string {
	var u [16]byte
	h := fnv.New128a()
	_, _ = h.Write([]byte(input))
	var ord [4]byte
	binary.BigEndian.PutUint32(ord[:], uint32(n)) //nolint:gosec // an ordinal within one step
	_, _ = h.Write(ord[:])
	h.Sum(u[:0])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(u[:6], ms[2:]) // 48 bits
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	var s [36]byte
	hex.Encode(s[0:8], u[0:4])
	hex.Encode(s[9:13], u[4:6])
	hex.Encode(s[14:18], u[6:8])
	hex.Encode(s[19:23], u[8:10])
	hex.Encode(s[24:36], u[10:16])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}
