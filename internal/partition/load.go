package partition

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	loadChunk = 100
	loadRetry = 250 * time.Millisecond
)

// Own gives a partition to the loop. Its guilds that have work are read and
// taken up one after the other from then on, those that sound first; one that
// something comes for is read before its turn. lease is what Acquire returned,
// and until is when it ends by this process's clock, counted from before it was
// asked for.
func (l *Loop) Own(ctx context.Context, partition int, lease store.Lease, until time.Time) error {
	ids, err := l.opt.Store.Active(ctx, partition)
	if err != nil {
		return fault.Wrap(err, fault.CodeOf(err), "partition.Own", "the partition's guilds cannot be listed")
	}
	since := l.opt.Clock.Now().Add(-CommandMemory)
	var keys []string
	for _, kind := range []string{KindCommand, KindAnswer} {
		of, err := l.opt.Store.Keys(ctx, partition, kind, since)
		if err != nil {
			return fault.Wrap(err, fault.CodeOf(err), "partition.Own", "the commands of the last hour cannot be read")
		}
		keys = append(keys, of...)
	}
	return l.control(ctx, func(context.Context) {
		o := &ownership{epoch: lease.Epoch, batch: lease.Batch, until: until, alive: lease.AliveUntil}
		o.pending = make(map[music.GuildID]struct{}, len(ids))
		for _, id := range ids {
			o.pending[id] = struct{}{}
		}
		l.mu.Lock()
		l.owned[partition] = o
		l.mu.Unlock()
		l.intake.forget(partition)
		if wall := l.now(); lease.AliveUntil.After(wall) {
			l.base = l.base.Add(lease.AliveUntil.Sub(wall))
		}
		now := l.now()
		for _, k := range keys {
			if id, ok := commandOf(k); ok {
				l.seen[id] = now
			}
		}
		l.backlog.add(ids, lease.Epoch)
		l.opt.Actuator.Owned(partition, lease.Epoch)
	})
}

// Prolong says that a partition's lease was renewed.
func (l *Loop) Prolong(partition int, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o := l.owned[partition]; o != nil {
		o.until = until
	}
}

// Doubt says that it is not known any more whether the leases are still held:
// nothing is told and nothing is acted upon until they are prolonged.
func (l *Loop) Doubt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.opt.Clock.Now()
	for _, o := range l.owned {
		if o.until.After(now) {
			o.until = now
		}
	}
}

// Yield takes a partition away that is to be another's: what waits is stepped
// and committed first, as far as that is possible at once, and told.
func (l *Loop) Yield(ctx context.Context, partition int) error {
	return l.control(ctx, func(ctx context.Context) {
		if l.owns(partition) {
			l.turn(ctx)
			l.flush(ctx)
		}
		l.lose(partition)
	})
}

// Lose takes a partition away. What was stepped and not committed is forgotten,
// what waits too: it belongs to the next owner.
func (l *Loop) Lose(ctx context.Context, partition int) error {
	return l.control(ctx, func(context.Context) { l.lose(partition) })
}

func (l *Loop) lose(partition int) {
	l.mu.Lock()
	delete(l.owned, partition)
	for id := range l.guilds {
		if Of(id, l.opt.Partitions) == partition {
			delete(l.guilds, id)
			l.timers.set(id, time.Time{})
		}
	}
	l.mu.Unlock()
	l.in.drop(func(id music.GuildID) bool { return Of(id, l.opt.Partitions) != partition })
	l.intake.forget(partition)
	for i, o := range l.held {
		l.held[i] = o.without(partition, func(id music.GuildID) int { return Of(id, l.opt.Partitions) })
	}
	l.opt.Actuator.Lost(partition)
}

// Owned returns the partitions that the loop has, with their epochs and batches.
func (l *Loop) Owned() []store.Stamp {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]store.Stamp, 0, len(l.owned))
	for p, o := range l.owned {
		out = append(out, store.Stamp{Partition: p, Epoch: o.epoch, Batch: o.batch})
	}
	return out
}

// control runs f on the loop's goroutine and waits for it.
func (l *Loop) control(ctx context.Context, f func(context.Context)) error {
	done := make(chan struct{})
	select {
	case l.ctl <- func(ctx context.Context) { defer close(done); f(ctx) }:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// takeUp brings a guild into memory. The first thing it hears is that it was loaded.
func (l *Loop) takeUp(id music.GuildID, row *music.Guild) {
	o := l.owned[Of(id, l.opt.Partitions)]
	if o == nil || l.guilds[id] != nil {
		l.in.unpark(id)
		return
	}
	var alive time.Time
	if _, ok := o.pending[id]; ok {
		// It had work when its last owner was alive, and nobody looked at it since.
		alive = o.alive
		l.mu.Lock()
		delete(o.pending, id)
		l.mu.Unlock()
	}
	e := &entry{row: row, used: l.now()}
	if row != nil {
		e.g = row
	} else {
		g := l.opt.NewGuild(id)
		e.g = &g
	}
	l.mu.Lock()
	l.guilds[id] = e
	l.mu.Unlock()
	l.in.back([]Delivery{{Input: music.Input{
		ID:    "loaded:" + string(id) + ":" + l.now().Format(time.RFC3339Nano),
		Guild: id, Body: music.Loaded{AliveUntil: alive},
	}}})
	l.in.unpark(id)
	l.opt.Actuator.TakenUp(e.g)
}

// wanted is a guild whose rows have to be read, under an epoch: rows that were
// asked for under an older one may be from before another owner changed them.
type wanted struct {
	guild music.GuildID
	epoch int64
}

// want asks the loader for a guild's rows. The guild is parked until they came.
func (l *Loop) want(id music.GuildID) {
	select {
	case l.wanted <- wanted{id, l.owned[Of(id, l.opt.Partitions)].epoch}:
	default:
		// So many are wanted that the next attempt has to come from the guild itself.
		l.in.unpark(id)
	}
}

// loader reads rows beside the loop, several guilds at a time.
func (l *Loop) loader(ctx context.Context) {
	for {
		asked, ahead, ok := l.toRead(ctx)
		if !ok {
			return
		}
		ids := make([]music.GuildID, len(asked))
		for i, w := range asked {
			ids[i] = w.guild
		}
		rows, err := l.opt.Store.Load(ctx, ids)
		for err != nil {
			l.log.Warn("guilds cannot be read, trying again", "count", len(ids), "error", err)
			select {
			case <-ctx.Done():
				return
			case <-l.opt.Clock.After(loadRetry):
			}
			rows, err = l.opt.Store.Load(ctx, ids)
		}
		found := make(map[music.GuildID]*music.Guild, len(rows))
		for i := range rows {
			found[rows[i].ID] = &rows[i]
		}
		if l.control(ctx, func(context.Context) {
			for _, w := range asked {
				o := l.owned[Of(w.guild, l.opt.Partitions)]
				if o != nil && o.epoch != w.epoch {
					// Whoever waits for it under this epoch asked again.
					continue
				}
				if ahead && (o == nil || !o.waits(w.guild)) {
					// Somebody asked for it meanwhile, and may have changed it.
					continue
				}
				l.takeUp(w.guild, found[w.guild])
			}
		}) != nil {
			return
		}
		if ahead {
			l.backlog.read(len(asked))
		}
	}
}
