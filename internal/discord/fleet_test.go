package discord_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
)

// counted is a fleet that says what it was told to, one after the other.
type counted struct {
	mu       sync.Mutex
	says     []func() (time.Duration, error)
	reserved int
	returned int
}

func (c *counted) Reserve(context.Context, discord.StartLimits) (time.Duration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.says) == 0 {
		c.reserved++
		return 0, nil
	}
	say := c.says[0]
	c.says = c.says[1:]
	return say()
}

func (c *counted) Refund(context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.returned++
}

func (c *counted) counts() (reserved, returned int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reserved, c.returned
}

func TestIdentifyWaitsForTheFleet(t *testing.T) {
	clock := clockwork.NewFakeClock()
	f := &counted{says: []func() (time.Duration, error){
		func() (time.Duration, error) { return 0, fault.New(fault.Unavailable, "test", "nobody can count now") },
		func() (time.Duration, error) { return 3 * time.Second, nil },
	}}
	r := start(t, newGate(t), func(o *discord.Options) { o.Fleet, o.Clock = f, clock })
	before := clock.Now()
	p := r.nextAfter(clock)
	p.hello()
	p.expect(2)
	if took := clock.Since(before); took < 3*time.Second {
		t.Errorf("it was sent after %v, before its time", took)
	}
	if reserved, returned := f.counts(); reserved != 1 || returned != 0 {
		t.Errorf("%d reserved, %d given back", reserved, returned)
	}
}

func TestIdentifyThatWasNotSentIsGivenBackToTheFleet(t *testing.T) {
	f := &counted{}
	r := start(t, newGate(t), func(o *discord.Options) { o.Fleet = f })
	p := r.gate.next()
	p.cut() // before it has greeted
	eventually(t, "it is given back", func() bool { _, returned := f.counts(); return returned == 1 })
	if err := r.leave(); err != nil {
		t.Error(err)
	}
}

func TestNothingIsOpenedWithoutALease(t *testing.T) {
	clock := clockwork.NewFakeClock()
	var held atomic.Bool
	var asked atomic.Int64
	r := start(t, newGate(t), func(o *discord.Options) {
		o.Clock = clock
		o.HasLease = func() bool { asked.Add(1); return held.Load() }
	})
	eventually(t, "it has asked several times", func() bool { clock.Advance(time.Second); return asked.Load() > 3 })
	if r.limits.count() != 0 || len(r.gate.peers) != 0 {
		t.Error("it went to Discord without the right to")
	}
	held.Store(true)
	p := r.nextAfter(clock)
	p.hello()
	p.expect(2)
	p.event(1, "READY", ready("sess", r.gate.url+"/resume", guildID))
	eventually(t, "it is connected", r.conn.Connected)
	held.Store(false)
	// What is open stays: the successor's RESUME ends it, or nothing does.
	asked.Store(0)
	p.event(2, "GUILD_CREATE", demoGuild)
	r.in()
	if !r.conn.Connected() {
		t.Error("a lease in doubt closed the connection")
	}
	p.cut()
	eventually(t, "it has asked again", func() bool { clock.Advance(time.Second); return asked.Load() > 3 })
	if len(r.gate.peers) != 0 {
		t.Error("it took the session back from whoever may have it")
	}
	held.Store(true)
	q := r.nextAfter(clock)
	q.hello()
	if d := q.expect(6); d["session_id"] != "sess" {
		t.Errorf("the RESUME says %v", d)
	}
}
