package sqlstore

import (
	"context"
	"strconv"

	"github.com/atrilhq/platform/internal/store"
)

// maintenanceText writes the one row.
const maintenanceText = `INSERT INTO maintenance (updated_at, id, active, message, until_at, changed_by)
	VALUES ({now}, 1, $2, $3, $4, $5)
	ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, active = excluded.active,
	message = excluded.message, until_at = excluded.until_at, changed_by = excluded.changed_by`

// SetMaintenance implements [store.Maintenances].
func (db *DB) SetMaintenance(ctx context.Context, m store.Maintenance) error {
	const op = "sqlstore.SetMaintenance"
	if len(m.Message) > store.MaxMaintenanceMessage || !storable(m.Message) || !storable(m.By) {
		return invalid(op, "a message is text of at most "+strconv.Itoa(store.MaxMaintenanceMessage)+" bytes, and a person's name of at most 512")
	}
	return db.change(ctx, op, statement{
		text: db.texts.maintenance, args: []any{db.now(), flag(m.Active), m.Message, nanos(m.Until), m.By}, want: 1,
	})
}

// Maintenance implements [store.Maintenances].
func (db *DB) Maintenance(ctx context.Context) (m store.Maintenance, err error) {
	err = db.each(ctx, "sqlstore.Maintenance", `SELECT active, message, until_at, changed_by, updated_at FROM maintenance`, nil,
		func(scan func(...any) error) error {
			var active, until, updated int64
			err := scan(&active, &m.Message, &until, &m.By, &updated)
			m.Active, m.Until, m.Updated = active == 1, fromNanos(until), fromNanos(updated)
			return err
		})
	return m, err
}
