package redis

import (
	"context"
	_ "embed"
	"errors"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

//go:embed begin.lua
var beginText string

var beginScript = goredis.NewScript(beginText) //nolint:gochecknoglobals // a constant that has to be hashed

// Begin implements bus.Bus. An entry that nobody can read is left out where
// everything before it was released.
func (b *Bus) Begin(ctx context.Context, name string) (bus.Cursor, error) {
	s, err := b.stream(name)
	if err != nil {
		return bus.Cursor{}, err
	}
	s.reads.Lock()
	defer s.reads.Unlock()
	s.forget()
	for {
		if err := ctx.Err(); err != nil {
			return bus.Cursor{}, err
		}
		got, err := s.do(beginScript, word(), max(b.o.MaxAge.Milliseconds(), 0))
		if err != nil {
			if errors.Is(err, errClosed) {
				return bus.Cursor{}, err
			}
			return bus.Cursor{}, unavailable("redis.Begin", err)
		}
		c, unreadable, err := beginning(got)
		if err != nil {
			return bus.Cursor{}, fault.Wrap(err, fault.Internal, "redis.Begin", "the script gave an answer that is none")
		}
		if unreadable == 0 {
			s.at = c
			return c, nil
		}
		b.o.Logger.Error("an entry of a stream cannot be read and is left out", "stream", name, "position", unreadable)
		if err := b.Release(ctx, name, bus.Cursor{Generation: c.Generation, Position: unreadable}); err != nil {
			return bus.Cursor{}, err
		}
	}
}

// beginning reads the answer of begin.lua: the cursor, or the position of an
// entry that cannot be read.
func beginning(got []any) (c bus.Cursor, unreadable int64, err error) {
	text := make([]string, 5)
	for i, v := range got[:min(len(got), len(text))] {
		text[i], _ = v.(string)
	}
	c.Generation = text[0]
	if c.Position, err = strconv.ParseInt(text[1], 10, 64); err != nil {
		return c, 0, err
	}
	last, err := strconv.ParseInt(text[2], 10, 64)
	if err != nil {
		return c, 0, err
	}
	if text[3] == "" {
		c.Position = last // all of it was released, or what was not is lost
		return c, 0, nil
	}
	end, err := position(text[3])
	if err != nil {
		return c, 0, err
	}
	ms, err := decode(text[4])
	if err != nil {
		return c, end, nil //nolint:nilerr // it is told by its position
	}
	c.Position = max(c.Position, end-int64(len(ms)))
	return c, 0, nil
}
