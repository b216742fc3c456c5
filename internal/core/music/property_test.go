package music_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
)

func newGuild() music.Guild {
	g := music.New("7")
	for i, b := range pool {
		g = music.Step(g, music.Input{ID: fmt.Sprintf("bot-%d", i), Guild: "7", Body: music.BotPresent{Bot: b}}, start).Guild
	}
	g.Entitlements.Bots, g.Entitlements.QueueLength = 3, 8
	return g
}

// walk steps a guild through n random inputs and judges each of them.
func walk(roll dice, n int) error {
	s, j, g, now := &source{roll: roll}, newJudge(), newGuild(), start
	for range n {
		in, wait := s.next(&g)
		now = now.Add(wait)
		before := music.Dump(g)
		r := music.Step(g, in, now)
		if after := music.Dump(g); !bytes.Equal(before, after) {
			return fmt.Errorf("%s wrote to the guild that it was given:\n%s\n%s", in.Kind(), before, after)
		}
		if again := music.Step(g, in, now); !bytes.Equal(music.DumpResult(r), music.DumpResult(again)) {
			return fmt.Errorf("%s gave another result the second time", in.Kind())
		}
		// Another future of the same guild must not reach into this one.
		sum := music.DumpResult(r)
		other, _ := s.next(&g)
		other.ID += "-other"
		if c, ok := other.Body.(music.Command); ok {
			c.Reply.ID += "-other"
			other.Body = c
		}
		if music.Step(g, other, now); !bytes.Equal(sum, music.DumpResult(r)) {
			return fmt.Errorf("%s wrote to what %s had made", other.Kind(), in.Kind())
		}
		if err := j.watch(g, in, r, now); err != nil {
			return err
		}
		if !r.Changed && !bytes.Equal(rows(g), rows(r.Guild)) {
			return fmt.Errorf("%s %+v changed a row and does not say so", in.Kind(), in.Body)
		}
		if err := roundTrip(in, r.Guild); err != nil {
			return err
		}
		s.saw(r)
		g = r.Guild
	}
	return nil
}

// rows is what a store keeps of a guild.
func rows(g music.Guild) []byte {
	raw, err := json.Marshal(stored{Guild: g, Players: g.Players, Queues: queues(g), Histories: histories(g)})
	if err != nil {
		panic(err)
	}
	return raw
}

type stored struct {
	Guild   music.Guild
	Players []*music.Player
	Queues  [][]*music.Slot
	// Histories are kept apart from the players too.
	Histories [][]*music.Slot
}

func histories(g music.Guild) [][]*music.Slot {
	out := make([][]*music.Slot, len(g.Players))
	for i, p := range g.Players {
		out[i] = p.History
	}
	return out
}

func queues(g music.Guild) [][]*music.Slot {
	out := make([][]*music.Slot, len(g.Players))
	for i, p := range g.Players {
		out[i] = p.Queue
	}
	return out
}

// reload returns what a process that starts reads from the rows of a guild.
func reload(g music.Guild) (music.Guild, error) {
	var back stored
	if err := json.Unmarshal(rows(g), &back); err != nil {
		return music.Guild{}, err
	}
	back.Guild.Players = back.Players
	for i, q := range back.Queues {
		back.Players[i].Queue = q
		back.Players[i].History = back.Histories[i]
	}
	return back.Guild, nil
}

func roundTrip(in music.Input, g music.Guild) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	var back music.Input
	if err := json.Unmarshal(raw, &back); err != nil {
		return err
	}
	if again, err := json.Marshal(back); err != nil || !bytes.Equal(raw, again) || back.Kind() != in.Kind() {
		return fmt.Errorf("the input reads back as another: %w\n%s\n%s", err, raw, again)
	}
	kept, err := reload(g)
	if err != nil {
		return err
	}
	if len(kept.Players) != len(g.Players) {
		return fmt.Errorf("%d players of %d came back", len(kept.Players), len(g.Players))
	}
	for i, p := range g.Players {
		if !reflect.DeepEqual(p, kept.Players[i]) {
			return fmt.Errorf("player %s reads back as another:\n%+v\n%+v", p.Bot, p, kept.Players[i])
		}
	}
	return nil
}

func TestInvariantsHoldOverRandomInputs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(t, "inputs")
		if err := walk(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "roll") }, n); err != nil {
			t.Fatal(err)
		}
	})
}

// TestInvariantsHoldOverLongRuns goes further than what can still be shrunk.
func TestInvariantsHoldOverLongRuns(t *testing.T) {
	seeds := uint64(100)
	if testing.Short() || raced {
		seeds = 15
	}
	for seed := range seeds {
		if err := walk(rand.New(rand.NewPCG(seed, 1)).IntN, 400); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
