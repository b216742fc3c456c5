package redis

import (
	"context"
	_ "embed"
	"errors"
	"strconv"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
)

const (
	// block is how long a read waits in Redis; the client cannot end it earlier.
	block = time.Second
	// fetchEntries is how many entries a read takes at most.
	fetchEntries = 256
	// lastInID is the highest second half of an entry's id.
	lastInID = "-18446744073709551615"
)

//go:embed look.lua
var lookText string

var lookScript = goredis.NewScript(lookText) //nolint:gochecknoglobals // a constant that has to be hashed

// reader is where a stream is read in this process.
type reader struct {
	reads sync.Mutex
	// at is a cursor that is known to continue; ahead are the messages behind
	// it that were fetched already, and fetch brings more.
	at    bus.Cursor
	ahead []bus.Delivery
	fetch *fetch
}

// fetch is a read that is on its way. It outlives a Read that gives up, and the
// next one takes what it brings.
type fetch struct {
	done    chan struct{}
	entries []goredis.XMessage
	err     error
}

// Read implements bus.Bus. A stream has one reader at a time.
func (b *Bus) Read(ctx context.Context, name string, from bus.Cursor, limit int) ([]bus.Delivery, bus.Cursor, error) {
	s, err := b.stream(name)
	if err != nil {
		return nil, from, err
	}
	limit = max(limit, 1)
	for {
		f, out, err := s.next(ctx, from, limit)
		if err != nil {
			return nil, from, err
		}
		if len(out) > 0 {
			return out, bus.Cursor{Generation: from.Generation, Position: out[len(out)-1].Position}, nil
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, from, ctx.Err()
		case <-b.ctx.Done():
			return nil, from, errClosed
		}
	}
}

// next returns messages behind a cursor or what to wait for.
func (s *stream) next(ctx context.Context, from bus.Cursor, limit int) (*fetch, []bus.Delivery, error) {
	s.reads.Lock()
	defer s.reads.Unlock()
	if from != s.at {
		s.forget()
		if err := s.look(from); err != nil {
			return nil, nil, err
		}
	}
	if f := s.fetch; f != nil && len(s.ahead) == 0 {
		select {
		case <-f.done:
			s.fetch = nil
			if err := s.receive(f); err != nil {
				return nil, nil, err
			}
		default:
		}
	}
	if n := min(limit, len(s.ahead)); n > 0 {
		out := s.ahead[:n:n]
		s.ahead = s.ahead[n:]
		s.at.Position = out[n-1].Position
		return nil, out, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if s.fetch == nil {
		f := &fetch{done: make(chan struct{})}
		at, count := s.at.Position, min(limit, fetchEntries)
		if !s.bus.start(func() { s.bring(f, at, count) }) {
			return nil, nil, errClosed
		}
		s.fetch = f
	}
	return s.fetch, nil, nil
}

// forget drops what is known of the place that was read before.
func (s *stream) forget() {
	s.at, s.ahead, s.fetch = bus.Cursor{}, nil, nil
}

// look asks whether a cursor continues. Errors: ErrReset, Unavailable.
func (s *stream) look(at bus.Cursor) error {
	got, err := s.do(lookScript, at.Generation, at.Position)
	if err != nil {
		if errors.Is(err, errClosed) {
			return err
		}
		return unavailable("redis.Read", err)
	}
	if got[0] != "OK" && !noGeneration {
		why, _ := got[0].(string)
		return s.reset(why)
	}
	s.at = at
	s.behind(got)
	return nil
}

// behind tells how much of the stream is not released, as a script says behind its OK.
func (s *stream) behind(got []any) {
	if len(got) == 3 {
		messages, _ := got[1].(int64)
		bytes, _ := got[2].(int64)
		s.bus.o.Hooks.Behind(s.name, messages, bytes)
	}
}

// reset notes that the cursor does not continue.
func (s *stream) reset(why string) error {
	s.forget()
	s.bus.o.Hooks.Reset(s.name, why)
	s.bus.o.Logger.Warn("a stream does not continue from its reader's cursor", "stream", s.name, "why", why)
	return bus.ErrReset
}

// bring reads what is behind a position, and waits for it for a moment.
func (s *stream) bring(f *fetch, at int64, count int) {
	defer close(f.done)
	ctx, cancel := context.WithTimeout(s.bus.ctx, block+s.bus.o.Timeout/2)
	defer cancel()
	got, err := s.bus.wait.XRead(ctx, &goredis.XReadArgs{
		Streams: []string{s.log, strconv.FormatInt(at, 10) + lastInID}, Count: int64(count), Block: block,
	}).Result()
	switch {
	case errors.Is(err, goredis.Nil):
	case err != nil && s.bus.ctx.Err() != nil:
		f.err = errClosed
	case err != nil:
		f.err = unavailable("redis.Read", err)
	case len(got) == 1:
		f.entries = got[0].Messages
	}
}

// receive takes what a fetch brought. Where that is nothing, it asks whether
// there is really nothing. Errors: ErrReset, Unavailable.
func (s *stream) receive(f *fetch) error {
	if f.err != nil {
		return f.err
	}
	if len(f.entries) == 0 {
		return s.look(s.at)
	}
	at := s.at.Position
	for _, x := range f.entries {
		e, err := open(x)
		if err != nil {
			if len(s.ahead) > 0 {
				return nil // first what was before it
			}
			s.bus.o.Logger.Error("an entry of a stream cannot be read", "stream", s.name, "position", e.last, "error", err)
			return s.reset("unreadable") // Begin leaves it out
		}
		why := ""
		switch first := e.last - int64(len(e.messages)) + 1; {
		case first > at+1:
			why = "gap"
		case e.last > began(s.at.Generation) && e.generation != s.at.Generation:
			why = "generation"
		}
		if why != "" {
			if len(s.ahead) > 0 {
				return nil // first what was before it
			}
			return s.reset(why)
		}
		for i, m := range e.messages {
			if p := e.last - int64(len(e.messages)-1-i); p > at {
				s.ahead = append(s.ahead, bus.Delivery{Position: p, Message: m})
				at = p
			}
		}
	}
	return nil
}
