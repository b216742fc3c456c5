package partition_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

const (
	patience = time.Minute
	forever  = 1000 * time.Hour
	bot      = music.BotID("900")
)

var start = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// rig is a loop on a store of the test, and what it told.
type rig struct {
	t     testing.TB
	clock *clockwork.FakeClock
	store *memStore
	loop  *partition.Loop
	stop  func()
	// The rest is guarded by the store's lock, so that what was told can be
	// compared with what is stored at that moment.
	told     []partition.Committed
	converge []string
	resolves []music.Resolve
	resyncs  []music.GuildID
	takenUp  []music.GuildID
	owned    []int
	lost     []int
}

type rigOption func(*partition.Options)

// newRig starts a loop on a new store; it owns every partition.
func newRig(t testing.TB, partitions int, opts ...rigOption) *rig {
	clock := clockwork.NewFakeClockAt(start)
	r := restart(t, clock, newMemStore(t, clock, partitions), opts...)
	for p := range partitions {
		r.own(p, forever)
	}
	return r
}

// restart starts a loop on a store that is there already. It owns nothing yet.
func restart(t testing.TB, clock *clockwork.FakeClock, s *memStore, opts ...rigOption) *rig {
	r := &rig{t: t, clock: clock, store: s}
	o := partition.Options{
		Partitions: len(s.parts), Store: s, Encoder: plain{}, Actuator: r, Clock: clock,
		Logger: slog.New(slog.DiscardHandler),
	}
	for _, f := range opts {
		f(&o)
	}
	r.loop = partition.NewLoop(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = r.loop.Run(ctx) }()
	r.stop = func() { cancel(); <-ended }
	t.Cleanup(r.stop)
	return r
}

func (r *rig) own(p int, ttl time.Duration) store.Lease {
	r.t.Helper()
	lease, err := r.store.Acquire(r.t.Context(), p, "rig", ttl)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.loop.Own(r.t.Context(), p, lease, r.clock.Now().Add(ttl)); err != nil {
		r.t.Fatal(err)
	}
	return lease
}

// settle waits until the loop has been around once more, on the time that is now.
func (r *rig) settle() {
	r.t.Helper()
	for range 3 {
		if err := r.loop.Lose(r.t.Context(), nowhere); err != nil {
			r.t.Fatal(err)
		}
	}
}

// nowhere is a partition that is not there.
const nowhere = 1 << 20

func (r *rig) advance(d time.Duration) { r.t.Helper(); r.clock.Advance(d); r.settle() }

// until waits for a condition, under the lock of what it may look at.
func (r *rig) until(what string, cond func() bool) { r.t.Helper(); r.store.until(what, cond) }

