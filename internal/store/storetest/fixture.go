package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// long is a lease that does not run out during a test; short is one that does.
const (
	long  = time.Minute
	short = 60 * time.Millisecond
)

// epoch is a time with nanoseconds, which must survive.
var epoch = time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC)

// owner holds one partition and commits to it, as a loop does.
type owner struct {
	store.Store
	t     testing.TB
	stamp store.Stamp
}

func own(t testing.TB, s store.Store, partition int, holder string) *owner {
	t.Helper()
	l, err := s.Acquire(t.Context(), partition, holder, long)
	if err != nil {
		t.Fatalf("acquire partition %d: %v", partition, err)
	}
	return &owner{Store: s, t: t, stamp: store.Stamp{Partition: partition, Epoch: l.Epoch, Batch: l.Batch}}
}

// try commits under the next batch number, which it keeps if that succeeds.
func (o *owner) try(b store.Batch) (int64, error) {
	o.t.Helper()
	next := o.stamp
	next.Batch++
	b.Stamps, b.At = []store.Stamp{next}, epoch
	seq, err := o.Store.Commit(o.t.Context(), &b)
	if err == nil {
		o.stamp = next
	}
	return seq, err
}

func (o *owner) commit(b store.Batch) int64 {
	o.t.Helper()
	seq, err := o.try(b)
	if err != nil {
		o.t.Fatalf("commit: %v", err)
	}
	return seq
}

// put commits a guild.
func (o *owner) put(before, after *music.Guild) {
	o.t.Helper()
	o.commit(store.Batch{Guilds: []store.GuildChange{{Partition: o.stamp.Partition, Before: before, After: after}}})
}

func (o *owner) load(id music.GuildID) *music.Guild {
	o.t.Helper()
	return load(o.t, o.Store, id)
}

func load(t testing.TB, s store.Store, id music.GuildID) *music.Guild {
	t.Helper()
	gs, err := s.Load(t.Context(), []music.GuildID{id})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	if len(gs) == 0 {
		return nil
	}
	return &gs[0]
}

func (o *owner) record(id string, at time.Time) store.Record {
	return store.Record{
		ID: id, Type: "music.track.queued", Tenant: "tenant", Guild: "guild", Partition: o.stamp.Partition, Epoch: o.stamp.Epoch,
		At: at, Cause: "input-" + id, Envelope: []byte(`{"id":"` + id + `","text":"ñ \u0000"}`),
	}
}

func (o *owner) effect(key, kind string) store.EffectRow {
	return store.EffectRow{
		Key: key, Kind: kind, Tenant: "tenant", Guild: "guild", Partition: o.stamp.Partition, Epoch: o.stamp.Epoch,
		Trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Payload: []byte{0, 1, 255},
		Created: epoch, Expires: epoch.Add(time.Hour),
	}
}

func want(t testing.TB, err error, code fault.Code, what string) {
	t.Helper()
	if fault.CodeOf(err) != code || !errors.Is(err, fault.Of(code)) {
		t.Fatalf("%s: got %v, want %s", what, err, code)
	}
}

func slot(id string) *music.Slot {
	return &music.Slot{
		ID: music.SlotID(id), State: music.SlotReady, By: "ana", At: epoch,
		Track: music.Keep(&music.Track{Encoded: "QAAA" + id, Identifier: id, Title: "Track " + id, Author: "Someone", Source: "http", Length: 3 * time.Minute}),
	}
}

func slots(ids ...string) []*music.Slot {
	out := make([]*music.Slot, len(ids))
	for i, id := range ids {
		out[i] = slot(id)
	}
	return out
}

func numbered(n int) []*music.Slot {
	out := make([]*music.Slot, n)
	for i := range out {
		out[i] = slot(fmt.Sprintf("slot-%05d", i))
	}
	return out
}

func player(bot string, queue ...*music.Slot) *music.Player {
	return &music.Player{Bot: music.BotID(bot), Volume: 100, Queue: queue}
}

func guild(id string, players ...*music.Player) *music.Guild {
	g := music.New(music.GuildID(id))
	g.Name = "The guild " + id
	g.Entitlements, _ = plan.Of(plan.Elite)
	g.Players = players
	return &g
}

// with returns a copy of g in which p takes the place of its bot's player.
func with(g *music.Guild, p *music.Player) *music.Guild {
	c := *g
	c.Players = slices.Clone(g.Players)
	i, ok := slices.BinarySearchFunc(c.Players, p.Bot, func(q *music.Player, b music.BotID) int {
		return strings.Compare(string(q.Bot), string(b))
	})
	if ok {
		c.Players[i] = p
	} else {
		c.Players = slices.Insert(c.Players, i, p)
	}
	return &c
}

// queued returns a copy of g whose first player has this queue.
func queued(g *music.Guild, queue ...*music.Slot) *music.Guild {
	p := *g.Players[0]
	p.Queue = queue
	return with(g, &p)
}
