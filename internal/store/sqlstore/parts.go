package sqlstore

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// restPart is the last part. It takes what no other part is for, so that an
	// event always has a place, however long nobody has made parts.
	restPart = "journal_rest"
	// A part is for so many numbers at least and at most. Fewer would be many
	// parts for little; more would be dropped late.
	leastPart = 50_000
	mostPart  = 5_000_000
	// partsATurn is how many parts are made at once, so that a wrong clock does
	// not make thousands.
	partsATurn = 16
)

// A part is a table for the numbers from first on up to last, both included.
type part struct {
	name        string
	first, last int64
}

var partBound = regexp.MustCompile(`^FOR VALUES FROM \((?:MINVALUE|'?(\d+)'?)\) TO \((?:MAXVALUE|'?(\d+)'?)\)$`)

// Parted implements [store.Parted]: SQLite has no tables in parts.
func (db *DB) Parted() bool { return db.dialect.parted }

// parts returns the journal's parts in their order; the last one has no end.
func (db *DB) parts(ctx context.Context, q querier) ([]part, error) {
	var out []part
	err := scanAll(ctx, q, `SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i
		JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass('journal')`, nil, func(scan func(...any) error) error {
		var name, bound string
		if err := scan(&name, &bound); err != nil {
			return err
		}
		m := partBound.FindStringSubmatch(bound)
		if m == nil {
			return fault.New(fault.Internal, "sqlstore.parts", "the table "+name+" is a part of the journal that is not ours").
				WithHint("detach it: the journal's parts are made by platformd alone")
		}
		p := part{name: name, first: 1, last: math.MaxInt64}
		if m[1] != "" {
			p.first, _ = strconv.ParseInt(m[1], 10, 64)
		}
		if m[2] != "" {
			end, _ := strconv.ParseInt(m[2], 10, 64)
			p.last = end - 1
		}
		out = append(out, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b part) int { return int(min(1, max(-1, a.first-b.first))) })
	if len(out) == 0 || out[len(out)-1].name != restPart || out[len(out)-1].last != math.MaxInt64 {
		return nil, fault.New(fault.Internal, "sqlstore.parts", "the journal has no table "+restPart+" as its last part").
			WithHint("restore the layout that the migrations make")
	}
	return out, nil
}

// ExtendParts implements [store.Parted]. Only one process does it at a time;
// another one's turn ends without doing anything. Errors: Unavailable where
// others read the journal for too long to change its layout now.
func (db *DB) ExtendParts(ctx context.Context, now time.Time, span time.Duration) error {
	const op = "sqlstore.ExtendParts"
	if !db.dialect.parted {
		return nil
	}
	size, err := db.partSize(ctx, op, now, span)
	if err != nil {
		return err
	}
	for range partsATurn {
		if more, err := db.extend(ctx, op, size); !more || err != nil {
			return err
		}
	}
	return nil
}

// partSize is how many numbers a part is for: as many as span had lately.
func (db *DB) partSize(ctx context.Context, op string, now time.Time, span time.Duration) (int64, error) {
	first, err := db.firstAt(ctx, op, now.Add(-span))
	if err != nil {
		return 0, err
	}
	head, err := db.journalHead(ctx, op)
	return min(mostPart, max(leastPart, head-first)), err
}

func (db *DB) journalHead(ctx context.Context, op string) (head int64, err error) {
	err = db.each(ctx, op, `SELECT seq FROM journal_head WHERE id = 1`, nil, func(scan func(...any) error) error { return scan(&head) })
	return head, err
}

// extend makes a part where there is not a whole one ahead, and returns whether
// it did.
func (db *DB) extend(ctx context.Context, op string, size int64) (made bool, err error) {
	head, err := db.journalHead(ctx, op)
	if err != nil {
		return false, err
	}
	enough := func(all []part) bool { return all[len(all)-1].first-1-head >= size }
	look, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	all, err := db.parts(look, db.read)
	cancel()
	if err != nil || enough(all) {
		return false, failed(err, op)
	}
	return made, db.arrange(ctx, op, func(ctx context.Context, tx *arrangement) error {
		all, err := db.parts(ctx, tx.Tx)
		if err != nil || enough(all) {
			return err
		}
		made = true
		rest := all[len(all)-1]
		// While nobody takes numbers, so that none of the last part's comes in between.
		if err := tx.QueryRowContext(ctx, `SELECT seq FROM journal_head WHERE id = 1 FOR UPDATE`).Scan(&head); err != nil {
			return err
		}
		if head < rest.first {
			return tx.insert(ctx, rest.first, rest.first+size)
		}
		// Nobody has made parts for a while, and events came into the last one:
		// it becomes a part as it is.
		return tx.fold(ctx, rest.first, head+1)
	})
}

// FirstPart implements [store.Parted].
func (db *DB) FirstPart(ctx context.Context) (p store.Part, ok bool, err error) {
	const op = "sqlstore.FirstPart"
	if !db.dialect.parted {
		return p, false, nil
	}
	look, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	all, err := db.parts(look, db.read)
	if err != nil {
		return p, false, failed(err, op)
	}
	head, err := db.journalHead(ctx, op)
	if err != nil || all[0].last > head {
		return p, false, err
	}
	p = store.Part{Name: all[0].name, Last: all[0].last}
	err = db.each(ctx, op, `SELECT occurred_at FROM journal WHERE seq <= $1 ORDER BY seq DESC LIMIT 1`, []any{p.Last},
		func(scan func(...any) error) error {
			var at int64
			err := scan(&at)
			p.Until = fromNanos(at).Add(clocksDiffer)
			return err
		})
	return p, err == nil, err
}

// DropPart implements [store.Parted]. What it returns counts numbers: of those
// some may have been deleted before.
func (db *DB) DropPart(ctx context.Context, p store.Part) (gone int64, err error) {
	const op = "sqlstore.DropPart"
	if !db.dialect.parted {
		return 0, invalid(op, "the journal is one table")
	}
	mine := false
	err = db.arrange(ctx, op, func(ctx context.Context, tx *arrangement) error {
		mine = true
		all, err := db.parts(ctx, tx.Tx)
		if err != nil {
			return err
		}
		var first, read int64
		err = tx.QueryRowContext(ctx, `SELECT (SELECT COALESCE(MIN(seq), 1) FROM journal), (SELECT COALESCE(MIN(position), 0) FROM projections)`).Scan(&first, &read)
		if err != nil {
			return err
		}
		if all[0].name != p.Name || all[0].last != p.Last || all[0].name == restPart || read < p.Last {
			return fault.New(fault.Conflict, op, fmt.Sprintf("%s is not the journal's first part any more, or was not read to its end", p.Name))
		}
		gone = max(0, p.Last-first+1)
		_, err = tx.ExecContext(ctx, "DROP TABLE "+pgx.Identifier{p.Name}.Sanitize())
		return err
	})
	if err == nil && !mine {
		err = fault.New(fault.Unavailable, op, "another process changes the journal's parts")
	}
	return gone, err
}
