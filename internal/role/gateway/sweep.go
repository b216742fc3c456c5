package gateway

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	sweepEvery = time.Second
	// sweepAfter is how old an owed effect is when somebody else takes care of it.
	sweepAfter = 3 * time.Second
	sweepLimit = 100
	// sweepRetry is when what failed is tried again; it doubles with each try.
	sweepRetry = 2 * time.Second
	// noticesAtOnce is how many notices are posted side by side; others are swept.
	noticesAtOnce = 32
	// settleEvery is how long done effects wait to be written together: each time
	// is a commit that others may have to wait for. A process that dies meanwhile
	// leaves answers that are given again, which shows the same.
	settleEvery = 200 * time.Millisecond
)

// sweep gives the answers and notices that nobody gave: those of a process that
// died, and those that failed. Of several gateways the one that has the guild's
// shard does: what is given twice can be seen twice.
func (r *Role) sweep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.opt.Clock.After(sweepEvery):
		}
		now := r.opt.Clock.Now()
		for _, kind := range []string{partition.KindAnswer, partition.KindNotice} {
			due, err := r.opt.Store.Owed(ctx, kind, now, sweepLimit)
			if err != nil {
				if ctx.Err() == nil {
					r.log.Warn("what is owed cannot be read", "error", err)
				}
				continue
			}
			for _, e := range due {
				if now.Sub(e.Created) >= sweepAfter && ctx.Err() == nil && r.owns(e.Guild) {
					r.sweepOne(ctx, e, now)
				}
			}
		}
	}
}

func (r *Role) sweepOne(ctx context.Context, e store.EffectRow, now time.Time) {
	m := bus.Message{Key: e.Key, Kind: e.Kind, Data: e.Payload}
	var err error
	switch e.Kind {
	case partition.KindAnswer:
		var a topic.Answer
		if a, err = topic.Hear[topic.Answer](m); err == nil {
			if r.waiters.find(a.To.ID) != nil {
				r.hearOwed(ctx, m)
				return
			}
			err = r.answerLate(ctx, a)
		}
	case partition.KindNotice:
		var n topic.Notice
		if n, err = topic.Hear[topic.Notice](m); err == nil {
			err = r.notice(ctx, e.Key, n)
		}
	}
	switch fault.CodeOf(err) {
	case "":
		r.doneWith(e.Key)
	case fault.NotFound, fault.Invalid, fault.Denied:
		// Nobody can give it any more.
		r.log.Warn("what is owed cannot be given", "key", e.Key, "error", err)
		r.doneWith(e.Key)
	default:
		next := now.Add(sweepRetry << min(e.Attempts, 6))
		if rerr := r.opt.Store.Retry(ctx, e.Key, next); rerr != nil && ctx.Err() == nil {
			r.log.Warn("a try cannot be counted", "key", e.Key, "error", rerr)
		}
	}
}

// answerLate gives an answer whose process is gone. The interaction was
// deferred, or it is too late: Discord drops what has no answer after 3 s.
func (r *Role) answerLate(ctx context.Context, a topic.Answer) error {
	to, ok := parseTarget(a.To)
	if !ok {
		return fault.New(fault.Invalid, "gateway.answerLate", "the answer has no address")
	}
	m, err := r.message(ctx, to, a.To.Locale, a.Answer)
	if err != nil {
		return err
	}
	return r.giveLate(ctx, to, m, isRefusal(a.Answer))
}

// notice posts a message that nobody asked for. Its key makes a second one the same.
func (r *Role) notice(ctx context.Context, key string, n topic.Notice) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), respondWithin)
	defer cancel()
	m := render.Answer(r.opt.Words.For(r.settings.language(ctx, n.Guild, r.locale(n.Guild))), n.Answer)
	_, err := r.front().rest.CreateMessage(ctx, n.Channel, key, m.Create())
	if err == nil {
		r.doneWith(key)
	}
	return err
}

// doneWith marks an effect as carried out, soon and together with others.
func (r *Role) doneWith(key string) {
	if key == "" {
		return
	}
	select {
	case r.done <- key:
	default:
		// It is swept, and given once more: harmless.
		r.log.Warn("too many effects wait to be marked as done")
	}
}

func (r *Role) settle(ctx context.Context) {
	var keys []string
	var due <-chan time.Time // when the first of keys has waited long enough
	flush := func(ctx context.Context) {
		if len(keys) == 0 {
			return
		}
		if err := r.opt.Store.Done(ctx, keys, r.opt.Clock.Now().UTC()); err != nil {
			r.log.Warn("effects cannot be marked as done", "count", len(keys), "error", err)
		}
		keys, due = nil, nil
	}
	for {
		select {
		case <-ctx.Done():
			for len(r.done) > 0 {
				keys = append(keys, <-r.done)
			}
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			flush(last)
			return
		case k := <-r.done:
			if keys = append(keys, k); len(keys) == 1 {
				due = r.opt.Clock.After(settleEvery)
			}
			if len(keys) < sweepLimit {
				continue
			}
		case <-due:
		}
		flush(ctx)
	}
}
