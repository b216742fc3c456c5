package fleet

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/topic"
)

const (
	// Beat is how often a process announces itself.
	Beat = time.Second
	// SilentAfter is when a process that was not heard of counts as silent.
	SilentAfter = 4 * time.Second
	// GoneAfter is when a silent one is forgotten.
	GoneAfter = 2 * time.Minute
	// Within is how long answers of other processes are waited for.
	Within = time.Second
	// selfWithin bounds how long a process looks at itself.
	selfWithin = 500 * time.Millisecond
	// maxProcesses bounds how many processes are remembered.
	maxProcesses = 4096
	// beatBuffer, askBuffer and toldBuffer are how many messages may wait.
	beatBuffer = 1024
	askBuffer  = 256
	toldBuffer = 1024
)

// Local is what the roles of this process know and can do. Each part is nil
// where this process does not have that role.
type Local struct {
	// Nodes returns how the nodes are, seen from here; of the audio role.
	Nodes func() []view.Node
	// Guild returns a guild that is owned here as it was last committed, with who
	// listens; of the audio role.
	Guild func(music.GuildID) (music.Guild, bool)
	// Bots returns how the bots are, seen from here, and Shards those whose
	// connection is here; of the gateway role.
	Bots   func() []view.Bot
	Shards func() []topic.Shard
	// Frontless returns the guilds that lack the front bot; of the gateway role.
	Frontless func() []view.Frontless
	// Cordon sets whether a node takes new players, Drain moves those of one that
	// does not to others; of the audio role.
	Cordon func(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error
	Drain  func(ctx context.Context, node music.NodeName) error
	// Rebuild makes the plays anew of the journal; of the worker role.
	Rebuild func(ctx context.Context) error
}

// Options says what a fleet is made of.
type Options struct {
	Bus    bus.Bus
	Clock  clockwork.Clock
	Logger *slog.Logger
	// Self returns this process as it announces itself. Its name is that of every
	// call, and no other process has it. It gives up where ctx ends.
	Self  func(ctx context.Context) view.Process
	Local Local
	// Alone is true where the bus reaches no other process.
	Alone bool
}

// Fleet is what one process knows of all of them. Its methods are safe for
// concurrent use.
type Fleet struct {
	opt  Options
	name string

	mu sync.Mutex
	// others are the processes that were heard of, by name.
	others map[string]*other
	// open are the questions that wait for answers, by id.
	open map[string]chan answer
	// begun is when this process first listened, zero where it never did.
	begun time.Time
}

// other is a process that was heard of.
type other struct {
	view.Process

	heard time.Time
	// mute is true where it was asked and did not answer, until it is heard again.
	mute bool
}

// New returns the fleet as a process knows it that heard of nobody yet.
func New(o Options) *Fleet {
	return &Fleet{
		opt: o, name: o.Self(context.Background()).Name, others: map[string]*other{}, open: map[string]chan answer{},
	}
}

// Run announces this process, hears of the others and answers them until ctx
// ends.
func (f *Fleet) Run(ctx context.Context) error {
	heard := f.opt.Bus.Subscribe(topic.Processes, beatBuffer)
	asked := f.opt.Bus.Subscribe(topic.Asks, askBuffer)
	told := f.opt.Bus.Subscribe(topic.Told(f.name), toldBuffer)
	f.mu.Lock()
	f.begun = f.opt.Clock.Now()
	f.mu.Unlock()
	var wg sync.WaitGroup
	hear := func(s bus.Subscription, take func(context.Context, bus.Message)) {
		wg.Go(func() {
			defer s.Close()
			for {
				select {
				case <-ctx.Done():
					return
				case m, open := <-s.C():
					if !open {
						return
					}
					take(ctx, m)
				}
			}
		})
	}
	hear(heard, f.hearProcess)
	hear(told, f.hearAnswer)
	var answering sync.WaitGroup
	room := make(chan struct{}, answersAtOnce)
	hear(asked, func(ctx context.Context, m bus.Message) { f.hearQuestion(ctx, m, room, &answering) })
	f.beat(ctx)
	wg.Wait()
	answering.Wait()
	return nil
}

// beat announces this process again and again, and in the end that it leaves. The
// first two times it asks who else is there: the others' ears may open a moment
// after ours.
func (f *Fleet) beat(ctx context.Context) {
	for n := 0; ; n++ {
		next := f.opt.Clock.NewTimer(Beat)
		f.announce(ctx, announcement{Who: n < 2})
		f.forget()
		select {
		case <-ctx.Done():
			next.Stop()
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), selfWithin)
			defer cancel()
			f.announce(last, announcement{Leaving: true})
			return
		case <-next.Chan():
		}
	}
}

