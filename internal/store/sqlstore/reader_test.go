package sqlstore_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// Processes write the journal side by side while another one reads it by a cursor:
// what is read once up to a number is complete, so that the cursor passes nothing.
func TestACursorPassesNothingThatIsBeingWritten(t *testing.T) {
	const writers, rounds = 6, 150
	url := testenv.Postgres(t)
	var (
		wg   sync.WaitGroup
		busy atomic.Int64
	)
	busy.Store(writers)
	for w := range writers {
		db := open(t, sqlstore.Options{URL: url})
		holder := fmt.Sprint("writer-", w)
		l, err := db.Acquire(t.Context(), w, holder, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		stamp := store.Stamp{Partition: w, Epoch: l.Epoch, Batch: l.Batch}
		wg.Go(func() {
			defer busy.Add(-1)
			for i := range rounds {
				stamp.Batch++
				at, id := time.Unix(1_700_000_000, 0), fmt.Sprintf("%d-%d", w, i)
				b := store.Batch{At: at, Stamps: []store.Stamp{stamp}, Events: []store.Record{{
					ID: id, Type: "music.track.queued", Guild: "guild", Partition: w, Epoch: stamp.Epoch, At: at, Cause: id, Envelope: []byte(`{}`),
				}}}
				if _, err := db.Commit(t.Context(), &b); err != nil {
					t.Errorf("%s: %v", holder, err)
					return
				}
			}
		})
	}
	reader, seen, after := open(t, sqlstore.Options{URL: url}), map[string]bool{}, int64(0)
	for more := true; more; {
		more = busy.Load() > 0
		for {
			rows, err := reader.Events(t.Context(), store.EventQuery{After: after, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				seen[r.ID], after = true, r.Seq
			}
			if len(rows) == 0 {
				break
			}
		}
	}
	wg.Wait()
	if len(seen) != writers*rounds {
		t.Errorf("a cursor has passed %d of %d events", writers*rounds-len(seen), writers*rounds)
	}
}
