package partition_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// verdict is what happens to a commit.
type verdict int

const (
	pass verdict = iota
	unavailable
	unknownWritten
	unknownLost
	refuse
	stale
)

// memStore keeps what a loop and an owner need, in memory, with the promises of
// package store and with failures on demand.
type memStore struct {
	store.Store // what is not implemented panics

	t     testing.TB
	clock clockwork.Clock

	mu      sync.Mutex
	changed chan struct{}
	parts   []part
	guilds  map[music.GuildID]music.Guild
	journal []store.JournalRow
	seqs    map[string]int64
	effects map[string]store.EffectRow
	cursors map[string]int64
	dead    []store.DeadLetter
	// batches are those that were written; calls counts the attempts.
	batches []store.Batch
	calls   int
	loads   int
	// members and sessions are of the processes that share the partitions.
	members  map[string]member
	sessions map[string]*session

	// The failpoints. They are called without the lock.
	onCommit  func(*store.Batch) verdict
	onNumbers func() error
	onSeqOf   func() error
	onLoad    func(context.Context) error
	onActive  func(context.Context) error
	onRenew   func([]store.Stamp) error
	onAttend  func() error
}

type part struct {
	epoch, batch     int64
	holder           string
	expires, renewed time.Time
}

func newMemStore(t testing.TB, clock clockwork.Clock, partitions int) *memStore {
	return &memStore{
		t: t, clock: clock, changed: make(chan struct{}), parts: make([]part, partitions),
		guilds: map[music.GuildID]music.Guild{}, seqs: map[string]int64{}, effects: map[string]store.EffectRow{},
		cursors: map[string]int64{}, members: map[string]member{}, sessions: map[string]*session{},
	}
}

