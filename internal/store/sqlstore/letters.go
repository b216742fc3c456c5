package sqlstore

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// DeadLettersAfter implements [store.DeadLetters]. after is the id of the last
// one that was read, empty for the beginning. Errors: NotFound for an id that is
// not there.
func (db *DB) DeadLettersAfter(ctx context.Context, after string, limit int) ([]store.DeadLetter, error) {
	const op = "sqlstore.DeadLettersAfter"
	limit, err := checkLimit(op, limit, maxLimit)
	if err != nil {
		return nil, err
	}
	from := int64(-1 << 63)
	if after != "" {
		found := false
		err := db.each(ctx, op, `SELECT occurred_at FROM dead_letters WHERE id = $1`, []any{after},
			func(scan func(...any) error) error { found = true; return scan(&from) })
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fault.New(fault.NotFound, op, "there is no dead letter of that id to continue from")
		}
	}
	return db.letters(ctx, op, letterColumns+` WHERE (occurred_at, id) > ($1, $2) ORDER BY occurred_at, id LIMIT $3`, from, after, limit)
}

const letterColumns = `SELECT id, guild_id, partition_id, kind, input, error, occurred_at FROM dead_letters`

// letters reads rows that begin as letterColumns does.
func (db *DB) letters(ctx context.Context, op, text string, args ...any) (out []store.DeadLetter, err error) {
	err = db.each(ctx, op, text, args, func(scan func(...any) error) error {
		var d store.DeadLetter
		var at int64
		err := scan(&d.ID, &d.Guild, &d.Partition, &d.Kind, &d.Input, &d.Error, &at)
		d.At = fromNanos(at)
		out = append(out, d)
		return err
	})
	return out, err
}

// DeadLetter implements [store.DeadLetters].
func (db *DB) DeadLetter(ctx context.Context, id string) (store.DeadLetter, error) {
	const op = "sqlstore.DeadLetter"
	found, err := db.letters(ctx, op, letterColumns+` WHERE id = $1`, id)
	if err != nil {
		return store.DeadLetter{}, err
	}
	if len(found) == 0 {
		return store.DeadLetter{}, noLetter(op)
	}
	return found[0], nil
}

// PutAside implements [store.DeadLetters].
func (db *DB) PutAside(ctx context.Context, letters []store.DeadLetter) error {
	const op = "sqlstore.PutAside"
	var rows []any
	for i := range letters {
		d := &letters[i]
		if d.ID == "" || d.Kind == "" || !storable(d.ID) || !storable(d.Kind) {
			return invalid(op, "a dead letter needs an id and a kind of at most 512 bytes")
		}
		rows = append(rows, d.ID, shown(string(d.Guild), maxName), d.Partition, d.Kind, append([]byte{}, d.Input...), shown(d.Error, maxError), nanos(d.At))
	}
	if len(rows) == 0 {
		return nil
	}
	return db.change(ctx, op, db.tables[tDeadLetters].statements(nil, rows, nil)...)
}

// DropDeadLetter implements [store.DeadLetters].
func (db *DB) DropDeadLetter(ctx context.Context, id string) error {
	const op = "sqlstore.DropDeadLetter"
	return db.change(ctx, op, statement{text: `DELETE FROM dead_letters WHERE id = $1`, args: []any{id}, want: 1, miss: noLetter(op)})
}

func noLetter(op string) error {
	return fault.New(fault.NotFound, op, "there is no dead letter of that id").WithHint("list them with: platformctl letters list")
}

// PruneDeadLetters implements [store.DeadLetters].
func (db *DB) PruneDeadLetters(ctx context.Context, before time.Time, limit int) (int, error) {
	return db.prune(ctx, "sqlstore.PruneDeadLetters", limit, `DELETE FROM dead_letters WHERE id IN
		(SELECT id FROM dead_letters WHERE occurred_at < $1 ORDER BY occurred_at, id LIMIT $2)`, nanos(before))
}
