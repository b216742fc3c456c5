package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// Cordon implements [store.Cordons].
func (db *DB) Cordon(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error {
	const op = "sqlstore.Cordon"
	if node == "" || !storable(string(node)) || !storable(by) || !storable(reason) {
		return invalid(op, "a node has a name, and name, person and reason are text of at most 512 bytes")
	}
	return db.change(ctx, op, statement{
		text: db.texts.cordon, args: []any{db.now(), string(node), flag(cordoned), reason, by}, want: 1,
	})
}

// Cordoned implements [store.Cordons].
func (db *DB) Cordoned(ctx context.Context) ([]store.NodeCordon, error) {
	var out []store.NodeCordon
	err := db.each(ctx, "sqlstore.Cordoned", `SELECT name, changed_by, reason, updated_at FROM nodes WHERE cordoned = 1 ORDER BY name`, nil,
		func(scan func(...any) error) error {
			var c store.NodeCordon
			var updated int64
			err := scan(&c.Node, &c.By, &c.Reason, &updated)
			c.Updated = fromNanos(updated)
			out = append(out, c)
			return err
		})
	return out, err
}
