package world

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// A Sample is what came of one /play, as times by one clock.
type Sample struct {
	// Reply is when the first answer arrived at Discord, Patch when the PATCH
	// that starts the track arrived at the node.
	Reply, Patch time.Time
}

// ErrNoAnswer is a command that was not answered in time.
var ErrNoAnswer = errors.New("a command got no answer")

// ErrNoPatch is a /play that was answered and whose track was never started.
var ErrNoPatch = errors.New("nothing reached the node")

// Play types /play in the i-th guild and waits for the answer and for the PATCH.
// It fails with ErrNoAnswer and with ErrNoPatch. One at a time in a guild.
func (w *World) Play(ctx context.Context, i int) (Sample, error) {
	patch := w.tap.await(w.Guild(i))
	res, err := w.send(ctx, i, "play", discord.Arg{Name: "query", Value: w.Query()})
	if err != nil {
		return Sample{}, err
	}
	s := Sample{Reply: w.tap.reply(res.InteractionID)}
	select {
	case s.Patch = <-patch:
		return s, nil
	case <-ctx.Done():
		return s, fmt.Errorf("a /play in guild %s was answered with %v: %w", w.Guild(i), shown(res), ErrNoPatch)
	}
}

// Say types a command in the i-th guild and waits for its answer.
func (w *World) Say(ctx context.Context, i int, name string, args ...discord.Arg) error {
	res, err := w.send(ctx, i, name, args...)
	if err == nil {
		w.tap.reply(res.InteractionID)
	}
	return err
}

func (w *World) send(ctx context.Context, i int, name string, args ...discord.Arg) (discord.Result, error) {
	res, err := w.Discord.Send(ctx, discord.SlashCommand{Guild: w.Guild(i), User: Member, Name: name, Options: args})
	if err != nil {
		return res, fmt.Errorf("/%s: %w", name, err)
	}
	if res.State != discord.StateAnswered {
		return res, fmt.Errorf("/%s in guild %s is %s: %w", name, w.Guild(i), res.State, ErrNoAnswer)
	}
	return res, nil
}

// shown is what the member reads.
func shown(r discord.Result) any {
	if text, ok := r.Reply["content"].(string); ok && text != "" {
		return text
	}
	return r.Reply["embeds"]
}

// Cycle is one round of commands in the i-th guild, one after the other: play,
// volume, pause, resume, skip. It leaves the player connected and idle, and
// returns how many commands were answered.
func (w *World) Cycle(ctx context.Context, i int) (int, error) {
	if _, err := w.Play(ctx, i); err != nil {
		return 0, err
	}
	n, err := w.Rest(ctx, i)
	return n + 1, err
}

// Rest is what a Cycle has after its play.
func (w *World) Rest(ctx context.Context, i int) (int, error) {
	done := 0
	for _, c := range []struct {
		name string
		args []discord.Arg
	}{
		{"volume", []discord.Arg{{Name: "percent", Value: "80"}}}, {"pause", nil}, {"resume", nil}, {"skip", nil},
	} {
		if err := w.Say(ctx, i, c.name, c.args...); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// Seat brings the bot into voice in every guild, with a first /play and a /skip
// in each, and waits until the node is connected in all of them.
func (w *World) Seat(ctx context.Context) error {
	// At once, because an answer may wait for the bot to have joined, and a bot
	// may join only so often a minute.
	var group errgroup.Group
	for i := range w.guilds {
		group.Go(func() error { return w.Say(ctx, i, "play", discord.Arg{Name: "query", Value: w.Query()}) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for w.Voices() < len(w.guilds) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the bot is in voice in %d of %d guilds: %w", w.Voices(), len(w.guilds), ctx.Err())
		case <-tick.C:
		}
	}
	for i := range w.guilds {
		// A short track may be over already, and then there is nothing to skip:
		// the answer says so, and that is an answer.
		if err := w.Say(ctx, i, "skip"); err != nil {
			return err
		}
	}
	return nil
}
