package partition_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// model keeps the inputs that a loop stepped and made durable, in order, so that
// they can be stepped again alone.
type model struct {
	mu       sync.Mutex
	pending  []stepped
	durable  bool
	accepted []stepped
}

type stepped struct {
	in music.Input
	at time.Time
}

// option puts the model between the loop, its store and whoever is told.
func (m *model) option(s *memStore) rigOption {
	return func(o *partition.Options) {
		o.Store = modelStore{s, m}
		o.Actuator = modelActuator{o.Actuator, m}
		o.Apply = func(g music.Guild, in music.Input, now time.Time) music.Result {
			m.mu.Lock()
			m.pending = append(m.pending, stepped{in, now})
			m.mu.Unlock()
			return music.Step(g, in, now)
		}
	}
}

// settle ends a batch: its inputs count, or never were.
func (m *model) settle(accept bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if accept {
		m.accepted = append(m.accepted, m.pending...)
	}
	m.pending, m.durable = nil, false
}

// crash is the end of the process: what was written counts, told or not.
func (m *model) crash() { m.settle(m.durable) }

type modelStore struct {
	*memStore

	m *model
}

func (s modelStore) Commit(ctx context.Context, b *store.Batch) (int64, error) {
	n := point(s.memStore, func(s *memStore) int { return len(s.batches) })
	seq, err := s.memStore.Commit(ctx, b)
	if point(s.memStore, func(s *memStore) int { return len(s.batches) }) > n {
		s.m.mu.Lock()
		s.m.durable = true
		s.m.mu.Unlock()
	} else if !s.m.durable {
		s.m.settle(false)
	}
	return seq, err
}

type modelActuator struct {
	partition.Actuator

	m *model
}

func (a modelActuator) Committed(c partition.Committed) {
	a.m.settle(true)
	a.Actuator.Committed(c)
}

// compare steps the accepted inputs alone and compares what comes of it with
// what is stored.
func (m *model) compare(t *testing.T, s *memStore) {
	t.Helper()
	guilds, events, commands := map[music.GuildID]music.Guild{}, map[music.GuildID][]store.Record{}, map[string]int{}
	for _, x := range m.accepted {
		g, ok := guilds[x.in.Guild]
		if !ok {
			g = music.New(x.in.Guild)
		}
		if x.in.Kind() == "loaded" {
			g = exported(g)
		}
		if x.in.Kind() == "command" {
			commands[x.in.ID]++
		}
		r := music.Step(g, x.in, x.at)
		guilds[x.in.Guild] = r.Guild
		for _, e := range r.Events {
			raw, err := json.Marshal(e.Payload)
			if err != nil {
				t.Fatal(err)
			}
			events[x.in.Guild] = append(events[x.in.Guild], store.Record{ID: string(e.ID), Cause: x.in.ID, Envelope: raw})
		}
	}
	for id, n := range commands {
		if n != 1 {
			t.Errorf("command %s was carried out %d times", id, n)
		}
	}
	got := map[music.GuildID][]store.Record{}
	for _, e := range s.journal {
		got[e.Guild] = append(got[e.Guild], store.Record{ID: e.ID, Cause: e.Cause, Envelope: e.Envelope})
	}
	for id, g := range guilds {
		if !reflect.DeepEqual(got[id], events[id]) {
			t.Errorf("guild %s: the journal has\n%s\nthe model\n%s", id, lines(got[id]), lines(events[id]))
		}
		if row, ok := s.guilds[id]; ok && !reflect.DeepEqual(row, exported(g)) {
			t.Errorf("guild %s: its row is\n%+v\nthe model has\n%+v", id, row, exported(g))
		}
	}
}

func lines(rs []store.Record) string {
	out := ""
	for _, r := range rs {
		out += fmt.Sprintf("%s from %s: %s\n", r.ID, r.Cause, r.Envelope)
	}
	return out
}