// bump wakes whoever waits for a condition. The lock is held.
func (s *memStore) bump() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// set changes failpoints while a loop runs.
func (s *memStore) set(f func(*memStore)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

func point[T any](s *memStore, f func(*memStore) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f(s)
}

func (s *memStore) Commit(_ context.Context, b *store.Batch) (int64, error) {
	v := pass
	s.set(func(s *memStore) { s.calls++; s.bump() })
	if f := point(s, func(s *memStore) func(*store.Batch) verdict { return s.onCommit }); f != nil {
		v = f(b)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.bump()
	switch v {
	case unavailable:
		return 0, fault.New(fault.Unavailable, "test", "the database is away")
	case unknownLost:
		return 0, fault.New(fault.Unknown, "test", "no answer")
	case refuse:
		return 0, fault.New(fault.Invalid, "test", "a row is refused")
	case stale:
		return 0, fault.New(fault.Conflict, "test", "a stamp is stale")
	default: // pass and unknownWritten: it is written
	}
	for _, st := range b.Stamps {
		if p := s.parts[st.Partition]; p.epoch != st.Epoch || p.batch != st.Batch-1 {
			return 0, fault.New(fault.Conflict, "test", "a stamp is stale")
		}
	}
	first := s.write(b)
	if v == unknownWritten {
		return 0, fault.New(fault.Unknown, "test", "no answer")
	}
	return first, nil
}

// write takes a batch, and checks what only the loop can get wrong.
func (s *memStore) write(b *store.Batch) int64 {
	fenced := map[int]bool{}
	for _, st := range b.Stamps {
		s.parts[st.Partition].batch = st.Batch
		fenced[st.Partition] = true
	}
	for _, c := range b.Guilds {
		row, there := s.guilds[c.After.ID]
		switch {
		case !fenced[c.Partition]:
			s.t.Errorf("guild %s is written without a fence", c.After.ID)
		case there != (c.Before != nil):
			s.t.Errorf("guild %s: before is %v, a row is there: %v", c.After.ID, c.Before, there)
		case there && !reflect.DeepEqual(row, exported(*c.Before)):
			s.t.Errorf("guild %s is stepped from what is not its row", c.After.ID)
		}
		s.guilds[c.After.ID] = exported(*c.After)
	}
	var first int64
	for _, e := range b.Events {
		seq := int64(len(s.journal) + 1)
		if first == 0 {
			first = seq
		}
		if s.seqs[e.ID] != 0 {
			s.t.Errorf("event %s is written twice", e.ID)
		}
		if !fenced[e.Partition] || len(e.Envelope) == 0 {
			s.t.Errorf("event %s: without fence or envelope", e.ID)
		}
		s.seqs[e.ID] = seq
		s.journal = append(s.journal, store.JournalRow{Seq: seq, Record: e})
	}
	for _, e := range b.Effects {
		if _, there := s.effects[e.Key]; !there {
			s.effects[e.Key] = e
		}
	}
	for _, c := range b.Cursors {
		if !fenced[c.Partition] {
			s.t.Errorf("cursor %+v is written without a fence", c)
		}
		s.cursors[fmt.Sprintf("%d/%s/%s", c.Partition, c.Source, c.Generation)] = c.Position
	}
	s.dead = append(s.dead, b.DeadLetters...)
	s.batches = append(s.batches, *b)
	return first
}

// exported is a guild as rows keep it.
func exported(g music.Guild) music.Guild {
	return music.Guild{
		ID: g.ID, Name: g.Name, Settings: g.Settings, Entitlements: g.Entitlements, Bots: g.Bots, Players: g.Players,
	}
}

func (s *memStore) BatchNumbers(_ context.Context, partitions []int) ([]store.Stamp, error) {
	if f := point(s, func(s *memStore) func() error { return s.onNumbers }); f != nil {
		if err := f(); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []store.Stamp
	for _, p := range partitions {
		out = append(out, store.Stamp{Partition: p, Epoch: s.parts[p].epoch, Batch: s.parts[p].batch})
	}
	return out, nil
}

func (s *memStore) SeqOf(_ context.Context, id string) (int64, error) {
	if f := point(s, func(s *memStore) func() error { return s.onSeqOf }); f != nil {
		if err := f(); err != nil {
			return 0, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.seqs[id]; n != 0 {
		return n, nil
	}
	return 0, fault.New(fault.NotFound, "test", "no such event")
}

func (s *memStore) Load(ctx context.Context, ids []music.GuildID) ([]music.Guild, error) {
	s.mu.Lock()
	var out []music.Guild
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if g, ok := s.guilds[id]; ok {
			out = append(out, g)
		}
	}
	s.loads++
	f := s.onLoad
	s.bump()
	s.mu.Unlock()
	if f != nil {
		if err := f(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *memStore) Active(ctx context.Context, p int) ([]music.GuildID, error) {
	if f := point(s, func(s *memStore) func(context.Context) error { return s.onActive }); f != nil {
		if err := f(ctx); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []music.GuildID
	for _, id := range slices.Sorted(maps.Keys(s.guilds)) {
		g := s.guilds[id]
		if partition.Of(id, len(s.parts)) == p && slices.ContainsFunc(g.Players, func(p *music.Player) bool {
			return p.Play != nil || len(p.Queue) > 0 || p.Voice.Want != "" || p.Voice.Channel != ""
		}) {
			out = append(out, id)
		}
	}
	return out, nil
}

// knows is true where a row says that a command came.
func (s *memStore) knows(id string) bool {
	_, marked := s.effects[partition.CommandKey(id)]
	_, answered := s.effects[partition.AnswerKey(id)]
	return marked || answered
}

func (s *memStore) Keys(_ context.Context, p int, kind string, since time.Time) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for k, e := range s.effects {
		if e.Partition == p && e.Kind == kind && !e.Created.Before(since) {
			out = append(out, k)
		}
	}
	return out, nil
}

func (s *memStore) Partitions(context.Context) (int, error) { return len(s.parts), nil }

func (s *memStore) Acquire(_ context.Context, n int, holder string, ttl time.Duration) (store.Lease, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.bump()
	p, now := &s.parts[n], s.clock.Now()
	if p.holder != holder && !s.free(*p) {
		return store.Lease{}, fault.New(fault.Conflict, "test", "somebody else holds it")
	}
	l := store.Lease{Epoch: p.epoch + 1, Expires: now.Add(ttl), AliveUntil: p.renewed, Batch: p.batch}
	p.epoch, p.holder, p.expires, p.renewed = l.Epoch, holder, l.Expires, now
	return l, nil
}

func (s *memStore) Renew(_ context.Context, holder string, held []store.Stamp, ttl time.Duration) error {
	if f := point(s, func(s *memStore) func([]store.Stamp) error { return s.onRenew }); f != nil {
		if err := f(held); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.bump()
	for _, h := range held {
		if p := s.parts[h.Partition]; p.holder != holder || p.epoch != h.Epoch {
			return fault.New(fault.Conflict, "test", "a lease was lost")
		}
	}
	for _, h := range held {
		s.parts[h.Partition].expires, s.parts[h.Partition].renewed = s.clock.Now().Add(ttl), s.clock.Now()
	}
	return nil
}

func (s *memStore) Release(_ context.Context, holder string, held []store.Stamp) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.bump()
	for _, h := range held {
		if p := &s.parts[h.Partition]; p.holder == holder && p.epoch == h.Epoch {
			p.holder, p.expires = "", time.Time{}
		}
	}
	s.tell()
	return nil
}