func (s *memStore) until(what string, cond func() bool) {
	s.t.Helper()
	late := time.After(patience)
	for {
		s.mu.Lock()
		ok, changed := cond(), s.changed
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-late:
			s.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// running moves the clock in steps until a condition holds, for what happens
// while the loop itself waits.
func (r *rig) running(what string, cond func() bool) {
	r.t.Helper()
	late := time.After(patience)
	for !point(r.store, func(*memStore) bool { return cond() }) {
		r.clock.Advance(20 * time.Millisecond)
		select {
		case <-time.After(time.Millisecond):
		case <-late:
			r.t.Fatalf("waited in vain until %s", what)
		}
	}
}

func (r *rig) check(f func()) { r.store.mu.Lock(); defer r.store.mu.Unlock(); f() }

func (r *rig) deliver(ds ...partition.Delivery) {
	r.t.Helper()
	for _, d := range ds {
		if err := r.loop.Deliver(d); err != nil {
			r.t.Fatal(err)
		}
	}
}

// seed gives guilds a row with a bot, without the loop.
func (s *memStore) seed(ids ...music.GuildID) {
	for _, id := range ids {
		g := music.New(id)
		g.Bots = []music.BotID{bot}
		s.set(func(s *memStore) { s.guilds[id] = exported(g) })
	}
}

// warm seeds guilds and waits until the loop has them in memory.
func (r *rig) warm(ids ...music.GuildID) {
	r.t.Helper()
	r.store.seed(ids...)
	for _, id := range ids {
		r.deliver(fact("warm-"+string(id), id, music.VoiceSnapshot{Bot: bot}))
	}
	r.until("the guilds are in memory", func() bool { return len(r.takenUp) >= len(ids) })
	r.settle()
}

func fact(id string, guild music.GuildID, b music.Body) partition.Delivery {
	return partition.Delivery{Input: music.Input{ID: id, Guild: guild, Body: b}}
}

// joins is a fact that makes one event.
func joins(id string, guild music.GuildID) partition.Delivery {
	return fact(id, guild, music.BotPresent{Bot: music.BotID("b-" + id)})
}

// command asks for a song, with an answer owed. It makes one event at once.
func command(id string, guild music.GuildID) partition.Delivery {
	return asks(id, guild, music.Enqueue{Query: "song " + id})
}

func asks(id string, guild music.GuildID, do music.Action) partition.Delivery {
	return fact(id, guild, music.Command{
		Actor: music.Actor{User: "1", Voice: "50", Text: "40", Bots: []music.BotAccess{{Bot: bot, Connect: true, Speak: true}}},
		Reply: music.ReplyTo{Surface: "test", ID: id}, Do: do,
	})
}

func from(d partition.Delivery, source, generation string, n int64) partition.Delivery {
	d.Origin = partition.Origin{Source: source, Generation: generation, Number: n}
	return d
}

// guildIn returns the n-th made-up guild of a partition.
func guildIn(p, partitions, n int) music.GuildID {
	for i := 0; ; i++ {
		if id := music.GuildID(fmt.Sprint(1000 + i)); partition.Of(id, partitions) == p {
			if n == 0 {
				return id
			}
			n--
		}
	}
}

// causes are the inputs of the events of a guild, in the journal's order.
func (s *memStore) causes(guild music.GuildID) []string {
	var out []string
	for _, e := range s.journal {
		if e.Guild == guild {
			out = append(out, e.Cause)
		}
	}
	return slices.Compact(out)
}

// acknowledged are the commands that were told, in order.
func (r *rig) acknowledged() (first, again []string) {
	for _, c := range r.told {
		first, again = append(first, c.Commands...), append(again, c.Again...)
	}
	return first, again
}

func (r *rig) events() []store.JournalRow {
	var out []store.JournalRow
	for _, c := range r.told {
		out = append(out, c.Events...)
	}
	return out
}

func (r *rig) answers() []string {
	var out []string
	for _, c := range r.told {
		for _, e := range c.Effects {
			if e.Kind == partition.KindAnswer {
				out = append(out, e.Key)
			}
		}
	}
	return out
}

func (r *rig) act(f func()) { r.store.mu.Lock(); f(); r.store.bump(); r.store.mu.Unlock() }

// Committed checks that nothing is told that is not stored.
func (r *rig) Committed(c partition.Committed) {
	r.act(func() {
		for _, e := range c.Events {
			if r.store.seqs[e.ID] != e.Seq {
				r.t.Errorf("event %s is told at %d and stored at %d", e.ID, e.Seq, r.store.seqs[e.ID])
			}
		}
		for _, id := range slices.Concat(c.Commands, c.Again) {
			if !r.store.knows(id) {
				r.t.Errorf("command %s is acknowledged and not stored", id)
			}
		}
		for _, e := range c.Effects {
			if _, ok := r.store.effects[e.Key]; !ok || e.Kind == partition.KindCommand {
				r.t.Errorf("effect %s is told and not owed", e.Key)
			}
		}
		for _, x := range c.Cursors {
			if at := r.store.cursors[fmt.Sprintf("%d/%s/%s", x.Partition, x.Source, x.Generation)]; at < x.Position {
				r.t.Errorf("cursor %+v is told, %d is stored", x, at)
			}
		}
		r.told = append(r.told, c)
	})
}

func (r *rig) Converge(g *music.Guild, c music.Converge, epoch int64) {
	r.act(func() { r.converge = append(r.converge, fmt.Sprintf("%s/%s/%d@%d", g.ID, c.Bot, c.Aspect, epoch)) })
}

func (r *rig) Resolve(_ music.GuildID, x music.Resolve) {
	r.act(func() { r.resolves = append(r.resolves, x) })
}
func (r *rig) Resync(g music.GuildID) { r.act(func() { r.resyncs = append(r.resyncs, g) }) }
func (r *rig) TakenUp(g *music.Guild) { r.act(func() { r.takenUp = append(r.takenUp, g.ID) }) }
func (r *rig) Owned(p int, _ int64)   { r.act(func() { r.owned = append(r.owned, p) }) }
func (r *rig) Lost(p int) {
	if p != nowhere {
		r.act(func() { r.lost = append(r.lost, p) })
	}
}

// plain writes rows as JSON.
type plain struct{}

func (plain) Event(e music.Event, m partition.EventMeta) ([]byte, error) {
	if m.Cause == "unwritable" {
		return nil, fault.New(fault.Invalid, "test", "the event cannot be written")
	}
	return json.Marshal(e.Payload)
}

func (plain) Answer(r music.Respond) ([]byte, error) { return json.Marshal(r.Answer) }

func (plain) Notice(_ music.GuildID, n music.Notify) ([]byte, error) { return json.Marshal(n.Answer) }
