package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/store"
)

// playing is true for a player whose play sounds, by its state. The names of
// members are looked for in the text: within JSON's strings quotes are escaped,
// so they can stand nowhere else, and PostgreSQL's own functions refuse a state
// with a NUL in some title.
func (d *dialect) playing() string {
	has := func(member string) string { return d.find + `(state, '` + member + `') > 0` }
	return has(`"phase":"sounding"`) + ` AND NOT ` + has(`"halted":true`) + ` AND NOT ` + has(`"paused":true`) +
		` AND NOT (` + has(`"want":`) + ` AND ` + has(`"join_by":`) + `)`
}

// Count implements [store.Health]. The database counts: reading every player to
// count them takes a second where there are ten thousand.
func (db *DB) Count(ctx context.Context) (store.Counts, error) {
	var c store.Counts
	err := db.each(ctx, "sqlstore.Count", `SELECT (SELECT COUNT(*) FROM guilds), (SELECT COUNT(*) FROM players),
		(SELECT COUNT(*) FROM players WHERE active = 1 AND node <> '' AND `+db.dialect.playing()+`)`, nil,
		func(scan func(...any) error) error { return scan(&c.Guilds, &c.Players, &c.Playing) })
	return c, err
}
