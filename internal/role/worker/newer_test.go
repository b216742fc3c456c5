package worker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/store"
)

// TestEventsOfANewerWriter is a worker beside newer processes: what they add to
// an event is passed over, an event by a later contract is put aside with what is
// needed to make a play of it once the worker is newer too, and the rest flows.
func TestEventsOfANewerWriter(t *testing.T) {
	w := newWorld(t)
	by := func(version string, r store.Record) store.Record {
		r.Envelope = []byte(strings.Replace(string(r.Envelope), endedType+":1", endedType+":"+version, 1))
		return r
	}
	w.happen(
		w.record(endedType, ended(0), over(0, map[string]any{"novelty": map[string]any{"deep": []int{1}}, "mood": "calm"})),
		by("2", w.record(endedType, ended(1), over(1, map[string]any{"listened_ms": 90_000}))),
		by("none", w.record(endedType, ended(2), over(2, nil))),
		w.record("music.play.invented", ended(3), map[string]any{"bot": "b"}),
		w.record(endedType, ended(4), over(4, nil)),
	)
	run(t, w.options())
	w.eventually("the rest", 30*time.Second, func() bool { return len(w.plays()) == 2 && w.position() == 5 })
	all := w.letters()
	if len(all) != 2 || !strings.Contains(all[0].Error, "version 2, and this program knows 1") || !strings.Contains(all[1].Error, "dataschema") {
		t.Fatalf("put aside are %+v", all)
	}
	if err := worker.Reapply(t.Context(), w.db, &all[0]); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("this version made something of it: %v", err)
	}
}
