package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// Active implements [store.Guilds]. Whether a player sounds is looked for in the
// text of its state, as [sounds] does.
func (db *DB) Active(ctx context.Context, partition int) ([]music.GuildID, error) {
	var out []music.GuildID
	err := db.each(ctx, "sqlstore.Active",
		`SELECT guild_id FROM players WHERE active = 1 AND partition_id = $1 GROUP BY guild_id
		ORDER BY MAX(CASE WHEN state LIKE '%"phase":"sounding"%' THEN 1 ELSE 0 END) DESC, guild_id`, []any{partition},
		func(scan func(...any) error) error {
			var id music.GuildID
			err := scan(&id)
			out = append(out, id)
			return err
		})
	return out, err
}

// List implements [store.Guilds].
func (db *DB) List(ctx context.Context, after music.GuildID, limit int) ([]store.GuildRow, error) {
	const op = "sqlstore.List"
	limit, err := checkLimit(op, limit, maxLimit)
	if err != nil {
		return nil, err
	}
	var out []store.GuildRow
	err = db.each(ctx, op, `SELECT guild_id, tenant_id, name, partition_id, plan, version, updated_at FROM guilds
		WHERE guild_id > $1 ORDER BY guild_id LIMIT $2`, []any{string(after), limit},
		func(scan func(...any) error) error {
			var g store.GuildRow
			var updated int64
			err := scan(&g.ID, &g.Tenant, &g.Name, &g.Partition, &g.Plan, &g.Version, &updated)
			g.Updated = fromNanos(updated)
			out = append(out, g)
			return err
		})
	return out, err
}

// Players implements [store.Guilds]. The queues of the players are nil.
func (db *DB) Players(ctx context.Context, q store.PlayerQuery) ([]store.PlayerRow, error) {
	const op = "sqlstore.Players"
	limit, err := checkLimit(op, q.Limit, maxLimit)
	if err != nil {
		return nil, err
	}
	var c conditions
	c.and("(p.guild_id, p.bot_id) > (" + c.arg(string(q.AfterGuild)) + ", " + c.arg(string(q.AfterBot)) + ")")
	if q.Guild != "" {
		c.and("p.guild_id = " + c.arg(string(q.Guild)))
	}
	if q.Bot != "" {
		c.and("p.bot_id = " + c.arg(string(q.Bot)))
	}
	if q.Node != "" {
		c.and("p.node <> '' AND p.node = " + c.arg(string(q.Node)))
	}
	text := `SELECT p.guild_id, p.tenant_id, p.version, p.updated_at, p.state_version, p.state,
		(SELECT COUNT(*) FROM slots s WHERE s.guild_id = p.guild_id AND s.bot_id = p.bot_id)
		FROM players p WHERE ` + c.text.String() + ` ORDER BY p.guild_id, p.bot_id LIMIT ` + c.arg(limit)
	var out []store.PlayerRow
	err = db.each(ctx, op, text, c.args, func(scan func(...any) error) error {
		var r store.PlayerRow
		var updated int64
		var version int
		var raw []byte
		if err := scan(&r.Guild, &r.Tenant, &r.Version, &updated, &version, &raw, &r.Waiting); err != nil {
			return err
		}
		r.Updated = fromNanos(updated)
		if err := decode(raw, version, &r.Player); err != nil {
			return fault.Wrap(err, fault.CodeOf(err), op, "a player cannot be read")
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// Cursors implements [store.Guilds].
func (db *DB) Cursors(ctx context.Context, partition int) ([]store.Cursor, error) {
	var out []store.Cursor
	err := db.each(ctx, "sqlstore.Cursors",
		`SELECT partition_id, source, generation, position FROM cursors WHERE partition_id = $1 ORDER BY source`, []any{partition},
		func(scan func(...any) error) error {
			var c store.Cursor
			err := scan(&c.Partition, &c.Source, &c.Generation, &c.Position)
			out = append(out, c)
			return err
		})
	return out, err
}
