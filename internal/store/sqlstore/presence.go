package sqlstore

import (
	"context"
	"sync"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// presences are the sessions by which others see that a holder of this process
// is alive, one for each holder.
type presences struct {
	// open opens a session; nil where the engine has none that others could see.
	open func(ctx context.Context, holder string) (keeper, error)
	wg   sync.WaitGroup

	mu     sync.Mutex
	by     map[string]*presence
	closed bool
}

// keeper is a session that is open.
type keeper interface {
	// stay calls freed whenever leases became free, until ctx ends or the
	// session does.
	stay(ctx context.Context, freed func())
}

// presence is one holder's session.
type presence struct {
	holder string
	broken chan struct{}
	stop   context.CancelFunc
	shares map[*presenceShare]struct{}
}

// presenceShare is what one role of the process has of it.
type presenceShare struct {
	all   *presences
	p     *presence
	freed chan struct{}
}

func newPresences() *presences { return &presences{by: map[string]*presence{}} }

// Attend implements [store.Members].
func (db *DB) Attend(ctx context.Context, holder string) (store.Presence, error) {
	const op = "sqlstore.Attend"
	if err := checkLease(op, holder, maxLease); err != nil {
		return nil, err
	}
	ps := db.presences
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.closed {
		return nil, fault.New(fault.Unavailable, op, "the database is closed")
	}
	p := ps.by[holder]
	if p == nil {
		life, stop := context.WithCancel(context.WithoutCancel(ctx))
		p = &presence{holder: holder, broken: make(chan struct{}), stop: stop, shares: map[*presenceShare]struct{}{}}
		if ps.open != nil {
			within, cancel := context.WithTimeout(ctx, db.opts.Timeout)
			defer cancel()
			h, err := ps.open(within, holder)
			if err != nil {
				stop()
				return nil, failed(err, op)
			}
			ps.wg.Go(func() {
				h.stay(life, ps.tell)
				ps.over(p)
			})
		} else {
			ps.wg.Go(func() {
				<-life.Done()
				ps.over(p)
			})
		}
		ps.by[holder] = p
	}
	s := &presenceShare{all: ps, p: p, freed: make(chan struct{}, 1)}
	p.shares[s] = struct{}{}
	return s, nil
}

// over notes that a session has ended.
func (ps *presences) over(p *presence) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p.stop()
	if ps.by[p.holder] == p {
		delete(ps.by, p.holder)
	}
	close(p.broken)
}

// tell says to every role of this process that leases became free.
func (ps *presences) tell() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, p := range ps.by {
		for s := range p.shares {
			select {
			case s.freed <- struct{}{}:
			default:
			}
		}
	}
}

// close ends the sessions.
func (ps *presences) close() error {
	ps.mu.Lock()
	ps.closed = true
	for _, p := range ps.by {
		p.stop()
	}
	ps.mu.Unlock()
	ps.wg.Wait()
	return nil
}

// Broken implements [store.Presence].
func (s *presenceShare) Broken() <-chan struct{} { return s.p.broken }

// Freed implements [store.Presence].
func (s *presenceShare) Freed() <-chan struct{} { return s.freed }

// Close implements [store.Presence]. The last share waits until the server was
// told, so that whoever comes next sees it.
func (s *presenceShare) Close() {
	s.all.mu.Lock()
	delete(s.p.shares, s)
	last := len(s.p.shares) == 0
	if last {
		s.p.stop()
		if s.all.by[s.p.holder] == s.p {
			// Whoever attends from now on has a session of their own.
			delete(s.all.by, s.p.holder)
		}
	}
	s.all.mu.Unlock()
	if last {
		<-s.p.broken
	}
}

// free carries out statements after which leases are free, and tells those who
// wait for them.
func (db *DB) free(ctx context.Context, op string, list ...statement) error {
	if db.dialect.told != "" {
		list = append(list, statement{text: db.dialect.told, want: anyRows})
	}
	if err := db.change(ctx, op, list...); err != nil {
		return err
	}
	if db.dialect.told == "" {
		db.presences.tell()
	}
	return nil
}
