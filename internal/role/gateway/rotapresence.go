package gateway

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/store"
)

// attended is true while this process has a session with the database by which
// others see that it is alive.
func (ro *rota) attended(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	if ro.current() != nil {
		return true
	}
	p, err := ro.role.opt.Store.Attend(ctx, ro.role.opt.Holder)
	if err != nil {
		if ctx.Err() == nil {
			ro.role.log.Warn("no session with the database can be opened, shards are in doubt", "error", err)
		}
		return false
	}
	if ro.stats.Doubts.Load() > 0 {
		// Where the server was away, everybody's session has ended: the others are
		// given time to come back before what they had seems free.
		ro.lookFrom = ro.role.opt.Clock.Now().Add(ro.ttl / 2)
	}
	ro.mu.Lock()
	ro.presence = p
	ro.mu.Unlock()
	ro.wg.Go(func() { ro.watch(ctx, p) })
	for _, b := range ro.role.bots {
		for _, s := range b.all() {
			signal(s.renewNow)
		}
	}
	return true
}

// watch waits for the end of a session. From that moment on every shard is in
// doubt until it is renewed.
func (ro *rota) watch(ctx context.Context, p store.Presence) {
	select {
	case <-ctx.Done():
		return
	case <-p.Broken():
	}
	ro.mu.Lock()
	ro.presence = nil
	for _, b := range ro.role.bots {
		for _, s := range b.all() {
			s.doubt()
		}
	}
	ro.mu.Unlock()
	ro.stats.Doubts.Add(1)
	p.Close()
	ro.role.log.Error("the session with the database has ended, shards are in doubt until they are renewed")
	signal(ro.poke)
}

// close gives the session back once nothing is held any more.
func (ro *rota) close() {
	ro.wg.Wait()
	ro.mu.Lock()
	p := ro.presence
	ro.presence = nil
	ro.mu.Unlock()
	if p != nil {
		p.Close()
	}
}

func (ro *rota) current() store.Presence {
	ro.mu.Lock()
	defer ro.mu.Unlock()
	return ro.presence
}

func (ro *rota) freed() <-chan struct{} {
	if p := ro.current(); p != nil {
		return p.Freed()
	}
	return nil
}

// sure notes until when a shard is held, if the session p still stands: after
// its end somebody may have taken the shard the moment after it was renewed.
func (ro *rota) sure(p store.Presence, s *shard, epoch int64, until time.Time) {
	ro.mu.Lock()
	defer ro.mu.Unlock()
	select {
	case <-p.Broken():
		return
	default:
	}
	if ro.presence == p {
		s.prolong(epoch, until)
	}
}

// remaining is how much of a lease is left, by the clock that counts less of it:
// a machine that slept did not count the time with its monotonic one.
func remaining(clock clockwork.Clock, until time.Time) time.Duration {
	return min(-clock.Since(until), until.Round(0).Sub(clock.Now().Round(0)))
}
