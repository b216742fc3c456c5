package sqlstore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

func TestTheLogStaysSmall(t *testing.T) {
	dir := t.TempDir()
	db := open(t, sqlstore.Options{URL: file(dir), WALPassive: 256 << 10, WALTruncate: 1 << 20})
	l, err := db.Acquire(t.Context(), 0, "h", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	payload := []byte(`"` + strings.Repeat("x", 64<<10) + `"`)
	written := int64(0)
	for ; written < 16<<20; written += int64(len(payload)) {
		b := batchOf(l, 0, fmt.Sprint("e", l.Batch))
		b.Events[0].Envelope = payload
		if _, err := db.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		l.Batch++
	}
	// Checkpoints come a quarter of a second apart: the log gets small once
	// nobody writes so fast any more.
	for limit := time.After(30 * time.Second); ; {
		b := batchOf(l, 0, fmt.Sprint("e", l.Batch))
		if _, err := db.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		l.Batch++
		info, err := os.Stat(filepath.Join(dir, "platform.db-wal"))
		if err == nil && info.Size() < 1<<20 {
			break
		}
		select {
		case <-limit:
			t.Fatalf("the log has %d bytes, %v", info.Size(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "platform.db-wal")); err == nil && info.Size() > 0 {
		t.Errorf("after the end the log has %d bytes", info.Size())
	}
	again := open(t, sqlstore.Options{URL: file(dir)})
	rows, err := again.Events(t.Context(), store.EventQuery{Newest: true, Limit: 1})
	if err != nil || len(rows) != 1 || rows[0].Seq != l.Batch {
		t.Errorf("the journal ends with %v, %v", rows, err)
	}
}

func TestNoStatementReadsAWholeTable(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir())})
	seen := 0
	err := sqlstore.Plans(t.Context(), db, func(text, plan string) {
		seen++
		if strings.HasPrefix(plan, "SCAN") && !strings.Contains(plan, "CONSTANT ROW") && !strings.Contains(plan, "VALUES CLAUSE") && plan != "SCAN f" {
			t.Errorf("%s\n%s", text, plan)
		}
	})
	if err != nil || seen == 0 {
		t.Fatalf("%d plans, %v", seen, err)
	}
}

func TestTheJournalIsReadByIndexes(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir())})
	for _, q := range []store.EventQuery{
		{}, {Newest: true}, {After: 5, Guild: "g"}, {Guild: "g", Newest: true}, {Types: []string{"a"}}, {Types: []string{"a.*", "b"}, Newest: true},
	} {
		err := sqlstore.ExplainEvents(t.Context(), db, q, func(text, plan string) {
			if strings.HasPrefix(plan, "SCAN") {
				t.Errorf("%+v: %s\n%s", q, plan, text)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestTypesThatEveryPlayHasAreNotIndexed holds the condition of the index by type,
// the one in the queries and the names of the events to each other.
func TestTypesThatEveryPlayHasAreNotIndexed(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir())})
	for _, c := range []struct {
		types   []string
		indexed bool
	}{
		{[]string{"music.play.ended"}, true},
		{[]string{"music.play.ended", "music.bot.joined"}, true},
		{[]string{"music.bot.*"}, true},
		{[]string{"music.play.requested.twice"}, true},
		{[]string{"music.play.requested"}, false},
		{[]string{"music.play.started"}, false},
		{[]string{"music.track.queued"}, false},
		{[]string{"music.play.ended", "music.track.queued"}, false},
		{[]string{"music.track.*"}, false},
		{[]string{"music.*"}, false},
	} {
		used := false
		err := sqlstore.ExplainEvents(t.Context(), db, store.EventQuery{Types: c.types, Newest: true}, func(_, plan string) {
			used = used || strings.Contains(plan, "journal_type")
		})
		if err != nil || used != c.indexed {
			t.Errorf("%q: the index is used: %t, %v", c.types, used, err)
		}
	}
}

func TestAnonymousParameters(t *testing.T) {
	for text, wanted := range map[string]string{
		"":                       "",
		"SELECT 1":               "SELECT 1",
		"a = $1 AND b IN ($2)":   "a = ? AND b IN (?)",
		"($1, $2), ($3,$4)":      "(?, ?), (?,?)",
		"a = $2 AND b = $1":      "a = $2 AND b = $1",
		"a = $1 AND b = $1":      "a = $1 AND b = $1",
		"a = $1 AND b = $3":      "a = $1 AND b = $3",
		"$1$2$3$4$5$6$7$8$9$10-": "??????????-",
		"a = $":                  "a = $",
	} {
		if got := sqlstore.Anonymous(text); got != wanted {
			t.Errorf("%q gives %q, want %q", text, got, wanted)
		}
	}
}
