package sqlstore_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// world is a PostgreSQL with one owned partition, whose journal a test writes.
type world struct {
	t   *testing.T
	url string
	db  *sqlstore.DB
	l   store.Lease
}

func newWorld(t *testing.T) *world {
	t.Helper()
	url := testenv.Postgres(t)
	w := &world{t: t, url: url, db: open(t, sqlstore.Options{URL: url})}
	var err error
	if w.l, err = w.db.Acquire(t.Context(), 0, "h", time.Hour); err != nil {
		t.Fatal(err)
	}
	return w
}

// happen commits an event of a time and returns its number.
func (w *world) happen(at time.Time) int64 {
	w.t.Helper()
	b := batchOf(w.l, 0, fmt.Sprint("event-", w.l.Batch))
	b.Events[0].At = at
	seq, err := w.db.Commit(w.t.Context(), b)
	if err != nil {
		w.t.Fatal(err)
	}
	w.l.Batch++
	return seq
}

// skip makes the journal go on at a number, as if many events had come.
func (w *world) skip(seq int64) {
	w.t.Helper()
	raw(w.t, "pgx", w.url, fmt.Sprintf("UPDATE journal_head SET seq = %d", seq-1))
}

func (w *world) extend() {
	w.t.Helper()
	if err := w.db.ExtendParts(w.t.Context(), benchTime, 24*time.Hour); err != nil {
		w.t.Fatal(err)
	}
}

// parts are the last numbers of the parts, and the number of rows of each, the
// part without an end being the last of them.
func (w *world) parts() (ends []int64, rows []int) {
	w.t.Helper()
	r, err := sqlstore.OpenRaw(w.t.Context(), w.url, sqlstore.Look, quiet)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	all, err := r.SQL.QueryContext(w.t.Context(), `SELECT last, n FROM (SELECT COALESCE((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d+)''\)'))[1]::BIGINT - 1, 0) AS last,
		(SELECT COUNT(*) FROM journal j WHERE j.tableoid = c.oid) AS n
		FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'journal'::regclass) AS p ORDER BY last = 0, last`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = all.Close() }()
	for all.Next() {
		var end int64
		var n int
		if err := all.Scan(&end, &n); err != nil {
			w.t.Fatal(err)
		}
		ends, rows = append(ends, end), append(rows, n)
	}
	if err := all.Err(); err != nil {
		w.t.Fatal(err)
	}
	return ends, rows
}

func (w *world) has(what string, ends []int64, rows []int) {
	w.t.Helper()
	if e, r := w.parts(); !slices.Equal(e, ends) || !slices.Equal(r, rows) {
		w.t.Errorf("%s: parts end at %v with %v rows, want %v with %v", what, e, r, ends, rows)
	}
}

func (w *world) seqs() (out []int64) {
	w.t.Helper()
	rows, err := w.db.Events(w.t.Context(), store.EventQuery{Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, r.Seq)
	}
	return out
}

func TestPartsAreMadeAhead(t *testing.T) {
	w := newWorld(t)
	w.has("a new database", []int64{50_000, 0}, []int{0, 0})
	w.extend()
	w.has("there is one ahead", []int64{50_000, 0}, []int{0, 0})
	want := []int64{w.happen(benchTime)}
	w.extend()
	w.has("less than a whole one is ahead", []int64{50_000, 100_000, 0}, []int{1, 0, 0})
	w.skip(60_000)
	want = append(want, w.happen(benchTime))
	w.has("the second is for it", []int64{50_000, 100_000, 0}, []int{1, 1, 0})
	// Nobody made parts for long: the last one takes what comes.
	w.skip(700_000)
	want = append(want, w.happen(benchTime), w.happen(benchTime))
	w.has("nobody made parts", []int64{50_000, 100_000, 0}, []int{1, 1, 2})
	w.extend()
	ends, rows := w.parts()
	if !slices.Equal(ends[:3], []int64{50_000, 100_000, 700_001}) || !slices.Equal(rows[:3], []int{1, 1, 2}) || len(ends) < 5 {
		t.Errorf("parts end at %v with %v rows", ends, rows)
	}
	want = append(want, w.happen(benchTime))
	if got := w.seqs(); !slices.Equal(got, want) || want[len(want)-1] != 700_002 {
		t.Errorf("there are %v, want %v", got, want)
	}
	if seq, err := w.db.SeqOf(t.Context(), "event-0"); err == nil {
		t.Errorf("an event of long ago is number %d", seq)
	}
	if seq, err := w.db.SeqOf(t.Context(), "event-4"); err != nil || seq != 700_002 {
		t.Errorf("the latest event is number %d, %v", seq, err)
	}
	newest, err := w.db.Events(t.Context(), store.EventQuery{Newest: true, Limit: 3})
	if err != nil || len(newest) != 3 || newest[0].Seq != 700_000 {
		t.Errorf("the newest are %v, %v", newest, err)
	}
}

