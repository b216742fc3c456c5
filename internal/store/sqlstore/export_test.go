package sqlstore

import (
	"context"
	"database/sql"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// Waiting is how many writes wait for the next group.
func Waiting(db *DB) int {
	w := db.batches
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// Anonymous is anonymous, for tests.
var Anonymous = anonymous

// Changed is how many slots a difference of queues removes, inserts and updates.
type Changed struct{ Removed, Inserted, Updated int }

// DiffQueue is diffQueue, for tests; it returns the new ranks too.
func DiffQueue(old []*music.Slot, ranks []int64, queue []*music.Slot) (Changed, []int64, error) {
	d, err := diffQueue(old, ranks, queue)
	return Changed{len(d.removed), len(d.inserted), len(d.updated)}, d.ranks, err
}

// SameState is sameState, for tests.
var SameState = sameState

// RankGap is rankGap, for tests.
const RankGap = rankGap

// ExplainEvents explains the query of a part of the journal.
func ExplainEvents(ctx context.Context, db *DB, q store.EventQuery, explain func(text, plan string)) error {
	text, args := eventQuery(q, span{after: q.After}, 10)
	rows, err := db.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return err
	}
	return eachPlan(rows, text, explain)
}

// Plans explains each statement that the tables are made of.
func Plans(ctx context.Context, db *DB, explain func(text, plan string)) error {
	for _, t := range db.tables {
		text := t.texts(2)
		rows, err := db.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, make([]any, 2*t.columns)...)
		if err != nil {
			return err
		}
		if err := eachPlan(rows, text, explain); err != nil {
			return err
		}
	}
	return nil
}

func eachPlan(rows *sql.Rows, text string, explain func(text, plan string)) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return err
		}
		explain(text, detail)
	}
	return rows.Err()
}

// What tests use of the conversions.
var (
	Nanos     = nanos
	FromNanos = fromNanos
	Shown     = shown
	Storable  = storable
)

// ParseURL is parseURL, for tests.
func ParseURL(raw string) (file, server string, err error) {
	to, err := parseURL(raw)
	return to.file, to.server, err
}

// ChangedHistory is how many places a difference of histories removes and
// writes, and the place of the new one's first entry.
type ChangedHistory struct {
	Rewrite          bool
	Removed, Written int
	First            int64
}

// DiffHistory is diffHistory, for tests.
func DiffHistory(old []*music.Slot, first int64, known bool, history []*music.Slot) ChangedHistory {
	d := diffHistory(old, first, known, history)
	return ChangedHistory{d.rewrite, len(d.removed), len(d.written), d.first}
}

// Rows is how many rows a batch writes: some by name, and all of them.
type Rows struct{ Players, SlotsGone, History, HistoryGone, All int }

// RowsOf plans a batch and counts its rows.
func RowsOf(db *DB, b *store.Batch) (Rows, error) {
	p, err := newPlan(b, db.book)
	if err != nil {
		return Rows{}, err
	}
	count := func(table int) int { return len(p.rows[table]) / db.tables[table].columns }
	out := Rows{Players: count(tPlayers) + count(tPlayersSame), SlotsGone: count(tSlotsGone), History: count(tHistory), HistoryGone: count(tHistoryGone)}
	for table := range tableCount {
		out.All += count(table)
	}
	return out, nil
}

// ReadSlots reads the rows of a queue as a start does.
func ReadSlots(text string) ([]*music.Slot, []int64, error) { return newSlotReader().rows(text) }

// ReadUsual reads one slot without the help of encoding/json, false where it
// would be asked.
func ReadUsual(text string) (*music.Slot, bool) {
	t, s := slotText{text: text}, &music.Slot{}
	ok := newSlotReader().slot(&t, s)
	return s, ok && !t.rest()
}

// ReadQueries returns the queries that read plays, with their arguments.
func ReadQueries(q store.PlayQuery, filter string) map[string][]any {
	out := map[string][]any{
		totalText: {string(q.Guild), int64(0)}, topTrackText: {string(q.Guild), int64(0), topRows}, topUserText: {string(q.Guild), int64(0), topRows},
	}
	text, args := playQuery(q, 1, 10)
	out[text] = args
	text, args = recentQuery(q.Guild, q.User, filter, 25)
	out[text] = args
	return out
}

// Explain explains any query.
func Explain(ctx context.Context, db *DB, text string, args []any, explain func(text, plan string)) error {
	rows, err := db.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return err
	}
	return eachPlan(rows, text, explain)
}
