package partition_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// ledger is who is told, for a loop on a real database: it keeps what was
// acknowledged.
type ledger struct {
	mu       sync.Mutex
	commands []string
	events   []store.JournalRow
}

func (a *ledger) Committed(c partition.Committed) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.commands = append(append(a.commands, c.Commands...), c.Again...)
	a.events = append(a.events, c.Events...)
}
func (a *ledger) Converge(*music.Guild, music.Converge, int64) {}
func (a *ledger) Resolve(music.GuildID, music.Resolve)         {}
func (a *ledger) Resync(music.GuildID)                         {}
func (a *ledger) TakenUp(*music.Guild)                         {}
func (a *ledger) Owned(int, int64)                             {}
func (a *ledger) Lost(int)                                     {}
func (a *ledger) all() ([]string, []store.JournalRow) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.commands), slices.Clone(a.events)
}

// sqlStory is a loop on SQLite whose commits fail at every stage, and whose
// process dies now and then.
type sqlStory struct {
	t     *testing.T
	db    *sqlstore.DB
	clock *clockwork.FakeClock
	told  *ledger
	model *model
	loop  *partition.Loop
	stop  func()
	lives int
}

type sqlModelStore struct {
	*sqlstore.DB

	m *model
}

// Commit looks whether the batch was written, whatever the answer says.
func (s sqlModelStore) Commit(ctx context.Context, b *store.Batch) (int64, error) {
	seq, err := s.DB.Commit(ctx, b)
	now, nerr := s.BatchNumbers(context.WithoutCancel(ctx), []int{b.Stamps[0].Partition})
	if nerr != nil {
		return seq, errors.Join(err, nerr)
	}
	s.m.mu.Lock()
	written := now[0].Batch == b.Stamps[0].Batch && now[0].Epoch == b.Stamps[0].Epoch
	s.m.durable = written
	s.m.mu.Unlock()
	if !written {
		s.m.settle(false)
	}
	return seq, err
}

