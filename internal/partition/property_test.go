package partition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

const propertyPartitions = 3

// story is one run of random deliveries, failures and crashes.
type story struct {
	t     *testing.T
	rt    *rapid.T
	clock *clockwork.FakeClock
	store *memStore
	model *model
	rig   *rig

	life, made int
	ids        []music.GuildID
	numbers    [propertyPartitions]int64
	// commands are all that were sent, poison is what the database refuses.
	commands map[string]partition.Delivery
	order    []string
	poison   map[string]bool
	verdicts []verdict
	sent     []partition.Delivery
}

func newStory(t *testing.T, rt *rapid.T) *story {
	clock := clockwork.NewFakeClockAt(start)
	s := &story{
		t: t, rt: rt, clock: clock, store: newMemStore(t, clock, propertyPartitions), model: &model{},
		commands: map[string]partition.Delivery{}, poison: map[string]bool{},
	}
	for n := range 5 {
		s.ids = append(s.ids, guildIn(n%propertyPartitions, propertyPartitions, n))
	}
	s.store.onCommit = s.judge
	s.begin()
	return s
}

// judge is the failpoint of every commit.
func (s *story) judge(b *store.Batch) verdict {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	for id := range s.poison {
		if mentions(b, id) {
			return refuse
		}
	}
	if len(s.verdicts) == 0 {
		return pass
	}
	v := s.verdicts[0]
	s.verdicts = s.verdicts[1:]
	return v
}

// begin starts a process on what is stored.
func (s *story) begin() {
	s.life++
	s.numbers = [propertyPartitions]int64{}
	s.rig = restart(s.t, s.clock, s.store, s.model.option(s.store), func(o *partition.Options) { o.MaxBatch = 8 })
	for p := range propertyPartitions {
		s.rig.own(p, forever)
	}
}

func (s *story) crash() {
	s.rig.stop()
	s.model.crash()
	s.begin()
}

func (s *story) send(d partition.Delivery) {
	p := partition.Of(d.Input.Guild, propertyPartitions)
	s.numbers[p]++
	d = from(d, "gw", fmt.Sprint(s.life), s.numbers[p])
	// A command beyond the bound is refused; whoever sent it sends it again.
	if s.rig.loop.Deliver(d) == nil {
		s.sent = append(s.sent, d)
	}
}

func (s *story) command() {
	s.made++
	id := fmt.Sprintf("c%d", s.made)
	do := rapid.SampledFrom([]music.Action{
		music.Enqueue{Query: id}, music.Enqueue{Query: id}, music.Join{}, music.Skip{}, music.Stop{}, music.Leave{}, music.ShowQueue{},
	}).Draw(s.rt, "do")
	d := asks(id, rapid.SampledFrom(s.ids).Draw(s.rt, "guild"), do)
	s.commands[id] = d
	s.order = append(s.order, id)
	if rapid.IntRange(0, 19).Draw(s.rt, "poison") == 0 {
		s.store.set(func(*memStore) { s.poison[id] = true })
	}
	s.send(d)
}

func (s *story) fact() {
	s.made++
	var slot music.SlotID
	s.rig.check(func() {
		if n := len(s.rig.resolves); n > 0 {
			slot = s.rig.resolves[n-1].Slot
		}
	})
	voice := music.UserID(bot)
	b := rapid.SampledFrom([]music.Body{
		music.BotPresent{Bot: bot},
		music.BotPresent{Bot: bot},
		music.BotRemoved{Bot: bot},
		music.VoiceState{User: voice, Channel: "50", Session: "s", Bot: true},
		music.VoiceState{User: voice, Bot: true},
		music.VoiceSnapshot{Bot: bot, States: []music.VoiceState{{User: "1", Channel: "50"}}},
		music.VoiceState{User: "1", Channel: "50"},
		music.VoiceServer{Bot: bot, Token: "t", Endpoint: "e:1"},
		music.Placed{Bot: bot, Node: "n"},
		music.NodeDown{Node: "n"},
		music.Resolved{Slot: slot, Tracks: []music.Track{{Encoded: "e", Title: "t", Length: time.Minute}}},
		music.Resolved{Slot: slot, Failure: music.FailureNotFound},
	}).Draw(s.rt, "body")
	s.send(fact(fmt.Sprintf("f%d", s.made), rapid.SampledFrom(s.ids).Draw(s.rt, "guild"), b))
}

func (s *story) step() {
	switch n := rapid.IntRange(0, 99).Draw(s.rt, "what"); {
	case n < 30:
		s.command()
	case n < 65:
		s.fact()
	case n < 72 && len(s.order) > 0:
		s.send(s.commands[rapid.SampledFrom(s.order).Draw(s.rt, "twice")])
	case n < 82:
		v := rapid.SampledFrom([]verdict{unavailable, unavailable, unknownWritten, unknownLost, stale}).Draw(s.rt, "verdict")
		s.store.set(func(*memStore) { s.verdicts = append(s.verdicts, v) })
	case n < 92:
		s.clock.Advance(time.Duration(rapid.IntRange(0, 4000).Draw(s.rt, "ms")) * time.Millisecond)
	case n < 97:
		s.crash()
	default:
		<-time.After(time.Millisecond) // lets the loop come to rest in the middle of it
	}
}

// finish lets everything that was sent arrive at last.
func (s *story) finish() {
	s.store.set(func(*memStore) { s.verdicts = nil })
	missing := func() (out []string) {
		for _, id := range s.order {
			if !s.store.knows(id) {
				out = append(out, id)
			}
		}
		return out
	}
	idle := func() bool {
		return s.rig.loop.Depth() == 0 && s.rig.store.cursorsAt(s.life, s.numbers)
	}
	for {
		s.rig.running("all that was sent is taken", idle)
		again := point(s.store, func(*memStore) []string { return missing() })
		if len(again) == 0 {
			break
		}
		for _, id := range again {
			s.send(s.commands[id])
		}
	}
	s.rig.stop()
	s.model.crash()
}

// cursorsAt is true where every source is stored up to its last number.
func (s *memStore) cursorsAt(life int, numbers [propertyPartitions]int64) bool {
	for p, n := range numbers {
		if n > 0 && s.cursors[fmt.Sprintf("%d/gw/%d", p, life)] != n {
			return false
		}
	}
	return true
}

func TestStoreIsWhatTheAcknowledgedInputsMakeOfIt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t, rt)
		defer func() { s.rig.stop() }()
		for range rapid.IntRange(20, 150).Draw(rt, "steps") {
			s.step()
			s.cursorsPassNothing()
		}
		s.finish()
		s.model.compare(t, s.store)
		for _, d := range s.store.dead {
			if !s.poison[d.ID] {
				t.Errorf("%s was put aside and is no culprit", d.ID)
			}
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
}

// cursorsPassNothing checks that no cursor is behind a command that is not durable.
func (s *story) cursorsPassNothing() {
	s.rig.check(func() {
		for _, d := range s.sent {
			at := s.store.cursors[fmt.Sprintf("%d/gw/%s", partition.Of(d.Input.Guild, propertyPartitions), d.Origin.Generation)]
			_, isCommand := s.commands[d.Input.ID]
			if isCommand && d.Origin.Number <= at && !s.store.knows(d.Input.ID) {
				s.t.Errorf("the cursor is at %d, command %s is number %d and not stored", at, d.Input.ID, d.Origin.Number)
			}
		}
	})
}
