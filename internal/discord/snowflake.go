package discord

import (
	"strconv"
	"time"

	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/fault"
)

// discordEpoch is the first millisecond of 2015, from which snowflakes count
// (https://discord.com/developers/docs/reference#snowflakes).
const discordEpoch = 1420070400000

// idOf reads an id. It returns fault.Invalid for what is not a snowflake.
func idOf[T ~string](op string, id T) (snowflake.ID, error) {
	n, err := strconv.ParseUint(string(id), 10, 64)
	if err != nil || n == 0 {
		return 0, fault.New(fault.Invalid, op, "that is not a Discord id: ids are decimal numbers")
	}
	return snowflake.ID(n), nil
}

// shardOf returns which of a number of shards has a guild: Discord's formula
// (https://discord.com/developers/docs/events/gateway#sharding-sharding-formula).
func shardOf(guild snowflake.ID, shards int) int {
	return int(uint64(guild) >> 22 % uint64(shards)) //nolint:gosec // small numbers
}

// CreatedAt returns when the thing with this id came to be, the zero time for
// what is not a snowflake.
func CreatedAt[T ~string](id T) time.Time {
	n, err := strconv.ParseUint(string(id), 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + discordEpoch).UTC()
}
