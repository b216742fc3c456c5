package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/atrilhq/platform/bench/load"
	"github.com/atrilhq/platform/bench/proc"
)

// The shape of the load on the path of a command. Each system sees the same.
const (
	// pathGuilds is how many guilds there are: with so many a player is idle
	// again long before its next /play, and all can be joined within the 120
	// messages a minute that Discord takes from a connection.
	pathGuilds = 48
	// pathRate is the /plays a second of the open loop.
	pathRate = 100
	// pathRounds times pathSamples are measured for each system; pathWarm more
	// in each round are not.
	pathRounds, pathSamples, pathWarm = 10, 500, 50
	// syncsARound is how often a round measures fsync.
	syncsARound = 100
	// fullRounds times each number of callers is tried, for fullTime each.
	fullRounds, fullTime = 3, 2 * time.Second
	// emptyCalls are how many calls that do nothing the generator is tried with.
	emptyCalls = 50_000
	// pathWithin bounds all of it.
	pathWithin = 10 * time.Minute
)

// callers are the numbers of callers of the closed loop.
func callers() []int { return []int{8, 24, pathGuilds} }

// A path measures, once, everything about the way of a command. Its systems
// take turns, so that what else the machine does meets all of them.
type path struct {
	once sync.Once
	err  error
	log  io.Writer

	platform, bare, floor *system
	syncs                 []time.Duration
	late                  []time.Duration
	// limit is how many empty calls a second the generator starts.
	limit float64
}

func (p *path) measure(e env) error {
	p.once.Do(func() { p.err = p.run(e) })
	return p.err
}

func (p *path) run(e env) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), pathWithin)
	defer cancel()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p.platform, p.bare, p.floor = &system{name: "platform"}, &system{name: "bare bot"}, &system{name: "floor"}
	all := []*system{p.platform, p.bare, p.floor}
	defer func() {
		for _, s := range all {
			err = errors.Join(err, s.close())
		}
	}()
	if err := p.platform.startPlatform(ctx, e.bin, dir); err != nil {
		return err
	}
	if err := p.bare.startPeer(ctx, filepath.Join(e.bin, "bench", "barebot"), dir); err != nil {
		return err
	}
	if err := p.floor.startPeer(ctx, filepath.Join(e.bin, "bench", "floor"), dir); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(p.log, "  the bots join their channels")
	if err := p.seat(ctx); err != nil {
		return err
	}
	profile := p.platform.profile(ctx, e.profile, profileSeconds)
	if err := errors.Join(p.open(ctx, all, proc.DataDir(dir), e.rounded(pathRounds)), <-profile); err != nil {
		return err
	}
	full := e.profile
	if full != "" {
		full += ".full"
	}
	profile = p.platform.profile(ctx, full, profileSeconds/2)
	rounds := e.rounded(fullRounds)
	for round := range rounds {
		_, _ = fmt.Fprintf(p.log, "  as many commands as there can be, round %d of %d\n", round+1, rounds)
		for _, n := range callers() {
			for _, s := range all {
				if err := s.saturate(ctx, n); err != nil {
					return err
				}
			}
		}
	}
	if err := <-profile; err != nil {
		return err
	}
	begin := time.Now()
	_, err = load.Open(ctx, 1e9, emptyCalls, func(int, time.Time) error { return nil })
	p.limit = emptyCalls / time.Since(begin).Seconds()
	return err
}

// rounded is how many rounds are made where there would be n.
func (e env) rounded(n int) int {
	if e.quick {
		return (n + 2) / 3
	}
	return n
}

// seat brings both bots into voice, at the same time. The floor has no voice.
func (p *path) seat(ctx context.Context) error {
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, s := range []*system{p.platform, p.bare} {
		wg.Go(func() { errs[i] = s.world.Seat(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// open runs the rounds of the open loop.
func (p *path) open(ctx context.Context, all []*system, dir string, rounds int) error {
	for round := range rounds {
		_, _ = fmt.Fprintf(p.log, "  the way of a /play, round %d of %d\n", round+1, rounds)
		syncs, err := measureSync(dir, syncsARound)
		if err != nil {
			return err
		}
		p.syncs = append(p.syncs, syncs...)
		// Nobody is always first.
		turn := slices.Concat(all[round%len(all):], all[:round%len(all)])
		for _, s := range turn {
			late, err := s.play(ctx, pathRate, pathWarm, pathSamples)
			if err != nil {
				return err
			}
			p.late = append(p.late, late...)
		}
	}
	return nil
}

// measureSync measures what it takes to append 4 KiB to a file and have it on
// the disk, in the directory that the platform keeps its rows in.
func measureSync(dir string, n int) (took []time.Duration, err error) {
	f, err := os.CreateTemp(dir, "sync")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	page := make([]byte, 4096)
	for range n {
		if _, err := f.Write(page); err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := f.Sync(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin))
	}
	return took, nil
}
