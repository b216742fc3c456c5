package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Settings implements [store.Guilds].
func (db *DB) Settings(ctx context.Context, guild music.GuildID) (music.Settings, error) {
	const op = "sqlstore.Settings"
	var state struct {
		Settings music.Settings `json:"settings"`
	}
	found := false
	err := db.each(ctx, op, `SELECT state_version, state FROM guilds WHERE guild_id = $1`, []any{string(guild)},
		func(scan func(...any) error) error {
			found = true
			var version int
			var raw []byte
			if err := scan(&version, &raw); err != nil {
				return err
			}
			return decode(raw, version, &state)
		})
	if err == nil && !found {
		err = fault.New(fault.NotFound, op, "there is no such guild")
	}
	return state.Settings, err
}
