package partition

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// attended is true while this process has a session with the database by which
// others see that it is alive. Without one nothing is done: a lease whose holder
// seems dead can be taken at any time.
func (o *Owner) attended(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	if o.current() != nil {
		return true
	}
	p, err := o.opt.Leases.Attend(ctx, o.opt.Holder)
	if err != nil {
		now := o.opt.Clock.Now()
		// The same holds for all three: they are tried again soon.
		o.renewAt, o.announceAt, o.lookAt = now.Add(o.opt.TTL/lookPart), now.Add(o.opt.TTL/lookPart), now.Add(o.opt.TTL/lookPart)
		if ctx.Err() == nil {
			o.log.Warn("no session with the database can be opened, leases are in doubt", "error", err)
		}
		return false
	}
	now := o.opt.Clock.Now()
	if o.attendedOnce {
		// Where the server was away, everybody's session has ended: the others are
		// given time to come back before what they had seems free.
		o.lookFrom = now.Add(o.opt.TTL / 2)
	}
	o.attendedOnce = true
	o.mu.Lock()
	o.presence = p
	o.mu.Unlock()
	o.watching.Go(func() { o.watch(p) })
	return true
}

func (o *Owner) current() store.Presence {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.presence
}

// watch waits for the end of a session. From that moment on every lease is in
// doubt, whatever this owner is busy with.
func (o *Owner) watch(p store.Presence) {
	select {
	case <-p.Broken():
	case <-o.gone:
		return
	}
	o.mu.Lock()
	ours := o.presence == p
	if ours {
		o.presence = nil
		o.loop.Doubt()
		o.stats.Doubts.Add(1)
	}
	o.mu.Unlock()
	if !ours {
		return
	}
	o.log.Error("the session with the database has ended, leases are in doubt until they are renewed")
	p.Close()
	select {
	case o.broke <- struct{}{}:
	default:
	}
}

// sure prolongs leases that were confirmed while the session p stood. Where that
// one has ended since, the confirmation says nothing: somebody may have taken
// them the moment after.
func (o *Owner) sure(p store.Presence, held []store.Stamp, until time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.presence != p || isClosed(p.Broken()) {
		return
	}
	for _, s := range held {
		o.loop.Prolong(s.Partition, until)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// freed gets something when leases became free.
func (o *Owner) freed() <-chan struct{} {
	if p := o.current(); p != nil {
		return p.Freed()
	}
	return nil
}

// renew prolongs the leases whose turn it is. What a renewal is worth is counted
// from before it was sent. While the database does not answer, the leases run
// out and the loop holds back what it would do.
func (o *Owner) renew(ctx context.Context) {
	held := o.loop.Owned()
	n := groups(len(held))
	now := o.opt.Clock.Now()
	o.renewAt = now.Add(o.opt.TTL / renewPart / time.Duration(n))
	o.round++
	var turn []store.Stamp
	for _, s := range held {
		// Those that missed their turn, or are in doubt, come too.
		if s.Partition%n == o.round%n || o.loop.rest(s.Partition) < o.opt.TTL*11/20 {
			turn = append(turn, s)
		}
	}
	if len(turn) == 0 {
		return
	}
	p := o.current()
	if p == nil {
		return
	}
	err := o.opt.Leases.Renew(ctx, o.opt.Holder, turn, o.opt.TTL)
	switch fault.CodeOf(err) {
	case "":
		o.sure(p, turn, now.Add(o.opt.TTL))
	case fault.Conflict:
		o.sort(ctx, held)
	default:
		if ctx.Err() == nil {
			o.log.Warn("leases cannot be renewed", "error", err)
		}
		// What was due is still due.
		o.round--
		o.renewAt = o.opt.Clock.Now().Add(o.opt.TTL / lookPart)
	}
}

// sort finds which of the leases were lost, after a renewal of all was refused.
func (o *Owner) sort(ctx context.Context, held []store.Stamp) {
	all, err := o.opt.Leases.Standing(ctx)
	if err != nil {
		return
	}
	epochs := make(map[int]int64, len(all))
	for _, s := range all {
		if s.Holder == o.opt.Holder {
			epochs[s.Partition] = s.Epoch
		}
	}
	lost := 0
	for _, s := range held {
		if epochs[s.Partition] == s.Epoch {
			continue
		}
		lost++
		o.log.Error("a partition's lease was lost", "partition", s.Partition, "epoch", s.Epoch)
		o.stats.Lost.Add(1)
		if err := o.loop.Lose(ctx, s.Partition); err != nil {
			return
		}
	}
	// The others are still to be renewed; where none was lost, what was refused
	// is asked again a little later.
	now := o.opt.Clock.Now()
	o.renewAt, o.lookAt = now, now
	if lost == 0 {
		o.renewAt = now.Add(o.opt.TTL / lookPart)
	}
}
