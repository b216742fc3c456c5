package fleet

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
)

const (
	// answersAtOnce is how many questions a process answers side by side. Who
	// comes beyond is not answered, and takes it for silent.
	answersAtOnce = 32
	// OrderWithin bounds how long an order of another process is worked on. A
	// rebuild that takes longer is gone on with by the worker.
	OrderWithin = 8 * time.Second
)

// hearQuestion answers what another process asks, if it is asked here.
func (f *Fleet) hearQuestion(ctx context.Context, m bus.Message, room chan struct{}, wg *sync.WaitGroup) {
	q, err := topic.Hear[question](m)
	if err != nil || q.ID == "" || q.From == "" {
		f.opt.Logger.Warn("a question of another process cannot be read", "error", err)
		return
	}
	if q.From == f.name || q.To != "" && q.To != f.name {
		return
	}
	select {
	case room <- struct{}{}:
	default:
		f.opt.Logger.Warn("too many questions of other processes, one is not answered", "from", q.From, "what", q.What)
		return
	}
	wg.Go(func() {
		defer func() { <-room }()
		a := f.answer(ctx, q)
		a.ID, a.From = q.ID, f.name
		if err := topic.Tell(ctx, f.opt.Bus, topic.Told(q.From), f.name, a); err != nil && ctx.Err() == nil {
			f.opt.Logger.Debug("a question could not be answered", "from", q.From, "error", err)
		}
	})
}

// answer is what this process knows about a question, or what came of an order.
func (f *Fleet) answer(ctx context.Context, q question) answer {
	switch q.What {
	case askReport:
		r := f.report(ctx)
		return answer{Report: &r}
	case askListeners:
		return answer{Listeners: f.listeners(q.Guilds)}
	case askCordon, askDrain, askRebuild:
		within, cancel := context.WithTimeout(ctx, OrderWithin)
		defer cancel()
		err := f.order(within, q)
		if err != nil && within.Err() != nil {
			err = fault.Wrap(err, fault.Pending, "fleet.answer", "it is not done yet")
		}
		return answer{Failure: failureOf(err)}
	}
	// It comes from a process of a newer version.
	return answer{Failure: failureOf(fault.New(fault.Invalid, "fleet.answer", "this process is of a version that does not know what was asked"))}
}

// report is what the roles of this process know.
func (f *Fleet) report(ctx context.Context) report {
	r := report{Process: f.self(ctx)}
	if f.opt.Local.Nodes != nil {
		r.Nodes = f.opt.Local.Nodes()
	}
	if f.opt.Local.Bots != nil {
		r.Bots = f.opt.Local.Bots()
	}
	if f.opt.Local.Shards != nil {
		r.Shards = f.opt.Local.Shards()
	}
	if f.opt.Local.Frontless != nil {
		r.Frontless = f.opt.Local.Frontless()
	}
	return r
}

// listeners is who listens in those of the guilds that are owned here.
func (f *Fleet) listeners(guilds []music.GuildID) []Listeners {
	if f.opt.Local.Guild == nil {
		return nil
	}
	var out []Listeners
	for _, id := range guilds[:min(len(guilds), maxGuilds)] {
		g, known := f.opt.Local.Guild(id)
		if !known {
			continue
		}
		l := Listeners{Guild: id, Name: g.Name, Bots: map[music.BotID]int{}}
		for _, p := range g.Players {
			if p.Voice.Channel != "" {
				l.Bots[p.Bot] = g.Listeners(p.Voice.Channel)
			}
		}
		out = append(out, l)
	}
	return out
}

// order does what only a role of this process can. Errors: those of the role,
// Unavailable where this process does not have it.
func (f *Fleet) order(ctx context.Context, q question) error {
	l := f.opt.Local
	switch {
	case q.What == askCordon && l.Cordon != nil:
		return l.Cordon(ctx, q.Node, q.Cordoned, q.By, q.Reason)
	case q.What == askDrain && l.Drain != nil:
		return l.Drain(ctx, q.Node)
	case q.What == askRebuild && l.Rebuild != nil:
		return l.Rebuild(ctx)
	}
	return fault.New(fault.Unavailable, "fleet.order", "that process does not have the role any more").WithHint("try again in a moment")
}