func (f *Fleet) announce(ctx context.Context, a announcement) {
	a.Process = f.self(ctx)
	if err := topic.Tell(ctx, f.opt.Bus, topic.Processes, f.name, a); err != nil && ctx.Err() == nil {
		f.opt.Logger.Debug("this process could not be announced", "error", err)
	}
}

// self is this process as it is now.
func (f *Fleet) self(ctx context.Context) view.Process {
	ctx, cancel := context.WithTimeout(ctx, selfWithin)
	defer cancel()
	p := f.opt.Self(ctx)
	p.State, p.SeenAt = "up", f.opt.Clock.Now().UTC()
	if f.opt.Local.Shards != nil {
		p.Shards = len(f.opt.Local.Shards())
	}
	return p
}

func (f *Fleet) hearProcess(ctx context.Context, m bus.Message) {
	a, err := topic.Hear[announcement](m)
	if err != nil || a.Name == "" {
		f.opt.Logger.Warn("the announcement of a process cannot be read", "error", err)
		return
	}
	if a.Name == f.name {
		return
	}
	f.mu.Lock()
	was, known := f.others[a.Name]
	switch {
	case a.Leaving:
		delete(f.others, a.Name)
	case known:
		was.Process, was.heard, was.mute = a.Process, f.opt.Clock.Now(), false
	case len(f.others) < maxProcesses:
		f.others[a.Name] = &other{Process: a.Process, heard: f.opt.Clock.Now()}
	}
	f.mu.Unlock()
	switch {
	case a.Leaving && known:
		f.opt.Logger.Info("another process has left", "process", a.Name)
	case !a.Leaving && !known:
		f.opt.Logger.Info("another process is there", "process", a.Name, "roles", roleNames(a.Process))
	}
	if a.Who {
		f.announce(ctx, announcement{})
	}
}

// forget drops processes that were silent for long.
func (f *Fleet) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.opt.Clock.Now()
	for name, o := range f.others {
		if now.Sub(o.heard) >= GoneAfter {
			delete(f.others, name)
		}
	}
}

// processes returns the others as they are known, in the order of their names.
func (f *Fleet) processes() []view.Process {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.opt.Clock.Now()
	out := make([]view.Process, 0, len(f.others)+1)
	for _, o := range f.others {
		p := o.Process
		p.State, p.SeenAt = "up", o.heard.UTC()
		if o.mute || now.Sub(o.heard) >= SilentAfter {
			p.State, p.Ready = "silent", false
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b view.Process) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Partitions counts the partitions that other processes say they own, as far as
// they were heard of lately.
func (f *Fleet) Partitions() int {
	n := 0
	for _, p := range f.processes() {
		if p.State == "up" {
			n += p.Partitions
		}
	}
	return n
}

func has(p view.Process, role string) bool {
	return slices.ContainsFunc(p.Roles, func(r view.Role) bool { return r.Name == role })
}

func roleNames(p view.Process) string {
	names := make([]string, 0, len(p.Roles))
	for _, r := range p.Roles {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

func byName[T any](name func(T) string) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(name(a), name(b)) }
}
