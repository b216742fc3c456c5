package redis_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
)

func TestRestartThatKeepsNothing(t *testing.T) {
	r := newRig(t, redis.Options{})
	at := r.begin()
	r.add(0, 5)
	at = r.read(at, 0, 2)
	r.server.Kill(t)
	r.server.Start(t)
	r.reset(at)
	at = r.begin()
	r.back(7)
	r.read(at, 7, 8)
}

// TestRestartThatKeepsAll finds that the server is another process, and loses
// nothing over that.
func TestRestartThatKeepsAll(t *testing.T) {
	r := newRig(t, redis.Options{}, "appendonly yes", "appendfsync always")
	at := r.begin()
	r.add(0, 6)
	at = r.read(at, 0, 2)
	r.release(at)
	r.server.Kill(t)
	r.server.Start(t)
	r.back(6)
	r.reset(r.read(at, 2, 6))
	again := r.begin()
	if again.Generation == at.Generation {
		t.Fatal("a restarted server has the old generation")
	}
	if err := r.bus.Release(within(t), stream, at); !errors.Is(err, bus.ErrReset) {
		t.Fatalf("releasing in the old generation: %v", err)
	}
	// What was released is gone, what was only read comes again.
	r.read(again, 2, 7)
}

// TestReaderDied is a process that read ahead of what it had released, over
// connections of its own.
func TestReaderDied(t *testing.T) {
	r := newRig(t, redis.Options{})
	r.add(0, 200)
	stored := r.read(r.begin(), 0, 60)
	r.read(stored, 60, 200)
	r.release(stored)
	if err := r.bus.Close(); err != nil {
		t.Fatal(err)
	}
	r.bus = open(t, redis.Options{URL: r.server.URL(), Prefix: r.prefix})
	if at := r.begin(); at != stored {
		t.Fatalf("the successor begins at %+v, stored was %+v", at, stored)
	}
	end := r.read(stored, 60, 200)
	r.release(end)
	if n, _ := r.server.Do(t, "HGET", r.meta(), "read").(string); n != fmt.Sprint(end.Position) {
		t.Fatalf("released up to %s, want %d", n, end.Position)
	}
}

func TestFlushedUnderLoad(t *testing.T) {
	r := newRig(t, redis.Options{})
	at := r.begin()
	r.add(0, 5)
	at = r.read(at, 0, 5)
	r.server.Do(t, "FLUSHALL")
	// More than the reader had seen: positions alone would not tell.
	r.add(100, 120)
	r.reset(at)
	r.read(r.begin(), 100, 120)
}

func TestLostWhileIdle(t *testing.T) {
	for name, hurt := range map[string]func(*rig){
		"everything":      func(r *rig) { r.server.Do(r.T, "FLUSHALL") },
		"the description": func(r *rig) { r.server.Do(r.T, "DEL", r.meta()) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, redis.Options{})
			at := r.begin()
			r.add(0, 3)
			at = r.read(at, 0, 3)
			hurt(r)
			r.reset(at)
			at = r.begin()
			r.add(3, 5)
			r.read(at, 3, 5)
		})
	}
}

func TestTrimmedUnderReader(t *testing.T) {
	for name, c := range map[string]struct {
		hurt func(*rig)
		left int
	}{
		"the older part": {func(r *rig) { r.server.Do(r.T, "XTRIM", r.log(), "MAXLEN", 3) }, 7},
		"all of it":      {func(r *rig) { r.server.Do(r.T, "DEL", r.log()) }, 10},
		"one in between": {func(r *rig) {
			entries, _ := r.server.Do(r.T, "XRANGE", r.log(), "-", "+").([]any)
			one, _ := entries[len(entries)-5].([]any)
			r.server.Do(r.T, "XDEL", r.log(), one[0])
		}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, redis.Options{})
			at := r.begin()
			r.add(0, 10)
			c.hurt(r)
			if c.left < 0 {
				at = r.read(at, 0, 5)
				r.reset(at)
				r.reset(r.read(r.begin(), 0, 5))
				r.release(at)
				r.read(r.begin(), 6, 10)
				return
			}
			r.reset(at)
			at = r.begin()
			r.add(10, 11)
			r.read(at, c.left, 11)
		})
	}
}

// TestLostTail is what a failover does: the new primary has an earlier state
// than the one that the reader saw.
func TestLostTail(t *testing.T) {
	for name, more := range map[string]int{"nothing since": 0, "less than was lost": 2, "more than was lost": 9} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, redis.Options{})
			at := r.begin()
			r.add(0, 5)
			log, meta := r.server.Do(t, "DUMP", r.log()), r.server.Do(t, "DUMP", r.meta())
			r.add(5, 10)
			at = r.read(at, 0, 10)
			r.server.Do(t, "RESTORE", r.log(), 0, log, "REPLACE")
			r.server.Do(t, "RESTORE", r.meta(), 0, meta, "REPLACE")
			r.server.Do(t, "HSET", r.meta(), "run", "another")
			r.add(20, 20+more)
			r.reset(at)
			r.add(20+more, 21+more)
			// Whatever the new primary has comes, and then what was added to it.
			next := int64(-1)
			r.until("the last message", func() error {
				at = r.begin()
				for {
					got, to, err := r.bus.Read(within(t), stream, at, 50)
					if err != nil {
						return err
					}
					for _, d := range got {
						next, at = d.Number, to
					}
					if next == int64(20+more) {
						return nil
					}
				}
			})
		})
	}
}

func TestOldMessagesAreForgotten(t *testing.T) {
	r := newRig(t, redis.Options{MaxAge: 30 * time.Millisecond})
	at := r.begin()
	r.add(0, 1)
	r.until("the first message is too old", func() error {
		r.add(1, 2)
		if now := r.begin(); now.Position == at.Position {
			return errors.New("it is still there")
		}
		return nil
	})
}

func TestUnreadableEntryIsPassed(t *testing.T) {
	for name, junk := range map[string][]any{
		"another version":  {"gen", "\x7fnew"},
		"no bytes":         {"gen", ""},
		"two fields":       {"a", "b", "c", "d"},
		"half of an entry": {"gen", "\x01\x05ab"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, redis.Options{})
			at := r.begin()
			r.add(0, 2)
			last := r.server.Do(t, "HINCRBY", r.meta(), "last", 1)
			bytes := r.server.Do(t, "HINCRBY", r.meta(), "bytes", 4)
			r.server.Do(t, append([]any{"XADD", r.log(), fmt.Sprintf("%v-%v", last, bytes)}, junk...)...)
			r.add(3, 5)
			at = r.read(at, 0, 2)
			r.reset(at)
			// What was read before it was not dealt with yet.
			if got, _, err := r.bus.Read(within(t), stream, r.begin(), 10); err != nil || len(got) != 2 || got[0].Number != 0 {
				t.Fatalf("before it are %v, %v", got, err)
			}
			r.release(at)
			r.until("what is behind it", func() error {
				got, _, err := r.bus.Read(within(t), stream, r.begin(), 10)
				if err == nil && (len(got) != 2 || got[0].Number != 3 || got[1].Number != 4) {
					t.Fatalf("behind it are %v", got)
				}
				if err != nil && !errors.Is(err, bus.ErrReset) {
					t.Fatal(err)
				}
				return err
			})
		})
	}
}
