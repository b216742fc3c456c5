package fleet

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/topic"
)

// Look asks every process what its roles know and returns all of it as one. It
// waits Within at most; a process that did not answer by then is in it as silent.
func (f *Fleet) Look(ctx context.Context) Picture {
	everybody := func(view.Process) bool { return true }
	reports := []report{f.report(ctx)}
	for _, a := range f.gather(ctx, question{What: askReport}, everybody) {
		if a.Report != nil {
			reports = append(reports, *a.Report)
		}
	}
	return picture(reports, f.processes())
}

// Listeners asks the owners of guilds who listens there. A guild that nobody
// owns now, or whose owner does not answer, is not in it.
func (f *Fleet) Listeners(ctx context.Context, guilds []music.GuildID) map[music.GuildID]Listeners {
	out := map[music.GuildID]Listeners{}
	for part := range slices.Chunk(guilds, maxGuilds) {
		for _, l := range f.listeners(part) {
			out[l.Guild] = l
		}
		left := slices.DeleteFunc(slices.Clone(part), func(id music.GuildID) bool { _, known := out[id]; return known })
		if len(left) == 0 {
			continue
		}
		owners := func(p view.Process) bool { return has(p, "audio") && p.Partitions > 0 }
		for _, a := range f.gather(ctx, question{What: askListeners, Guilds: left}, owners) {
			for _, l := range a.Listeners {
				out[l.Guild] = l
			}
		}
	}
	return out
}

// Cordon sets whether a node takes new players, by a process with the audio
// role. Errors: those of the role, Unavailable where no process has it.
func (f *Fleet) Cordon(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error {
	return f.tell(ctx, "audio", f.opt.Local.Cordon != nil, question{What: askCordon, Node: node, Cordoned: cordoned, By: by, Reason: reason})
}

// Drain moves the players of a cordoned node to others, in every process with
// the audio role. Errors: as Cordon.
func (f *Fleet) Drain(ctx context.Context, node music.NodeName) error {
	return f.tell(ctx, "audio", f.opt.Local.Drain != nil, question{What: askDrain, Node: node})
}

// Rebuild makes the plays anew of the journal, by a process with the worker role.
// Errors: those of the role, Unavailable where no process has it, the context's
// where it takes longer: the worker goes on with it.
func (f *Fleet) Rebuild(ctx context.Context) error {
	return f.tell(ctx, "worker", f.opt.Local.Rebuild != nil, question{What: askRebuild})
}

// tell has one process with a role do something: this one where it can, another
// one otherwise. Where one does not answer the next one is told: all of these
// orders may be carried out twice.
func (f *Fleet) tell(ctx context.Context, role string, here bool, q question) error {
	const op = "fleet.tell"
	if here {
		return f.order(ctx, q)
	}
	able := f.processes()
	able = slices.DeleteFunc(able, func(p view.Process) bool { return p.State != "up" || !has(p, role) })
	if len(able) == 0 {
		return Nobody(op, role)
	}
	for _, p := range able {
		q.To = p.Name
		answers := f.gatherWithin(ctx, OrderWithin+Within, q, func(x view.Process) bool { return x.Name == p.Name })
		if len(answers) > 0 {
			return answers[0].Failure.fault(op)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return fault.New(fault.Unavailable, op, "no process with the "+role+" role answers").WithHint("look at platformctl status, then try again")
}

// Nobody says that no process has a role: Unavailable.
func Nobody(op, role string) error {
	return fault.New(fault.Unavailable, op, "no process has the "+role+" role").
		WithHint("start one with --roles " + role + "; roles in several processes hear each other over redis.url")
}

func (f *Fleet) gather(ctx context.Context, q question, from func(view.Process) bool) []answer {
	return f.gatherWithin(ctx, Within, q, from)
}

// gatherWithin asks, and returns the answers of the processes that it is asked of,
// and of those that were not known yet. It waits for those that were heard of
// lately; who does not answer is taken for silent until it is heard again.
func (f *Fleet) gatherWithin(ctx context.Context, within time.Duration, q question, from func(view.Process) bool) []answer {
	q.ID, q.From = rand.Text(), f.name
	told := make(chan answer, toldBuffer)
	f.mu.Lock()
	now := f.opt.Clock.Now()
	waits := map[string]bool{}
	for name, o := range f.others {
		if !o.mute && now.Sub(o.heard) < SilentAfter && from(o.Process) {
			waits[name] = true
		}
	}
	// Who has just begun may not have heard of everybody.
	fresh := !f.begun.IsZero() && now.Sub(f.begun) < Beat && q.To == "" && !f.opt.Alone
	listening := !f.begun.IsZero()
	f.open[q.ID] = told
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.open, q.ID)
		f.mu.Unlock()
	}()
	if !listening || len(waits) == 0 && !fresh {
		return nil
	}
	enough := f.opt.Clock.NewTimer(within)
	defer enough.Stop()
	if err := topic.Tell(ctx, f.opt.Bus, topic.Asks, f.name, q); err != nil {
		if !errors.Is(err, context.Canceled) {
			f.opt.Logger.Warn("other processes cannot be asked", "error", err)
		}
		return nil
	}
	var out []answer
	for len(waits) > 0 || fresh {
		select {
		case a := <-told:
			delete(waits, a.From)
			out = append(out, a)
		case <-enough.Chan():
			f.silence(waits)
			return out
		case <-ctx.Done():
			return out
		}
	}
	return out
}

// silence notes who was asked and did not answer.
func (f *Fleet) silence(names map[string]bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name := range names {
		if o := f.others[name]; o != nil && !o.mute {
			o.mute = true
			f.opt.Logger.Warn("another process does not answer", "process", name)
		}
	}
}

func (f *Fleet) hearAnswer(_ context.Context, m bus.Message) {
	a, err := topic.Hear[answer](m)
	if err != nil {
		f.opt.Logger.Warn("an answer of another process cannot be read", "error", err)
		return
	}
	f.mu.Lock()
	told := f.open[a.ID]
	if o := f.others[a.From]; o != nil {
		o.heard, o.mute = f.opt.Clock.Now(), false
	}
	f.mu.Unlock()
	if told == nil {
		return // it comes late
	}
	select {
	case told <- a:
	default:
	}
}
