package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/atrilhq/platform/bench/load"
	"github.com/atrilhq/platform/bench/proc"
	"github.com/atrilhq/platform/bench/world"
)

const (
	// readyWithin is how long a system may take to come up.
	readyWithin = time.Minute
	// answerWithin is how long a command may take before the run is given up.
	answerWithin = 20 * time.Second
)

// A system is one thing that is measured, in a world of its own.
type system struct {
	name  string
	world *world.World
	proc  *proc.Process
	// more are the other processes of a system that has several.
	more []*proc.Process
	// operations is where profiles are had, of the platform only.
	operations *proc.Platform

	// What the open loop found, counted from when a command was due.
	replies, patches []time.Duration
	// idle has the guilds that nobody uses at the moment.
	idle chan int
	// lost counts plays that were not answered or never reached the node; they
	// count as having taken answerWithin.
	lost int
	// gaveUp counts cycles of the closed loop that were not finished.
	gaveUp atomic.Int64
	// What the closed loop found: commands a second by number of callers.
	full map[int][]float64
	// The processor time in the closed loop: of the system, and of this
	// process, which is the simulators and the generator; and the commands.
	own, sims time.Duration
	commands  float64
}

func (s *system) open() error {
	w, err := world.Start(world.Options{Guilds: pathGuilds})
	s.world, s.full, s.idle = w, map[int][]float64{}, make(chan int, pathGuilds)
	for i := range pathGuilds {
		s.idle <- i
	}
	return err
}

func (s *system) where() proc.Where {
	return proc.Where{Discord: s.world.Address, Token: world.Token(), Node: s.world.NodeAddress, Password: world.Password}
}

func (s *system) startPlatform(ctx context.Context, bin, dir string) error {
	if err := s.open(); err != nil {
		return err
	}
	d, err := proc.StartPlatform(bin, dir, s.where())
	if err != nil {
		return err
	}
	s.proc, s.operations = d.Process, d
	return s.ready(ctx)
}

func (s *system) startPeer(ctx context.Context, program, dir string) error {
	if err := s.open(); err != nil {
		return err
	}
	var err error
	s.proc, err = proc.Start(program, dir, []string{"DISCORD_TOKEN=" + world.Token(), "LAVALINK_PASSWORD=" + world.Password},
		"--rest", "http://"+s.world.Address+"/api/v10", "--node", s.world.NodeAddress)
	if err != nil {
		return err
	}
	return s.ready(ctx)
}

func (s *system) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	return s.proc.Until(ctx, "the bot is there", s.world.Registered)
}

func (s *system) close() error {
	var errs []error
	if s.proc != nil {
		errs = append(errs, s.proc.Stop())
	}
	for _, p := range s.more {
		errs = append(errs, p.Stop())
	}
	if s.world != nil {
		errs = append(errs, s.world.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// profileSeconds is long enough for a few turns of each system.
const profileSeconds = 30

// profile takes a processor profile into a file, beside the load. The channel
// says how that went; nothing is taken where no file is named.
func (s *system) profile(ctx context.Context, file string, seconds int) <-chan error {
	done := make(chan error, 1)
	if file == "" {
		done <- nil
		return done
	}
	go func() {
		text, err := s.operations.Profile(ctx, seconds)
		if err == nil {
			err = os.WriteFile(file, []byte(text), 0o600)
		}
		done <- err
	}()
	return done
}

// silent is a system that knows nothing but /play.
func (s *system) silent() bool { return s.name == "floor" }

// play types /plays at a rate, each on a player that is connected and idle, and
// keeps the times of all but the first warm. A /skip that is not measured makes
// the player idle again.
func (s *system) play(ctx context.Context, rate float64, warm, n int) ([]time.Duration, error) {
	var mu sync.Mutex
	late, err := load.Open(ctx, rate, warm+n, func(i int, due time.Time) error {
		// Where all are in use this waits, and the wait counts.
		guild := <-s.idle
		defer func() { s.idle <- guild }()
		short, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		got, err := s.world.Play(short, guild)
		gone := missed(err)
		if gone {
			mu.Lock()
			s.lost++
			mu.Unlock()
			got.Patch, err = due.Add(answerWithin), nil
			if got.Reply.IsZero() {
				got.Reply = got.Patch
			}
		}
		if err != nil {
			return err
		}
		if i >= warm {
			mu.Lock()
			s.replies, s.patches = append(s.replies, got.Reply.Sub(due)), append(s.patches, got.Patch.Sub(due))
			mu.Unlock()
		}
		if s.silent() {
			return nil
		}
		return s.idleAgain(ctx, guild, gone)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return late[warm:], nil
}

// missed tells a command that was not answered, or not carried out, from what ends
// the run. On a machine that is busy with other things there are some.
func missed(err error) bool {
	return errors.Is(err, world.ErrNoAnswer) || errors.Is(err, world.ErrNoPatch)
}

// idleAgain makes a player idle: with a /skip, or where something was missed, and
// nobody knows what plays and what waits, with a /stop. A member who is not
// answered types it again.
func (s *system) idleAgain(ctx context.Context, guild int, gone bool) (err error) {
	const tries = 10
	for range tries {
		name := "skip"
		if gone && s.stops() {
			name = "stop"
		}
		if err = s.world.Say(ctx, guild, name); !missed(err) {
			return err
		}
		gone = true
	}
	return err
}

// stops is true for a system that has a /stop: the bare bot keeps no queue, so
// that a /skip ends all there is.
func (s *system) stops() bool { return s.name != "bare bot" }

// saturate keeps n guilds busy, each with one command after the other.
func (s *system) saturate(ctx context.Context, n int) error {
	own, sims, err := s.used()
	if err != nil {
		return err
	}
	begin := time.Now()
	outer := ctx
	rate, err := load.Closed(ctx, n, fullTime, func(guild int) (int, error) {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		if s.silent() {
			_, err := s.world.Play(ctx, guild)
			return 1, err
		}
		n, err := s.world.Cycle(ctx, guild)
		if missed(err) {
			s.gaveUp.Add(1)
			err = s.idleAgain(outer, guild, true)
		}
		return n, err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	s.commands += rate * time.Since(begin).Seconds()
	s.full[n] = append(s.full[n], rate)
	own2, sims2, err := s.used()
	s.own, s.sims = s.own+own2-own, s.sims+sims2-sims
	return err
}

func (s *system) used() (own, sims time.Duration, err error) {
	for _, p := range append([]*proc.Process{s.proc}, s.more...) {
		one, err := p.CPU()
		if err != nil {
			return 0, 0, err
		}
		own += one
	}
	sims, err = proc.OwnCPU()
	return own, sims, err
}

// best is the most commands a second: the median of the rounds, with the number
// of callers that gives most.
func (s *system) best() float64 {
	most := 0.0
	for _, rates := range s.full {
		most = max(most, median(rates))
	}
	return most
}

// cpu is the processor time of the system for a command, in milliseconds.
func (s *system) cpu() float64 { return milliseconds(s.own) / s.commands }

// simsShare is the simulators' and the generator's part of all processor time.
func (s *system) simsShare() float64 { return float64(s.sims) / float64(s.own+s.sims) * 100 }
