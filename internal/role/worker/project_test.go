package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// world is a database with a journal that a test writes, and what a worker needs.
type world struct {
	t     *testing.T
	db    *sqlstore.DB
	bus   bus.Bus
	clock *clockwork.FakeClock
	log   *lines
	stamp store.Stamp
}

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), s)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldAt(t, "sqlite://"+filepath.Join(t.TempDir(), "platform.db"))
}

func newWorldAt(t *testing.T, url string) *world {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url, Timeout: within})
	if err != nil {
		t.Fatal(err)
	}
	b := memory.New(1_000)
	t.Cleanup(func() {
		_ = b.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	l, err := db.Acquire(t.Context(), 0, "test", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return &world{
		t: t, db: db, bus: b, clock: clockwork.NewFakeClockAt(start), log: &lines{},
		stamp: store.Stamp{Epoch: l.Epoch, Batch: l.Batch},
	}
}

func (w *world) options() worker.Options {
	return worker.Options{Store: w.db, Clock: w.clock, Bus: w.bus, Logger: slog.New(slog.NewTextHandler(w.log, nil))}
}

// over is the data of the end of a play.
func over(n int, more map[string]any) map[string]any {
	data := map[string]any{
		"bot": "20", "play": fmt.Sprintf("play-%04d", n), "slot": "s", "reason": "finished", "heard_ms": 180_000, "listened_ms": 90_000,
		"heard": true, "requester": "ana", "node": "main", "started_at": start.Add(time.Duration(n) * time.Second).Format(time.RFC3339Nano),
		"track": map[string]any{"identifier": fmt.Sprint("id", n), "title": fmt.Sprint("Track ", n), "author": "Someone", "source": "http", "length_ms": 180_000},
	}
	maps.Copy(data, more)
	return data
}

// ended is when the n-th play of a test is over.
func ended(n int) time.Time { return start.Add(time.Duration(n+100) * time.Second) }

var made atomic.Int64

func (w *world) record(kind string, at time.Time, data any) store.Record {
	w.t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		w.t.Fatal(err)
	}
	env := event.Envelope{
		ID: fmt.Sprintf("event-%06d", made.Add(1)), Source: "test", Type: kind, Time: at, DataSchema: "urn:atril:event:" + kind + ":1",
		PartitionKey: "g", Data: raw,
	}
	return store.Record{
		ID: env.ID, Type: kind, Tenant: "tenant", Guild: "g", Epoch: w.stamp.Epoch, At: at, Cause: "c", Envelope: event.AppendEncode(nil, &env),
	}
}

// happen writes events into the journal; tell says so on the bus.
func (w *world) happen(records ...store.Record) {
	w.t.Helper()
	w.stamp.Batch++
	if _, err := w.db.Commit(w.t.Context(), &store.Batch{Stamps: []store.Stamp{w.stamp}, At: start, Events: records}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) tell(kind string) {
	w.t.Helper()
	if err := w.bus.Publish(w.t.Context(), topic.Events, bus.Message{Key: "g", Kind: kind}); err != nil {
		w.t.Fatal(err)
	}
}

// eventually waits until a condition holds, and lets time pass by steps.
func (w *world) eventually(what string, step time.Duration, ok func() bool) {
	w.t.Helper()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for limit := time.After(within); !ok(); {
		select {
		case <-limit:
			w.t.Fatalf("never: %s\n%s", what, &w.log.b)
		case <-poll.C:
			w.clock.Advance(step)
		}
	}
}

func (w *world) plays() []store.Play {
	w.t.Helper()
	rows, err := w.db.Plays(w.t.Context(), store.PlayQuery{Guild: "g", Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func (w *world) position() int64 {
	w.t.Helper()
	at, err := w.db.Position(w.t.Context(), store.PlaysProjection)
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

const endedType = "music.play.ended"

func TestPlaysAreMadeOfTheJournal(t *testing.T) {
	w := newWorld(t)
	w.happen(
		w.record("music.play.started", start, map[string]any{"bot": "20"}),
		w.record(endedType, ended(0), over(0, nil)),
		w.record(endedType, ended(1), over(1, map[string]any{"heard": false})),
		w.record(endedType, ended(2), map[string]any{"bot": "20", "play": "old", "slot": "s", "reason": "finished", "heard_ms": 5}),
		w.record(endedType, ended(3), over(3, map[string]any{"play": ""})),
		w.record(endedType, ended(4), over(4, map[string]any{"listened_ms": "long"})),
		w.record(endedType, ended(5), over(5, map[string]any{"listened_ms": -1})),
		w.record(endedType, ended(6), over(6, map[string]any{"play": "a\x00b"})),
		w.record(endedType, ended(7), over(7, map[string]any{"started_at": start.Add(7 * time.Second).UnixMilli(), "reason": "skipped", "new": 1})),
		w.record(endedType, ended(8), over(8, map[string]any{"started_at": nil})),
		w.record(endedType, ended(9), over(9, map[string]any{"started_at": "tomorrow"})),
	)
	run(t, w.options())
	w.eventually("all plays", time.Second, func() bool { return len(w.plays()) == 4 })
	rows := w.plays()
	first := rows[3]
	if first.ID != "play-0000" || first.Tenant != "tenant" || first.Bot != "20" || first.User != "ana" || first.Node != "main" ||
		first.Reason != "finished" || first.Listened != 90*time.Second || !first.Ended.Equal(ended(0)) || !first.Started.Equal(start) ||
		first.Track.Title != "Track 0" || first.Track.LengthMS != 180_000 || first.Guild != "g" {
		t.Errorf("the first is %+v", first)
	}
	if rows[2].Reason != "skipped" || !rows[2].Started.Equal(start.Add(7*time.Second)) {
		t.Errorf("the one with milliseconds is %+v", rows[2])
	}
	for _, p := range rows[:2] {
		if !p.Started.Equal(p.Ended.Add(-90 * time.Second)) {
			t.Errorf("without a start: %+v", p)
		}
	}
	if n := w.log.count("put aside"); n != 4 {
		t.Errorf("%d events were passed over", n)
	}
	if at := w.position(); at != 11 {
		t.Errorf("the position is %d", at)
	}
}

func TestAPlayThatEndsIsThereSoon(t *testing.T) {
	w := newWorld(t)
	run(t, w.options())
	// The first look is over: now only the bus or the time wakes it.
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	if err := w.clock.BlockUntilContext(ctx, 2); err != nil {
		t.Fatal(err)
	}
	w.happen(w.record(endedType, ended(0), over(0, nil)))
	w.tell("music.play.started")
	w.tell(endedType)
	// One more waits now: for what ends at about the same time.
	if err := w.clock.BlockUntilContext(ctx, 3); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(250 * time.Millisecond)
	w.eventually("a play that was told of", 0, func() bool { return len(w.plays()) == 1 })
	w.happen(w.record(endedType, ended(1), over(1, nil)))
	w.eventually("a play that nobody told of", time.Second, func() bool { return len(w.plays()) == 2 })
	_ = w.bus.Close()
	w.happen(w.record(endedType, ended(2), over(2, nil)))
	w.eventually("a play without a bus", time.Second, func() bool { return len(w.plays()) == 3 })
}

func TestManyWorkersAndManyPlays(t *testing.T) {
	w := newWorld(t)
	const n = 900
	var records []store.Record
	for i := range n {
		records = append(records, w.record(endedType, ended(i), over(i, nil)), w.record("music.player.paused", ended(i), map[string]any{"bot": "20"}))
	}
	w.happen(records...)
	for range 3 {
		run(t, w.options())
	}
	w.eventually("all plays", time.Second, func() bool { return len(w.plays()) == n })
	w.eventually("the end", time.Second, func() bool { return w.position() >= 2*n-1 })
	if c := w.log.count("trying again"); c != 0 {
		t.Errorf("%d failures in the log:\n%s", c, &w.log.b)
	}
}

func TestThePositionMovesWithoutPlays(t *testing.T) {
	w := newWorld(t)
	var records []store.Record
	for range 1_500 {
		records = append(records, w.record("music.player.paused", start, map[string]any{"bot": "20"}))
	}
	w.happen(records[:999]...)
	run(t, w.options())
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	if err := w.clock.BlockUntilContext(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if at := w.position(); at != 0 {
		t.Errorf("the position was moved to %d for nothing", at)
	}
	w.happen(records[999:]...)
	w.eventually("a position at the end", time.Second, func() bool { return w.position() == 1_500 })
}

func TestManyThatWereNotHeard(t *testing.T) {
	w := newWorld(t)
	var records []store.Record
	for i := range 600 {
		records = append(records, w.record(endedType, ended(i), over(i, map[string]any{"heard": false})))
	}
	w.happen(append(records, w.record(endedType, ended(600), over(600, nil)))...)
	run(t, w.options())
	w.eventually("the one that was heard", 0, func() bool { return len(w.plays()) == 1 })
	if at := w.position(); at != 601 {
		t.Errorf("the position is %d", at)
	}
}

func TestPlaysAreMadeAnew(t *testing.T) {
	w := newWorld(t)
	w.happen(w.record(endedType, ended(0), over(0, nil)), w.record(endedType, ended(1), over(1, nil)))
	if err := w.db.ProjectPlays(t.Context(), 0, 2, []store.Play{
		{ID: "play-0000", Guild: "g", User: "wrong", Ended: ended(0)}, {ID: "of before", Guild: "g", Ended: start},
	}); err != nil {
		t.Fatal(err)
	}
	if err := worker.New(w.options()).Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := w.plays()
	if len(rows) != 3 || rows[0].ID != "play-0001" || rows[1].User != "ana" || rows[2].ID != "of before" || w.position() != 2 {
		t.Errorf("got %+v at %d", rows, w.position())
	}
}
