package discord_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/discord"
)

// Durable is the newest sequence up to which everything that was handed over
// was acknowledged. The model keeps a list and looks through all of it.
func TestProgressProperty(t *testing.T) {
	type event struct {
		handed, acked bool
	}
	rapid.Check(t, func(t *rapid.T) {
		p := discord.NewProgress("one")
		var events []event // of the session that is current
		session := "one"
		want := discord.Position{Session: "one"}
		durable := func() (seq int64, any1 bool) {
			for i, e := range events {
				if e.handed && !e.acked {
					return int64(i), i > 0
				}
			}
			return int64(len(events)), len(events) > 0
		}
		pending := func() bool {
			return slices.ContainsFunc(events, func(e event) bool { return e.handed && !e.acked })
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1, 2, 3:
				events = append(events, event{handed: true})
				p.Handing(int64(len(events)))
			case 4, 5:
				events = append(events, event{})
				p.Passed(int64(len(events)))
			case 6:
				if n := len(events); n > 0 && events[n-1].handed && !events[n-1].acked {
					events[n-1].handed = false // its handler panicked
					p.Withdraw(int64(n))
				}
			case 7, 8:
				seq := rapid.IntRange(0, len(events)).Draw(t, "ack")
				for i := range seq {
					events[i].acked = true
				}
				p.Ack(discord.Position{Session: session, Sequence: int64(seq)})
			case 9:
				if pending() {
					continue // keeps the model simple: a session ends clean
				}
				session += "+"
				events = nil
				p.Begin(session)
			}
			if seq, any1 := durable(); any1 {
				want = discord.Position{Session: session, Sequence: seq}
			}
			if got := p.Durable(); got != want {
				t.Fatalf("it is %+v, not %+v, after %+v", got, want, events)
			}
		}
	})
}

func TestAnAckOfAnOlderSessionChangesNothing(t *testing.T) {
	p := discord.NewProgress("one")
	p.Handing(5)
	p.Begin("two")
	p.Handing(1)
	p.Handing(2)
	p.Ack(discord.Position{Session: "two", Sequence: 1}) // covers all of the first
	if got := p.Durable(); got != (discord.Position{Session: "two", Sequence: 1}) {
		t.Errorf("it is %+v", got)
	}
	p.Ack(discord.Position{Session: "one", Sequence: 99})
	p.Ack(discord.Position{Session: "", Sequence: 99})
	if got := p.Durable(); got != (discord.Position{Session: "two", Sequence: 1}) {
		t.Errorf("after an ack of the first session it is %+v", got)
	}
}

// In no 60 s are there more sends than the limit, and none waits for longer
// than it must.
func TestSendWindowProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 8).Draw(t, "limit")
		now := time.Unix(1e9, 0)
		w := discord.NewWindow()
		var sent []time.Time
		inWindow := func(at time.Time) (n int) {
			for _, s := range sent {
				if at.Sub(s) < time.Minute {
					n++
				}
			}
			return n
		}
		for range rapid.IntRange(1, 80).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "pause")))
			wait := w.Take(now, limit)
			if (wait == 0) != (inWindow(now) < limit) {
				t.Fatalf("with %d of %d sent it says %s", inWindow(now), limit, wait)
			}
			if wait == 0 {
				sent = append(sent, now)
				continue
			}
			if inWindow(now.Add(wait)) >= limit {
				t.Fatalf("after %s it would still be too early", wait)
			}
			if wait > time.Millisecond && inWindow(now.Add(wait-time.Nanosecond)) < limit {
				t.Fatalf("%s is too long", wait)
			}
		}
	})
}

// The model of wishes is a list in the order of the first wish, each with the
// last channel.
func TestWishesProperty(t *testing.T) {
	type wish struct{ guild, channel string }
	rapid.Check(t, func(t *rapid.T) {
		w := discord.NewWishes()
		var model []wish
		epochs := map[string]int64{}
		var held *wish // taken, and perhaps not sent
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0, 1:
				guild := fmt.Sprint(rapid.IntRange(1, 4).Draw(t, "guild"))
				channel := fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "channel"))
				epoch := rapid.Int64Range(1, 3).Draw(t, "epoch")
				err := w.Set(guild, channel, epoch)
				if (err != nil) != (epoch < epochs[guild]) {
					t.Fatalf("epoch %d after %d gave %v", epoch, epochs[guild], err)
				}
				if err != nil {
					continue
				}
				epochs[guild] = epoch
				i := slices.IndexFunc(model, func(m wish) bool { return m.guild == guild })
				if i < 0 {
					model = append(model, wish{guild, channel})
				} else {
					model[i].channel = channel
				}
			case 2:
				guild, channel, ok := w.TakeOne()
				if ok != (len(model) > 0) {
					t.Fatalf("of %d wishes it gave one: %v", len(model), ok)
				}
				held = nil
				if ok {
					if model[0] != (wish{guild, channel}) {
						t.Fatalf("it gave %s to %s, not %+v", guild, channel, model[0])
					}
					held, model = &wish{guild, channel}, model[1:]
				}
			case 3:
				if held == nil {
					continue
				}
				w.Restore(held.guild, held.channel) // the socket broke
				if !slices.ContainsFunc(model, func(m wish) bool { return m.guild == held.guild }) {
					model = slices.Insert(model, 0, *held)
				}
				held = nil
			}
		}
	})
}

// A queue gives back what was put in, in order, within its bounds.
func TestQueueProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, bytes := rapid.IntRange(1, 6).Draw(t, "items"), rapid.IntRange(1, 40).Draw(t, "bytes")
		q := discord.NewQueue(items, bytes)
		var model []int
		total := func() (n int) {
			for _, m := range model {
				n += m
			}
			return n
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "push") {
				size := rapid.IntRange(0, 30).Draw(t, "size")
				needed := rapid.IntRange(0, 9).Draw(t, "needed") == 0
				want := needed || len(model) == 0 || len(model) < items && total()+size <= bytes
				if got := q.Push(size, needed); got != want {
					t.Fatalf("%d bytes into %v of %d and %d: %v", size, model, items, bytes, got)
				}
				if want {
					model = append(model, size)
				}
				continue
			}
			size, ok := q.Pop()
			if ok != (len(model) > 0) || ok && size != model[0] {
				t.Fatalf("of %v it gave %d, %v", model, size, ok)
			}
			if ok {
				model = model[1:]
			}
		}
	})
}
