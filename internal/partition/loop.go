package partition

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// Store is what a loop needs of the database.
type Store interface {
	store.Committer
	store.Guilds
	Keys(ctx context.Context, partition int, kind string, since time.Time) ([]string, error)
}

// Options says how a loop runs.
type Options struct {
	// Partitions is how many the installation has.
	Partitions int
	Store      Store
	Encoder    Encoder
	Actuator   Actuator
	Clock      clockwork.Clock
	Logger     *slog.Logger
	// MaxBatch is how many inputs a commit takes at most; 0 means 512.
	MaxBatch int
	// Linger is how long a command waits for what it wants looked up, so that
	// both go into one commit; 0 means that it does not wait.
	Linger time.Duration
	// Pace is how long a loop that is busy waits for more between two commits;
	// 0 means not at all. See busyBatch.
	Pace time.Duration
	// Rest is how long inputs that nobody waits for wait for others to share a
	// commit with; 0 means not at all. See patient.
	Rest time.Duration
	// CursorPace is how long a commit of commands leaves the cursors alone that
	// moved after others were stored: they go with a later commit, or alone after
	// cursorDelay. 0 means that each commit takes them with it, as one with a fact
	// of a source always does.
	CursorPace time.Duration
	// NewGuild makes a guild that has no row; nil means music.New.
	NewGuild func(music.GuildID) music.Guild
	// Apply lets tests put faults into the step; nil means music.Step.
	Apply func(music.Guild, music.Input, time.Time) music.Result
}

// cursorDelay is how long a cursor that moved alone waits for a commit to go with.
const cursorDelay = 200 * time.Millisecond

// busyBatch is how many inputs a batch has where a loop is busy: so many come
// during one commit. A short rest before the next one then lets more of them
// share it, and what a commit costs is shared too. Whoever waits for a loop that
// is less busy does not wait for this.
const busyBatch = 4

// evictAfter is how long a guild without any work stays in memory.
const evictAfter = 10 * time.Minute

// Loop changes the guilds of the partitions that it was given, one input after
// the other. One goroutine runs it; the other methods may be called by any.
type Loop struct {
	opt Options
	log *slog.Logger
	in  *inbox
	ctl chan func(context.Context)
	// wanted are guilds whose rows have to be read.
	wanted chan wanted
	// backlog are guilds that nobody asked for and that have work.
	backlog *backlog

	// start and base make time that never runs backwards.
	start time.Time
	base  time.Time

	// mu guards what other goroutines look at. The loop alone writes.
	mu     sync.RWMutex
	guilds map[music.GuildID]*entry
	owned  map[int]*ownership

	timers *timers
	// seen are the ids of the commands of the last hour, and when they came.
	seen    map[string]time.Time
	intake  *intake
	flushAt time.Time
	// cursorAt is when a commit takes cursors with it again.
	cursorAt time.Time
	evictAt  time.Time
	held     []outcome
	// lingers are the commands that wait for what they asked for, the first
	// whose patience ends first.
	lingers []lingering
	// paceAt is when a busy loop goes on.
	paceAt time.Time
	// restAt is when those that rest have their turn.
	restAt time.Time
	// again are the inputs of a batch that wait again, in their order.
	again   []Delivery
	retryAt time.Time
	backoff time.Duration
	stats   Stats
}

type entry struct {
	// g is as it was last committed. It is never written to, only replaced.
	g *music.Guild
	// row is what the database has, nil for nothing.
	row  *music.Guild
	used time.Time
}

type ownership struct {
	epoch, batch int64
	// until is by the loop's own clock, counted from before the renewal was sent.
	until time.Time
	// alive is when the owner before was last known to be alive; pending are the
	// guilds with work that were not taken up since. They are written with the
	// loop's lock held.
	alive   time.Time
	pending map[music.GuildID]struct{}
}

func (o *ownership) waits(id music.GuildID) bool { _, ok := o.pending[id]; return ok }

// Stats counts what a loop did. The fields only grow.
type Stats struct {
	Inputs, Commits, Events, Duplicates, Expired, Dropped, DeadLetters, Retries, Conflicts atomic.Int64
}

