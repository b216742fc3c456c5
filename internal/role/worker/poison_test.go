package worker_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

func (w *world) letters() []store.DeadLetter {
	w.t.Helper()
	all, err := w.db.DeadLettersAfter(w.t.Context(), "", 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func TestPoisonIsPutAsideAndTheRestFlows(t *testing.T) {
	w := newWorld(t)
	w.happen(
		w.record(endedType, ended(0), over(0, nil)),
		w.record(endedType, ended(1), over(1, map[string]any{"listened_ms": "private words"})),
		w.record(endedType, ended(2), over(2, nil)),
	)
	run(t, w.options())
	w.eventually("the rest", time.Second, func() bool { return len(w.plays()) == 2 && w.position() == 3 })
	all := w.letters()
	if len(all) != 1 || all[0].ID != "projection:plays:2" || all[0].Kind != worker.LetterKind || all[0].Guild != "g" || all[0].Error == "" {
		t.Fatalf("put aside are %+v", all)
	}
	row, err := archive.ParseLine(all[0].Input)
	if err != nil || row.Seq != 2 || row.Guild != "g" || !row.At.Equal(ended(1)) {
		t.Errorf("the letter has %+v, %v", row, err)
	}
	if n := w.log.count("private words"); n != 0 {
		t.Error("the log has what a member gave")
	}
	// Tried again it still fails; repaired by a newer version it would not.
	if err := worker.Reapply(t.Context(), w.db, &all[0]); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("tried again: %v", err)
	}
	all[0].Input = []byte(strings.Replace(string(all[0].Input), `"private words"`, "90000", 1))
	if err := worker.Reapply(t.Context(), w.db, &all[0]); err != nil {
		t.Fatal(err)
	}
	if len(w.plays()) != 3 || w.position() != 3 {
		t.Errorf("%d plays at %d", len(w.plays()), w.position())
	}
	for name, d := range map[string]store.DeadLetter{
		"of a partition": {Kind: "command", Input: []byte(`{}`)}, "no line": {Kind: worker.LetterKind, Input: []byte(`{`)},
	} {
		if err := worker.Reapply(t.Context(), w.db, &d); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsRepeatedSaysSo(t *testing.T) {
	w := newWorld(t)
	w.happen(w.record(endedType, ended(0), over(0, map[string]any{"play": ""})))
	if err := w.db.ProjectPlays(t.Context(), 0, 1, nil); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- worker.New(w.options()).Rebuild(t.Context()) }()
	w.eventually("the letter", time.Second, func() bool { return len(w.letters()) == 1 })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	row, err := archive.ParseLine(w.letters()[0].Input)
	if err != nil {
		t.Fatal(err)
	}
	h, err := event.Scan(row.Envelope)
	if err != nil || !strings.HasPrefix(string(h.ReplayID), "plays-2026") {
		t.Errorf("it is repeated as %q, %v", h.ReplayID, err)
	}
}

// refusing refuses plays, each as often as it is told, and notes when.
type refusing struct {
	*sqlstore.DB
	clock interface{ Now() time.Time }
	mu    sync.Mutex
	times map[string]int
	alone map[string][]time.Time
}

func (r *refusing) ProjectPlays(ctx context.Context, from, to int64, plays []store.Play) error {
	r.mu.Lock()
	for _, p := range plays {
		id := string(p.ID)
		if r.times[id] > 0 {
			if len(plays) == 1 {
				r.times[id]--
				r.alone[id] = append(r.alone[id], r.clock.Now())
			}
			r.mu.Unlock()
			return fault.New(fault.Invalid, "test", "the play is refused")
		}
	}
	r.mu.Unlock()
	return r.DB.ProjectPlays(ctx, from, to, plays)
}

func TestWhatIsRefusedIsTriedFiveTimes(t *testing.T) {
	w := newWorld(t)
	const n = 64
	var records []store.Record
	for i := range n {
		records = append(records, w.record(endedType, ended(i), over(i, nil)))
	}
	w.happen(records...)
	db := &refusing{DB: w.db, clock: w.clock, times: map[string]int{"play-0007": 4, "play-0008": 99, "play-0063": 99}, alone: map[string][]time.Time{}}
	o := w.options()
	o.Store = db
	run(t, o)
	w.eventually("the end", 10*time.Millisecond, func() bool { return w.position() == n })
	if got := len(w.plays()); got != n-2 {
		t.Errorf("there are %d plays", got)
	}
	var ids []string
	for _, d := range w.letters() {
		ids = append(ids, d.ID)
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"projection:plays:64", "projection:plays:9"}) {
		t.Errorf("put aside are %v", ids)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	for id, want := range map[string]int{"play-0007": 4, "play-0008": 5, "play-0063": 5} {
		at := db.alone[id]
		if len(at) != want {
			t.Errorf("%s was refused %d times", id, len(at))
		}
		for i := 1; i < len(at); i++ {
			if wait := at[i].Sub(at[i-1]); wait < 50*time.Millisecond<<(i-1) {
				t.Errorf("%s was tried again after %v", id, wait)
			}
		}
	}
}
