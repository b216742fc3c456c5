package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/atrilhq/platform/bench/load"
	"github.com/atrilhq/platform/bench/world"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

const (
	// commandRate is the commands a second; a member comes or goes each moveEvery.
	commandRate = 10
	moveEvery   = 2 * time.Second
	// answerWithin is how long a member waits.
	answerWithin = 15 * time.Second
)

// people are the members of the world, who use the product.
type people struct {
	world *world.World
	// answered counts commands, unanswered those that a fault swallowed.
	answered, unanswered atomic.Int64
}

func newPeople(w *world.World) *people { return &people{world: w} }

// start lets them act until ctx ends. The channel is closed when all have stopped.
func (p *people) start(ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for begin := 0; ctx.Err() == nil; begin += commandRate {
			// The errors are counted one by one; what is left is the end of ctx.
			_, _ = load.Open(ctx, commandRate, commandRate, func(i int, _ time.Time) error { p.say(ctx, begin+i); return nil })
		}
	})
	running.Go(func() {
		for n := 0; wait(ctx, moveEvery) == nil; n++ {
			p.move(n)
		}
	})
	go func() { running.Wait(); close(done) }()
	return done
}

// say types the n-th command. Each guild gets them in an order of its own.
func (p *people) say(ctx context.Context, n int) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	guild := n % p.world.Guilds()
	var err error
	switch (n / p.world.Guilds()) % 8 {
	case 0, 4:
		err = p.world.Say(ctx, guild, "play", discord.Arg{Name: "query", Value: p.world.Query()})
	case 1:
		err = p.world.Say(ctx, guild, "volume", discord.Arg{Name: "percent", Value: "70"})
	case 2:
		err = p.world.Say(ctx, guild, "pause")
	case 3:
		err = p.world.Say(ctx, guild, "resume")
	case 5:
		err = p.world.Say(ctx, guild, "queue")
	case 6:
		err = p.world.Say(ctx, guild, "skip")
	case 7:
		err = p.world.Say(ctx, guild, "stop")
	}
	if err == nil {
		p.answered.Add(1)
	} else {
		p.unanswered.Add(1)
	}
}

// move lets a member move to another channel, leave, and come back, guild after
// guild. The bot of a guild that was left has no listener until then.
func (p *people) move(n int) {
	guild := p.world.Guild(n / 3)
	switch d := p.world.Discord; n % 3 {
	case 0:
		_ = d.JoinVoice(guild, world.Member, world.OtherChannel)
	case 1:
		_ = d.LeaveVoice(guild, world.Member)
	case 2:
		_ = d.JoinVoice(guild, world.Member, world.VoiceChannel)
	}
}

// A breakage is something that goes wrong.
type breakage struct {
	name  string
	cause func(ctx context.Context, w *world.World, n int) error
}

// faults are what goes wrong, in turn.
func faults() []breakage {
	discordFault := func(f func(*world.World) error) func(context.Context, *world.World, int) error {
		return func(_ context.Context, w *world.World, _ int) error { return f(w) }
	}
	inVoice := func(f func(w *world.World, guild string) error) func(context.Context, *world.World, int) error {
		return func(_ context.Context, w *world.World, n int) error {
			err := f(w, w.Guild(n))
			if errors.Is(err, fault.Of(fault.Invalid)) {
				return nil // the bot is not in voice there now
			}
			return err
		}
	}
	return []breakage{
		{"none", discordFault(func(*world.World) error { return nil })},
		{"gateway asks to reconnect", discordFault(func(w *world.World) error { _, err := w.Discord.Reconnect(""); return err })},
		{"gateway is cut", discordFault(func(w *world.World) error { _, err := w.Discord.CutGateway(""); return err })},
		{"gateway session is void", discordFault(func(w *world.World) error { _, err := w.Discord.InvalidateSessions("", false); return err })},
		{"node sockets are cut", discordFault(func(w *world.World) error { w.Node.CutSockets(); return nil })},
		{"node forgets its sessions", discordFault(func(w *world.World) error { w.Node.ForgetSessions(); return nil })},
		{"node is away for 3 s", func(ctx context.Context, w *world.World, _ int) error {
			w.Node.SetDown(true)
			defer w.Node.SetDown(false)
			return wait(ctx, 3*time.Second)
		}},
		{"voice server moves", inVoice(func(w *world.World, guild string) error { return w.Discord.VoiceServerUp(guild, world.ApplicationID) })},
		{"bot is kicked from voice", inVoice(func(w *world.World, guild string) error { return w.Discord.LeaveVoice(guild, world.ApplicationID) })},
	}
}