// NewLoop returns a loop that owns nothing yet.
func NewLoop(o Options) *Loop {
	if o.MaxBatch <= 0 {
		o.MaxBatch = 512
	}
	if o.NewGuild == nil {
		o.NewGuild = music.New
	}
	if o.Apply == nil {
		o.Apply = music.Step
	}
	now := o.Clock.Now()
	return &Loop{
		opt: o, log: o.Logger, in: newInbox(o.Rest > 0), ctl: make(chan func(context.Context), 64),
		wanted: make(chan wanted, 4096), backlog: newBacklog(), start: now, base: now,
		guilds: map[music.GuildID]*entry{}, owned: map[int]*ownership{},
		timers: newTimers(), seen: map[string]time.Time{}, intake: newIntake(),
		evictAt: now.Add(evictAfter),
	}
}

// Stats returns the counters.
func (l *Loop) Stats() *Stats { return &l.stats }

// Depth returns how many inputs wait.
func (l *Loop) Depth() int { return l.in.depth() }

// now is the time of the next step. It grows with the monotonic clock, from the
// wall clock or from the last time that was committed, whichever is later.
func (l *Loop) now() time.Time { return l.base.Add(l.opt.Clock.Since(l.start)).Round(0).UTC() }

// Deliver hands an input to its guild. Errors: Quota where too many commands
// wait, Invalid for an input that names no guild.
func (l *Loop) Deliver(d Delivery) error {
	if d.Input.Guild == "" || d.Input.ID == "" || d.Input.Body == nil {
		return fault.New(fault.Invalid, "partition.Deliver", "an input needs an id, a guild and a body")
	}
	d.ticket = l.intake.arrive(Of(d.Input.Guild, l.opt.Partitions), d.Origin)
	dropped, err := l.in.put(d)
	if dropped || err != nil {
		l.taken(d)
	}
	if dropped {
		l.stats.Dropped.Add(1)
		l.opt.Actuator.Resync(d.Input.Guild)
	}
	return err
}

// taken notes that inputs need not come again.
func (l *Loop) taken(ds ...Delivery) {
	l.intake.settle(ds...)
	for _, d := range ds {
		if d.Place != nil {
			d.Place.Taken()
		}
	}
}

// View returns a guild as it was last committed. It must not be written to.
func (l *Loop) View(id music.GuildID) (music.Guild, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	e := l.guilds[id]
	if e == nil {
		return music.Guild{}, false
	}
	return *e.g, true
}

// Each calls f with every guild in memory as it was last committed, until f
// returns false. Deliveries from within f are fine.
func (l *Loop) Each(f func(*music.Guild) bool) {
	l.mu.RLock()
	all := make([]*music.Guild, 0, len(l.guilds))
	for _, e := range l.guilds {
		all = append(all, e.g)
	}
	l.mu.RUnlock()
	for _, g := range all {
		if !f(g) {
			return
		}
	}
}

func (l *Loop) owns(partition int) bool { return l.owned[partition] != nil }

// Epoch returns the epoch under which a guild is owned and how much of the lease
// is left; ok is false where it is not owned or the lease is in doubt.
func (l *Loop) Epoch(id music.GuildID) (epoch int64, rest time.Duration, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	o := l.owned[Of(id, l.opt.Partitions)]
	if o == nil {
		return 0, 0, false
	}
	rest = l.left(o)
	return o.epoch, rest, rest > 0
}

// left is how much of a lease is left. A machine that slept did not count the
// time by its monotonic clock, and one whose clock was set has the wrong time:
// what is less of both counts.
func (l *Loop) left(o *ownership) time.Duration {
	return min(-l.opt.Clock.Since(o.until), o.until.Round(0).Sub(l.opt.Clock.Now().Round(0)))
}

// rest is how much of a partition's lease is left, 0 or less where it is in
// doubt or not held.
func (l *Loop) rest(part int) time.Duration {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if o := l.owned[part]; o != nil {
		return l.left(o)
	}
	return 0
}

// PartitionEpoch returns the epoch of a partition, ok being false where it is
// not owned or its lease is in doubt.
func (l *Loop) PartitionEpoch(part int) (epoch int64, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	o := l.owned[part]
	if o == nil {
		return 0, false
	}
	return o.epoch, l.left(o) > 0
}

// Run runs the loop until ctx ends. What was taken by then is committed.
func (l *Loop) Run(ctx context.Context) error {
	loading, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { l.loader(loading) })
	defer wg.Wait()
	defer stop()
	timer := l.opt.Clock.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(l.untilNext())
		wake := l.in.wake
		switch {
		case l.paceAt.IsZero():
		case l.now().Before(l.paceAt):
			// What comes while the loop rests waits anyway, and need not wake it.
			wake = nil
		default:
			// The rest ended while the timer was set, which may have been too late.
			timer.Reset(l.untilNext())
		}
		select {
		case <-ctx.Done():
			// The context is over; what waits gets a last chance of its own.
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			l.flush(last)
			return nil
		case f := <-l.ctl:
			f(ctx)
		case <-wake:
		case <-timer.Chan():
		}
		l.turn(ctx)
	}
}

