package sqlstore

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// maxTypes bounds the names in one query.
const maxTypes = 32

// Events implements [store.Journal]. Errors: Invalid for a limit or a list of
// types that is too long.
func (db *DB) Events(ctx context.Context, q store.EventQuery) ([]store.JournalRow, error) {
	const op = "sqlstore.Events"
	limit, err := checkLimit(op, q.Limit, maxLimit)
	if err != nil {
		return nil, err
	}
	if len(q.Types) > maxTypes {
		return nil, invalid(op, "at most 32 types can be asked for at once")
	}
	s, err := db.spanOf(ctx, op, q)
	if err != nil {
		return nil, err
	}
	text, args := eventQuery(q, s, limit)
	out, err := db.events(ctx, op, text, args)
	if q.Newest {
		slices.Reverse(out)
	}
	return out, err
}

const eventColumns = `seq, id, type, tenant_id, guild_id, partition_id, epoch, occurred_at, cause, envelope`

// events reads rows that have eventColumns.
func (db *DB) events(ctx context.Context, op, text string, args []any) (out []store.JournalRow, err error) {
	err = db.each(ctx, op, text, args, func(scan func(...any) error) error {
		var r store.JournalRow
		var at int64
		err := scan(&r.Seq, &r.ID, &r.Type, &r.Tenant, &r.Guild, &r.Partition, &r.Epoch, &at, &r.Cause, &r.Envelope)
		r.At = fromNanos(at)
		out = append(out, r)
		return err
	})
	return out, err
}

// conditions joins conditions, each with one $ for its argument.
type conditions struct {
	text strings.Builder
	args []any
}

func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

func (c *conditions) and(text string) {
	if c.text.Len() > 0 {
		c.text.WriteString(" AND ")
	}
	c.text.WriteString(text)
}

// seldomTypes is the condition of the index by type, which leaves out what every
// play has: see frequent. An engine uses the index only for a query that has it too.
const seldomTypes = `type NOT IN ('music.play.requested', 'music.play.started', 'music.track.queued')`

// frequent says that a type, or a prefix that ends in ".*", asks for events that
// the index by type does not have. They are dense in the journal, which is read
// in its order until there are enough of them.
func frequent(asked string) bool {
	prefix, whole := strings.CutSuffix(asked, "*")
	for _, t := range frequentTypes() {
		if t == asked || whole && strings.HasSuffix(prefix, ".") && strings.HasPrefix(t, prefix) {
			return true
		}
	}
	return false
}

func frequentTypes() []string {
	return []string{music.PlayRequested{}.EventType(), music.PlayBegun{}.EventType(), music.TrackQueued{}.EventType()}
}

func eventQuery(q store.EventQuery, s span, limit int) (string, []any) {
	var c conditions
	c.and("seq > " + c.arg(s.after))
	if s.before > 0 {
		c.and("seq < " + c.arg(s.before))
	}
	if q.Guild != "" {
		c.and("guild_id = " + c.arg(string(q.Guild)))
	}
	if len(q.Types) > 0 {
		names := make([]string, len(q.Types))
		for i, t := range q.Types {
			prefix, whole := strings.CutSuffix(t, "*")
			if whole && strings.HasSuffix(prefix, ".") {
				// What begins with "a." lies between "a." and "a/", the next sign.
				names[i] = "(type >= " + c.arg(prefix) + " AND type < " + c.arg(strings.TrimSuffix(prefix, ".")+"/") + ")"
			} else {
				names[i] = "type = " + c.arg(t)
			}
		}
		c.and("(" + strings.Join(names, " OR ") + ")")
		if !slices.ContainsFunc(q.Types, frequent) {
			c.and(seldomTypes)
		}
	}
	if !q.Since.IsZero() {
		c.and("occurred_at >= " + c.arg(nanos(q.Since)))
	}
	if !q.Until.IsZero() {
		c.and("occurred_at < " + c.arg(nanos(q.Until)))
	}
	order := "ASC"
	if q.Newest {
		order = "DESC"
	}
	return `SELECT ` + eventColumns + ` FROM journal WHERE ` +
		c.text.String() + ` ORDER BY seq ` + order + ` LIMIT ` + c.arg(limit), c.args
}

// Prune implements [store.Journal]. It looks at the journal's beginning only.
func (db *DB) Prune(ctx context.Context, before time.Time, limit int) (int, error) {
	return db.prune(ctx, "sqlstore.Prune", limit,
		`DELETE FROM journal WHERE occurred_at < $1 AND seq IN
			(SELECT seq FROM journal WHERE seq <= (SELECT MIN(position) FROM projections) ORDER BY seq LIMIT $2)`, nanos(before))
}

// Oldest implements [store.Outgoing].
func (db *DB) Oldest(ctx context.Context, after int64, before time.Time, limit int) ([]store.JournalRow, error) {
	const op = "sqlstore.Oldest"
	limit, err := checkLimit(op, limit, maxLimit)
	if err != nil {
		return nil, err
	}
	rows, err := db.events(ctx, op, `SELECT `+eventColumns+` FROM journal
		WHERE seq > $1 AND seq <= (SELECT MIN(position) FROM projections) ORDER BY seq LIMIT $2`, []any{after, limit})
	if young := slices.IndexFunc(rows, func(r store.JournalRow) bool { return !r.At.Before(before) }); young >= 0 {
		rows = rows[:young]
	}
	return rows, err
}

// PruneTo implements [store.Outgoing].
func (db *DB) PruneTo(ctx context.Context, seq int64, limit int) (int, error) {
	return db.prune(ctx, "sqlstore.PruneTo", limit, `DELETE FROM journal WHERE seq IN
		(SELECT seq FROM journal WHERE seq <= $1 AND seq <= (SELECT MIN(position) FROM projections) ORDER BY seq LIMIT $2)`, seq)
}

// pruneStep is how many rows one statement deletes, so that none takes long.
const pruneStep = 1_000

func (db *DB) prune(ctx context.Context, op string, limit int, text string, args ...any) (int, error) {
	limit, err := checkLimit(op, limit, maxPrune)
	if err != nil {
		return 0, err
	}
	total := 0
	for total < limit {
		step := min(limit-total, pruneStep)
		var n int64
		st := statement{text: text, args: append(slices.Clone(args), step), want: anyRows, affected: &n}
		if err := db.change(ctx, op, st); err != nil {
			return total, err
		}
		total += int(n)
		if int(n) < step {
			break
		}
	}
	return total, nil
}