// A part is for as many events as came in the time that it is to be for.
func TestPartsGrowWithWhatComes(t *testing.T) {
	w := newWorld(t)
	w.happen(benchTime.Add(-48 * time.Hour))
	w.happen(benchTime.Add(-23 * time.Hour))
	w.skip(170_000)
	w.happen(benchTime)
	w.extend()
	ends, _ := w.parts()
	if last := ends[len(ends)-2]; last < 300_000 || last > 400_000 {
		t.Errorf("parts end at %v after 170,000 events in a day", ends)
	}
}

func TestOldPartsAreDropped(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.happen(benchTime)
	w.happen(benchTime.Add(time.Hour))
	if _, ok, err := w.db.FirstPart(ctx); ok || err != nil {
		t.Errorf("a part that is still written is there: %v", err)
	}
	w.extend()
	w.skip(50_001)
	w.happen(benchTime.Add(9 * time.Hour))
	p, ok, err := w.db.FirstPart(ctx)
	if err != nil || !ok || p.Last != 50_000 || !p.Until.After(benchTime.Add(time.Hour)) || p.Until.After(benchTime.Add(3*time.Hour)) {
		t.Fatalf("the first part is %+v, %v, %v", p, ok, err)
	}
	if _, err := w.db.DropPart(ctx, p); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a part that no projection has read: %v", err)
	}
	if err := w.db.ProjectPlays(ctx, 0, 50_000, nil); err != nil {
		t.Fatal(err)
	}
	for _, other := range []store.Part{{Name: "journal_rest", Last: 100_000}, {Name: p.Name, Last: 4}, {Name: `x"; DROP TABLE journal; --`, Last: 50_000}, {}} {
		if _, err := w.db.DropPart(ctx, other); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%+v: %v", other, err)
		}
	}
	if n, err := w.db.DropPart(ctx, p); err != nil || n != 50_000 {
		t.Errorf("%d numbers are gone, %v", n, err)
	}
	if _, err := w.db.DropPart(ctx, p); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a part that is gone: %v", err)
	}
	if got := w.seqs(); !slices.Equal(got, []int64{50_001}) {
		t.Errorf("there are %v", got)
	}
	if at := w.happen(benchTime); at != 50_002 {
		t.Errorf("the journal goes on at %d", at)
	}
	// One without events is as old as can be.
	w.skip(100_001)
	w.happen(benchTime)
	if err := w.db.ProjectPlays(ctx, 50_000, 100_001, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := w.db.PruneTo(ctx, 100_000, 10); err != nil || n != 2 {
		t.Errorf("%d were deleted, %v", n, err)
	}
	if p, ok, err := w.db.FirstPart(ctx); err != nil || !ok || !p.Until.IsZero() {
		t.Errorf("an empty part is %+v, %v, %v", p, ok, err)
	} else if n, err := w.db.DropPart(ctx, p); err != nil || n != 0 {
		t.Errorf("%d numbers are gone, %v", n, err)
	}
}

func TestSQLiteHasOneTable(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir())})
	if db.Parted() {
		t.Error("it says that it has parts")
	}
	if err := db.ExtendParts(t.Context(), benchTime, time.Hour); err != nil {
		t.Error(err)
	}
	if _, ok, err := db.FirstPart(t.Context()); ok || err != nil {
		t.Errorf("it has a first part, %v", err)
	}
	if _, err := db.DropPart(t.Context(), store.Part{Name: "journal"}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("the table is dropped: %v", err)
	}
}