// untilNext is how long the loop may sleep.
func (l *Loop) untilNext() time.Duration {
	now := l.now()
	next := now.Add(time.Minute)
	for _, t := range []time.Time{l.timers.next(), l.flushAt, l.retryAt, l.paceAt, l.restAt, l.patience()} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	if next.Before(l.paceAt) {
		next = l.paceAt // nothing of it is done before
	}
	if len(l.held) > 0 {
		next = now.Add(min(next.Sub(now), 50*time.Millisecond))
	}
	if !l.retryAt.IsZero() {
		next = l.retryAt
	}
	return max(next.Sub(now), 0)
}

// turn takes what waits and commits it, until nothing does.
func (l *Loop) turn(ctx context.Context) {
	l.release()
	for ctx.Err() == nil {
		now := l.now()
		if now.Before(l.retryAt) || now.Before(l.paceAt) {
			return
		}
		l.retryAt, l.paceAt = time.Time{}, time.Time{}
		l.enough(now)
		if !l.restAt.IsZero() && !now.Before(l.restAt) {
			l.in.rouse()
			l.restAt = time.Time{}
		}
		ds := l.linger(l.ready(l.gather(now)), now)
		if len(ds) == 0 {
			break
		}
		l.process(ctx, ds)
		if len(l.ctl) > 0 {
			break
		}
	}
	switch rests := l.in.rests(); {
	case !rests:
		l.restAt = time.Time{}
	case l.restAt.IsZero():
		l.restAt = l.now().Add(l.opt.Rest)
	}
	if now := l.now(); !l.flushAt.IsZero() && !now.Before(l.flushAt) {
		l.flush(ctx)
	}
	if l.flushAt.IsZero() && l.intake.waits() {
		l.flushAt = l.now().Add(cursorDelay)
	}
	l.evict()
}

// gather takes ticks that are due and inputs that wait.
func (l *Loop) gather(now time.Time) []Delivery {
	var ds []Delivery
	for len(ds) < l.opt.MaxBatch {
		id, at, ok := l.timers.due(now)
		if !ok {
			break
		}
		ds = append(ds, Delivery{Input: music.Input{
			ID: "tick:" + string(id) + ":" + at.Format(time.RFC3339Nano), Guild: id, Body: music.Tick{},
		}})
	}
	return append(ds, l.in.take(l.opt.MaxBatch-len(ds))...)
}

// ready keeps the deliveries whose guilds can step now. The others wait for
// their rows, or for their lease.
func (l *Loop) ready(ds []Delivery) []Delivery {
	var wait []Delivery
	out := ds[:0]
	for _, d := range ds {
		id := d.Input.Guild
		part := Of(id, l.opt.Partitions)
		o := l.owned[part]
		switch e := l.guilds[id]; {
		case o == nil:
			// Another process owns it, or will, and reads it where it stands.
			l.stats.Dropped.Add(1)
			l.intake.settle(d)
		case e != nil:
			out = append(out, d)
		case dispensable(d.Input.Body):
			// Whoever needs to know gets a snapshot with the rows.
			l.taken(d)
		default:
			l.in.park(id)
			wait = append(wait, d)
			l.want(id)
		}
	}
	l.in.back(wait)
	return out
}

// dispensable inputs need not bring a guild into memory.
func dispensable(b music.Body) bool {
	switch b := b.(type) {
	case music.VoiceState:
		return b.Session == ""
	case music.ChannelGone, music.NodeUp, music.NodeDown, music.Tick:
		return true
	}
	return false
}

func (l *Loop) evict() {
	now := l.now()
	if now.Before(l.evictAt) {
		return
	}
	l.evictAt = now.Add(evictAfter / 10)
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, e := range l.guilds {
		if now.Sub(e.used) > evictAfter && idle(e.g) {
			delete(l.guilds, id)
			l.timers.set(id, time.Time{})
		}
	}
	for id, at := range l.seen {
		if now.Sub(at) > CommandMemory {
			delete(l.seen, id)
		}
	}
}

func idle(g *music.Guild) bool {
	for _, p := range g.Players {
		if p.Play != nil || len(p.Queue) > 0 || p.Voice.Want != "" || p.Voice.Channel != "" || len(p.Owed) > 0 {
			return false
		}
	}
	return true
}
