package gateway

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// name is what the shard is called where it is shared.
func (s *shard) name() string { return fmt.Sprintf("%s/%d", s.bot.id, s.index) }

// want says whether this process is to have the shard.
func (s *shard) want(wanted bool) {
	s.mu.Lock()
	changed := s.wanted != wanted
	s.wanted = wanted
	s.mu.Unlock()
	if changed {
		signal(s.changed)
	}
}

func (s *shard) isWanted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wanted
}

// awaitWanted waits until the shard is wanted here; false where ctx ended.
func (s *shard) awaitWanted(ctx context.Context) bool {
	for ctx.Err() == nil {
		if s.isWanted() {
			return true
		}
		select {
		case <-ctx.Done():
		case <-s.changed:
		}
	}
	return false
}

// awaitUnwanted waits until it is not wanted any more; false where ctx ended.
func (s *shard) awaitUnwanted(ctx context.Context) bool {
	for ctx.Err() == nil {
		if !s.isWanted() {
			return true
		}
		select {
		case <-ctx.Done():
		case <-s.changed:
		}
	}
	return false
}

// hold notes that the shard was acquired. Until when is said by prolong.
func (s *shard) hold(lease store.Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leased, s.leaseEpoch, s.until = true, lease.Epoch, time.Time{}
}

// let notes that the shard is not held any more.
func (s *shard) let() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leased, s.until = false, time.Time{}
}

func (s *shard) holds() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leased
}

// Held counts the shards that this process has.
func (r *Role) Held() (n int) {
	for _, b := range r.bots {
		for _, s := range b.all() {
			if s.holds() {
				n++
			}
		}
	}
	return n
}

// EachLeaseChange calls f with how often leases of shards were acquired, given,
// lost or in doubt since this process began.
func (r *Role) EachLeaseChange(f func(change string, total int64)) { r.rota.stats.Each(f) }

// prolong says until when the shard is held under an epoch.
func (s *shard) prolong(epoch int64, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leased && s.leaseEpoch == epoch {
		s.until = until
	}
}

// doubt says that it is not known any more whether the shard is held: its socket
// stays open, and nothing is sent that a successor could be contradicted by.
func (s *shard) doubt() {
	s.mu.Lock()
	s.until = time.Time{}
	s.mu.Unlock()
	signal(s.renewNow)
}

// certain is true while the shard is held beyond doubt.
func (s *shard) certain() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leased && remaining(s.role.opt.Clock, s.until) > 0
}

// sure is certain for an epoch.
func (s *shard) sure(epoch int64) bool {
	s.mu.Lock()
	same := s.leaseEpoch == epoch
	s.mu.Unlock()
	return same && s.certain()
}

// renewEvery is how long a renewal waits for the next one: a third of the lease,
// a little less by shard, so that those of many shards are spread.
func (s *shard) renewEvery(ttl time.Duration) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.name()))
	return ttl/heartbeatPart - ttl/12*time.Duration(h.Sum32()%100)/100
}

// renew prolongs the lease until it is lost. What a renewal is worth is counted
// from before it was sent.
func (s *shard) renew(ctx context.Context, epoch int64, ttl time.Duration) {
	clock, every := s.role.opt.Clock, s.renewEvery(ttl)
	timer := clock.NewTimer(every)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.Chan():
		case <-s.renewNow:
		}
		timer.Reset(every)
		p := s.role.rota.current()
		if p == nil {
			// It is renewed once there is a session again by which others see it.
			continue
		}
		sent := clock.Now()
		err := s.role.opt.Store.RenewShard(ctx, s.bot.id, s.index, s.role.opt.Holder, epoch, ttl)
		switch {
		case err == nil:
			s.role.rota.sure(p, s, epoch, sent.Add(ttl))
		case fault.CodeOf(err) == fault.Conflict:
			s.role.rota.stats.Lost.Add(1)
			s.role.log.Error("a shard's lease was lost", "shard", s.index, "epoch", epoch)
			return
		case ctx.Err() == nil:
			timer.Reset(ttl / lookPart)
			s.role.log.Warn("a shard's lease cannot be renewed", "shard", s.index, "error", err)
		}
	}
}
