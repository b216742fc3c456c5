package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/store"
)

// Count implements [store.Health]. The database counts: reading every player to
// count them takes a second where there are ten thousand.
func (db *DB) Count(ctx context.Context) (store.Counts, error) {
	var c store.Counts
	err := db.each(ctx, "sqlstore.Count", `SELECT (SELECT COUNT(*) FROM guilds), (SELECT COUNT(*) FROM players),
		(SELECT COUNT(*) FROM players WHERE active = 1 AND node <> '' AND `+db.dialect.playing+`)`, nil,
		func(scan func(...any) error) error { return scan(&c.Guilds, &c.Players, &c.Playing) })
	return c, err
}
