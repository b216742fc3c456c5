package partition_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// member is a process as the store knows it.
type member struct {
	store.Member

	joined, expires time.Time
}

// session is what a process keeps open, so that others see that it is alive.
type session struct {
	store  *memStore
	broken chan struct{}
	once   sync.Once
	freed  chan struct{}
}

func (x *session) Broken() <-chan struct{} { return x.broken }
func (x *session) Freed() <-chan struct{}  { return x.freed }
func (x *session) Close()                  { x.once.Do(func() { close(x.broken) }) }

func (x *session) ended() bool {
	select {
	case <-x.broken:
		return true
	default:
		return false
	}
}

// free is true where a partition can be taken by anybody. The lock is held.
func (s *memStore) free(p part) bool {
	x := s.sessions[p.holder]
	return p.holder == "" || !p.expires.After(s.clock.Now()) || x != nil && x.ended()
}

// tell says that leases became free. The lock is held.
func (s *memStore) tell() {
	for _, x := range s.sessions {
		select {
		case x.freed <- struct{}{}:
		default:
		}
	}
}

type stamp = store.Stamp

// wait waits for a condition that no change of the store announces.
func (s *memStore) wait(what string, cond func() bool) {
	s.t.Helper()
	late := time.After(patience)
	for !cond() {
		select {
		case <-late:
			s.t.Fatalf("waited in vain until %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}

// together moves the clock in steps until a condition holds, each step only when
// every process waits for the next one: however busy the machine is, none of
// them is late.
func together(what string, all []*process, cond func() bool) {
	p := all[0]
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	for !point(p.store, func(*memStore) bool { return cond() }) {
		// Each has a timer of its loop and one of its owner.
		if err := p.clock.BlockUntilContext(ctx, 2*len(all)); err != nil {
			p.t.Fatalf("waited in vain until %s", what)
		}
		p.clock.Advance(20 * time.Millisecond)
		select {
		case <-time.After(time.Millisecond): // who is woken by another one has no timer to wait for
		case <-ctx.Done():
		}
	}
}

// breakAny ends the session of a process, if it has one.
func (p *process) breakAny() bool {
	p.store.mu.Lock()
	x := p.store.sessions[p.name]
	p.store.mu.Unlock()
	if x == nil || x.ended() {
		return false
	}
	x.Close()
	return true
}

// breakSession ends a process's session, as a server does that lost it.
func (s *memStore) breakSession(holder string) {
	s.mu.Lock()
	x := s.sessions[holder]
	s.mu.Unlock()
	x.Close()
}

func (s *memStore) Attend(_ context.Context, holder string) (store.Presence, error) {
	if f := point(s, func(s *memStore) func() error { return s.onAttend }); f != nil {
		if err := f(); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &session{store: s, broken: make(chan struct{}), freed: make(chan struct{}, 1)}
	s.sessions[holder] = x
	return x, nil
}

func (s *memStore) Announce(_ context.Context, m store.Member, ttl time.Duration) error {
	if m.Role != "audio" || m.Weight < 1 || m.Holder == "" {
		return fault.New(fault.Invalid, "test", "a member that cannot be")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	old, known := s.members[m.Holder]
	if !known || !old.expires.After(now) {
		old.joined = now
	}
	s.members[m.Holder] = member{m, old.joined, now.Add(ttl)}
	return nil
}

func (s *memStore) Members(context.Context, string) ([]store.Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	var out []store.Member
	for _, h := range slices.Sorted(maps.Keys(s.members)) {
		x := s.members[h]
		if ses := s.sessions[h]; !x.expires.After(now) || ses != nil && ses.ended() {
			continue
		}
		x.Present = now.Sub(x.joined)
		out = append(out, x.Member)
	}
	return out, nil
}

func (s *memStore) Withdraw(_ context.Context, _, holder string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.members, holder)
	s.tell()
	return nil
}

func (s *memStore) Standing(context.Context) ([]store.Standing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []store.Standing
	for i, p := range s.parts {
		out = append(out, store.Standing{Partition: i, Holder: p.holder, Epoch: p.epoch, Free: s.free(p)})
	}
	return out, nil
}
