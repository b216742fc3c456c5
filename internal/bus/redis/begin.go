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

// Begin implements bus.Bus. What another process read in the last moments may
// come again.
func (b *Bus) Begin(ctx context.Context, name string) (bus.Cursor, error) {
	if err := ctx.Err(); err != nil {
		return bus.Cursor{}, err
	}
	s, err := b.stream(name)
	if err != nil {
		return bus.Cursor{}, err
	}
	s.reads.Lock()
	defer s.reads.Unlock()
	if s.from > s.told {
		_ = s.look(bus.Cursor{Generation: s.at.Generation, Position: s.from}) // if it does not continue, begin says where to
	}
	s.forget()
	got, err := s.do(beginScript, word(), max(b.o.MaxAge.Milliseconds(), 0))
	if err != nil {
		if errors.Is(err, errClosed) {
			return bus.Cursor{}, err
		}
		return bus.Cursor{}, unavailable("redis.Begin", err)
	}
	c, err := beginning(got)
	if err != nil {
		return bus.Cursor{}, fault.Wrap(err, fault.Internal, "redis.Begin", "the script gave an answer that is none")
	}
	s.at, s.from, s.told, s.toldAt = c, c.Position, c.Position, b.o.Clock.Now()
	return c, nil
}

// beginning reads the answer of begin.lua.
func beginning(got []any) (bus.Cursor, error) {
	text := make([]string, 5)
	for i, v := range got[:min(len(got), len(text))] {
		text[i], _ = v.(string)
	}
	c := bus.Cursor{Generation: text[0]}
	var err error
	if c.Position, err = strconv.ParseInt(text[1], 10, 64); err != nil {
		return c, err
	}
	last, err := strconv.ParseInt(text[2], 10, 64)
	if err != nil {
		return c, err
	}
	if text[3] == "" {
		c.Position = last // all of it was read, or what was not is lost
		return c, nil
	}
	end, err := position(text[3])
	if err != nil {
		return c, err
	}
	ms, err := decode(text[4])
	if err != nil {
		return c, nil //nolint:nilerr // Read finds it too, and goes past it
	}
	c.Position = max(c.Position, end-int64(len(ms)))
	return c, nil
}
