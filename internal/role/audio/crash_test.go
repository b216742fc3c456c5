package audio_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// crashBus is a bus as one process sees it that dies before it told what may be
// forgotten, or that is told once that its stream does not continue.
type crashBus struct {
	bus.Bus

	deaf  bool
	reset atomic.Bool
	reads atomic.Int64
}

func (b *crashBus) Release(ctx context.Context, stream string, upTo bus.Cursor) error {
	if b.deaf {
		return nil
	}
	return b.Bus.Release(ctx, stream, upTo)
}

func (b *crashBus) Read(ctx context.Context, stream string, from bus.Cursor, limit int) ([]bus.Delivery, bus.Cursor, error) {
	got, to, err := b.Bus.Read(ctx, stream, from, limit)
	if err == nil && b.reset.CompareAndSwap(true, false) {
		return nil, from, bus.ErrReset
	}
	if err == nil {
		b.reads.Add(int64(len(got)))
	}
	return got, to, err
}

// hears appends an input to the guild's stream as a source that counts.
func hears(r *roletest.Rig, n int64, body music.Body) {
	r.T.Helper()
	d := partition.Delivery{
		Input:  music.Input{ID: "heard-" + string(rune('a'+n)), Guild: r.Guild, Body: body},
		Origin: partition.Origin{Source: "gw", Generation: "g", Number: n},
	}
	m, err := partition.Encode(d)
	if err == nil {
		err = r.Bus.Append(r.T.Context(), partition.Stream(partition.Of(r.Guild, 4)), m)
	}
	if err != nil {
		r.T.Fatal(err)
	}
}

// asksFor is a command of somebody in voice.
func asksFor(r *roletest.Rig, do music.Action) music.Command {
	return music.Command{
		Actor: music.Actor{User: "1", Voice: r.Music, Text: r.Text, Bots: []music.BotAccess{{Bot: r.Bot, Connect: true, Speak: true}}},
		Reply: music.ReplyTo{Surface: "test", ID: "asked"}, Do: do,
	}
}

func bots(a *roletest.Audio, r *roletest.Rig) []music.BotID {
	g, _ := a.Loop().View(r.Guild)
	return g.Bots
}

// queues is true once a player has or had something to play.
func queues(a *roletest.Audio, r *roletest.Rig) bool {
	p := a.Player(r)
	return p != nil && (p.Play != nil || len(p.Queue) > 0)
}

// TestKilledBetweenReadAndCommit: what a process read and did not commit is its
// successor's, and what it committed is not done again.
func TestKilledBetweenReadAndCommit(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	seen := &crashBus{Bus: r.Bus, deaf: true}
	a := r.StartAudio(func(o *audio.Options) { o.Bus = seen })
	// These are committed, and the stream is not told.
	hears(r, 1, music.BotPresent{Bot: r.Bot})
	hears(r, 2, music.BotPresent{Bot: "here"})
	hears(r, 3, music.BotRemoved{Bot: "here"})
	hears(r, 4, music.BotPresent{Bot: "mark"})
	roletest.Until(t, "they are committed", func() bool { return slices.Contains(bots(a, r), "mark") })
	// Something else brings the bot back, which would go again if the third input
	// were taken again.
	back := music.Input{ID: "back", Guild: r.Guild, Body: music.BotPresent{Bot: "here"}}
	if err := a.Loop().Deliver(partition.Delivery{Input: back}); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "it is back", func() bool { return slices.Contains(bots(a, r), "here") })
	// These are read, and can never be committed by this process.
	r.Store.Fail("Commit", fault.New(fault.Unavailable, "test", "the process is dying"))
	before := seen.reads.Load()
	hears(r, 5, music.BotPresent{Bot: "lost?"})
	hears(r, 6, asksFor(r, music.Enqueue{Query: "ocean"}))
	roletest.Until(t, "they are read and not committed", func() bool {
		return seen.reads.Load() == before+2 && r.Store.Failed("Commit") > 0
	})
	_ = a.Stop(t)
	r.Store.Fail("Commit", nil)

	b := r.StartAudio()
	roletest.Until(t, "the fact is known", func() bool { return slices.Contains(bots(b, r), "lost?") })
	roletest.Until(t, "the command is carried out", func() bool { return queues(b, r) })
	if got := bots(b, r); !slices.Contains(got, "here") {
		t.Errorf("what was committed was done again: %v", got)
	}
	stream := partition.Stream(partition.Of(r.Guild, 4))
	end, err := r.Bus.Begin(t.Context(), stream)
	roletest.Until(t, "the stream may forget all of it", func() bool {
		if err == nil {
			end, err = r.Bus.Begin(t.Context(), stream)
		}
		return err == nil && end.Position == 6
	})
}

// TestStreamThatDoesNotContinue makes a reader begin anew while what it read is
// not committed: it waits for that, and takes nothing twice.
func TestStreamThatDoesNotContinue(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	seen := &crashBus{Bus: r.Bus}
	a := r.StartAudio(func(o *audio.Options) { o.Bus = seen })
	hears(r, 1, music.BotPresent{Bot: "here"})
	roletest.Until(t, "it is committed", func() bool { return slices.Contains(bots(a, r), "here") })
	release := r.Store.Hold()
	defer release()
	hears(r, 2, music.BotPresent{Bot: "held"})
	roletest.Until(t, "a commit waits", func() bool { return r.Store.Held() > 0 })
	taken := a.Loop().Stats().Inputs.Load()
	seen.reset.Store(true)
	hears(r, 3, music.BotRemoved{Bot: "here"})
	roletest.Until(t, "the reader was told", func() bool { return !seen.reset.Load() })
	hears(r, 4, music.BotPresent{Bot: "later"})
	release()
	roletest.Until(t, "all of it is committed", func() bool {
		got := bots(a, r)
		return slices.Contains(got, "held") && slices.Contains(got, "later") && !slices.Contains(got, "here")
	})
	if n := a.Loop().Stats().Inputs.Load() - taken; n != 2 {
		t.Errorf("%d inputs were taken since, want the two that were new", n)
	}
}