func (s *sqlStory) begin() {
	s.lives++
	o := partition.Options{
		Partitions: 4, Encoder: plain{}, Clock: s.clock, Logger: slog.New(slog.DiscardHandler), MaxBatch: 16, Actuator: s.told,
	}
	s.model.option(nil)(&o)
	o.Store = sqlModelStore{s.db, s.model}
	s.loop = partition.NewLoop(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	loop := s.loop
	go func() { defer close(ended); _ = loop.Run(ctx) }()
	s.stop = func() { cancel(); <-ended }
	for p := range 4 {
		lease, err := s.db.Acquire(s.t.Context(), p, "me", time.Hour)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := s.loop.Own(s.t.Context(), p, lease, s.clock.Now().Add(forever)); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *sqlStory) until(what string, cond func() bool) {
	s.t.Helper()
	for late := time.After(patience); !cond(); {
		s.clock.Advance(20 * time.Millisecond)
		select {
		case <-time.After(time.Millisecond):
		case <-late:
			s.t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestLoopOnSQLite(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { tellSQLStory(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

func tellSQLStory(t *testing.T, rnd *rand.Rand) {
	clock := clockwork.NewFakeClockAt(start)
	var mu sync.Mutex
	faults := false
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{
		URL: "sqlite://" + filepath.Join(t.TempDir(), "platform.db"), Partitions: 4, Clock: clock,
		Failpoint: func(at store.Stage) error {
			mu.Lock()
			defer mu.Unlock()
			if faults && rnd.IntN(15) == 0 {
				return fmt.Errorf("the test lets %s fail", at)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := &sqlStory{t: t, db: db, clock: clock, told: &ledger{}, model: &model{}}
	s.begin()
	defer func() { s.stop() }()
	ids := []music.GuildID{"11", "12", "13", "14", "15"}
	var sent []partition.Delivery
	set := func(on bool) { mu.Lock(); faults = on; mu.Unlock() }
	draw := func(n int) int { mu.Lock(); defer mu.Unlock(); return rnd.IntN(n) }
	set(true)
	for n := range 300 {
		g := ids[draw(len(ids))]
		switch k := draw(40); {
		case k == 0:
			s.stop()
			s.model.crash()
			s.begin()
		case k < 12:
			_ = s.loop.Deliver(fact(fmt.Sprintf("f%d", n), g, []music.Body{
				music.BotPresent{Bot: bot},
				music.VoiceState{User: music.UserID(bot), Channel: "50", Session: "s", Bot: true},
				music.BotRemoved{Bot: bot},
				music.VoiceSnapshot{Bot: bot},
				music.BotPresent{Bot: "901"},
			}[draw(5)]))
		case k < 16 && len(sent) > 0:
			_ = s.loop.Deliver(sent[draw(len(sent))])
		case k < 20:
			clock.Advance(time.Duration(draw(3000)) * time.Millisecond)
		default:
			d := asks(fmt.Sprintf("c%d", n), g, []music.Action{
				music.Enqueue{Query: "q"}, music.Enqueue{Query: "q", Next: true}, music.Join{}, music.Stop{}, music.Leave{},
			}[draw(5)])
			sent = append(sent, d)
			_ = s.loop.Deliver(d)
		}
	}
	// Whoever sent a command sends it again until it is acknowledged.
	for rounds, done := 0, false; !done; rounds++ {
		if rounds == 2000 {
			t.Fatal("some commands are never acknowledged")
		}
		s.until("nothing waits", func() bool { return s.loop.Depth() == 0 })
		acks, _ := s.told.all()
		done = true
		for _, d := range sent {
			if !slices.Contains(acks, d.Input.ID) {
				done = false
				_ = s.loop.Deliver(d)
			}
		}
		clock.Advance(20 * time.Millisecond)
		<-time.After(2 * time.Millisecond)
		set(false)
	}
	s.stop()
	s.model.crash()
	s.compare(ids)
	if s.lives < 3 || s.loop.Stats().Commits.Load() == 0 {
		t.Errorf("%d lives: the test did not do what it is for", s.lives)
	}
}

// compare holds the database against the model.
func (s *sqlStory) compare(ids []music.GuildID) {
	s.t.Helper()
	ctx := context.Background()
	mirror := newMemStore(s.t, s.clock, 4)
	var after int64
	for {
		rows, err := s.db.Events(ctx, store.EventQuery{After: after, Limit: 1000})
		if err != nil {
			s.t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		mirror.journal = append(mirror.journal, rows...)
		after = rows[len(rows)-1].Seq
	}
	_, told := s.told.all()
	for _, e := range told {
		if i := int(e.Seq) - 1; i < 0 || i >= len(mirror.journal) || mirror.journal[i].ID != e.ID {
			s.t.Errorf("event %s was told at place %d and is not there", e.ID, e.Seq)
		}
	}
	s.model.compare(s.t, mirror)
	rows, err := s.db.Load(ctx, ids)
	if err != nil {
		s.t.Fatal(err)
	}
	final := map[music.GuildID]music.Guild{}
	for _, x := range s.model.accepted {
		g, ok := final[x.in.Guild]
		if !ok {
			g = music.New(x.in.Guild)
		}
		if x.in.Kind() == "loaded" {
			g = exported(g)
		}
		final[x.in.Guild] = music.Step(g, x.in, x.at).Guild
	}
	for _, g := range rows {
		if got, want := asText(g), asText(final[g.ID]); got != want {
			s.t.Errorf("guild %s: the rows say\n%s\nthe model\n%s", g.ID, got, want)
		}
	}
	dead, err := s.db.DeadLettersAfter(ctx, "", 10)
	if err != nil || len(dead) > 0 {
		s.t.Errorf("put aside: %+v %v", dead, err)
	}
}

func asText(g music.Guild) string {
	type player struct {
		*music.Player

		Queue []*music.Slot
	}
	all := struct {
		music.Guild

		Players []player
	}{Guild: g}
	for _, p := range g.Players {
		all.Players = append(all.Players, player{p, p.Queue})
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
