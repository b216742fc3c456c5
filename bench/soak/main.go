// Command soak keeps a platformd busy for a while, with commands, people who
// come and go, and faults of Discord and of the node, and looks at its memory:
// `make soak`. It prints a line for each sample and the slopes of the second
// half, and its exit code is 1 if they are above the bounds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/atrilhq/platform/bench/proc"
	"github.com/atrilhq/platform/bench/world"
)

const (
	// guilds is how many there are, with tracks of this length.
	guilds, trackLength = 48, 20 * time.Second
	// beat is the time from one fault to the next; a sample is taken when the
	// fault before it is long over.
	beat, calmAfter = 15 * time.Second, 12 * time.Second
	// startWithin is how long platformd may take to come up.
	startWithin = time.Minute
)

func main() {
	minutes := flag.Float64("minutes", 30, "how long it takes")
	bin := flag.String("bin", "bin", "`directory` of the built programs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *bin, time.Duration(*minutes*float64(time.Minute)))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, bin string, during time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := world.Start(world.Options{Guilds: guilds, Length: trackLength})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	bin, err = filepath.Abs(bin)
	if err != nil {
		return err
	}
	d, err := proc.StartPlatform(bin, dir, proc.Where{Discord: w.Address, Token: world.Token(), Node: w.NodeAddress, Password: world.Password})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Stop()) }()
	up, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	if err := d.Until(up, "the bot is there", w.Registered); err != nil {
		return err
	}
	people := newPeople(w)
	busy, end := context.WithCancel(ctx)
	stopped := people.start(busy)
	defer func() { end(); <-stopped }()
	return observe(ctx, out, d, w, people, during)
}

// observe breaks something at each beat and takes a sample before the next.
func observe(ctx context.Context, out io.Writer, d *proc.Platform, w *world.World, p *people, during time.Duration) error {
	var t trend
	all := faults()
	begin := time.Now()
	_, _ = fmt.Fprintln(out, "   time    heap KB  goroutines  open connections  answered  unanswered  fault before")
	for n := 0; time.Since(begin) < during; n++ {
		f := all[n%len(all)]
		if err := f.cause(ctx, w, n); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if err := wait(ctx, calmAfter); err != nil {
			return err
		}
		heap, err := d.Heap(ctx)
		if err != nil {
			return err
		}
		goroutines, open, err := d.Goroutines(ctx)
		if err != nil {
			return err
		}
		s := sample{at: time.Since(begin), heap: heap / 1000, goroutines: goroutines}
		t = append(t, s)
		_, _ = fmt.Fprintf(out, "%7s %10.0f %11.0f %17.0f %9d %11d  %s\n",
			s.at.Round(time.Second), s.heap, s.goroutines, open, p.answered.Load(), p.unanswered.Load(), f.name)
		if err := wait(ctx, beat-calmAfter); err != nil {
			return err
		}
	}
	return t.judge(out, p.answered.Load(), p.unanswered.Load())
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
