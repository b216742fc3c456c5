package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// SavePanel implements [store.Panels].
func (db *DB) SavePanel(ctx context.Context, p store.Panel) error {
	const op = "sqlstore.SavePanel"
	for _, s := range []string{string(p.Guild), string(p.Bot), p.Surface, string(p.Channel), p.Message, p.Digest} {
		if !storable(s) {
			return invalid(op, "a panel's names are text of at most 512 bytes")
		}
	}
	if p.Guild == "" || p.Surface == "" {
		return invalid(op, "a panel needs a guild and a surface")
	}
	return db.change(ctx, op, statement{
		text: `INSERT INTO panels (guild_id, bot_id, surface, channel_id, message_id, digest, posted_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (guild_id, bot_id, surface) DO UPDATE SET channel_id = excluded.channel_id, message_id = excluded.message_id,
			digest = excluded.digest, posted_at = excluded.posted_at, updated_at = excluded.updated_at`,
		args: []any{string(p.Guild), string(p.Bot), p.Surface, string(p.Channel), p.Message, p.Digest, nanos(p.Posted), nanos(p.Updated)},
		want: 1,
	})
}

// DeletePanel implements [store.Panels]. One that is not there is no error.
func (db *DB) DeletePanel(ctx context.Context, guild music.GuildID, bot music.BotID, surface string) error {
	return db.change(ctx, "sqlstore.DeletePanel", statement{
		text: `DELETE FROM panels WHERE guild_id = $1 AND bot_id = $2 AND surface = $3`,
		args: []any{string(guild), string(bot), surface}, want: anyRows,
	})
}

// PanelsOf implements [store.Panels].
func (db *DB) PanelsOf(ctx context.Context, surface string) ([]store.Panel, error) {
	var out []store.Panel
	err := db.each(ctx, "sqlstore.PanelsOf",
		`SELECT guild_id, bot_id, surface, channel_id, message_id, digest, posted_at, updated_at FROM panels
		WHERE surface = $1 ORDER BY guild_id, bot_id`, []any{surface},
		func(scan func(...any) error) error {
			var p store.Panel
			var posted, updated int64
			err := scan(&p.Guild, &p.Bot, &p.Surface, &p.Channel, &p.Message, &p.Digest, &posted, &updated)
			p.Posted, p.Updated = fromNanos(posted), fromNanos(updated)
			out = append(out, p)
			return err
		})
	return out, err
}
