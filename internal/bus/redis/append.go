package redis

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

// Bounds of what is written together.
const (
	// MaxAppend is how many messages an Append may have.
	MaxAppend = 1_024
	// entryMessages and entryBytes bound an entry.
	entryMessages = 32
	entryBytes    = 64 << 10
	// flushMessages and flushBytes bound what one call writes, unless a single
	// Append has more.
	flushMessages = 1_024
	flushBytes    = 1 << 20
	// queueMessages bounds what waits in this process for a stream.
	queueMessages = 16 << 10
)

//go:embed append.lua
var appendText string

var appendScript = goredis.NewScript(appendText) //nolint:gochecknoglobals // a constant that has to be hashed

// chunk is what is not split over entries.
type chunk struct {
	count int
	data  []byte
}

// request is an Append that waits.
type request struct {
	chunks      []chunk
	count, size int
	done        chan error
}

// coalescer collects what many append to a stream at the same time: one of them
// writes, the others wait, and whatever is there when the write has come back is
// written next.
type coalescer struct {
	appends sync.Mutex
	queue   []*request
	waiting int
	busy    bool
	// arena and args are the flusher's, kept for the next flush.
	arena []byte
	args  []any
}

// Append implements bus.Bus. Where Redis did not answer in time the messages may
// be in the stream all the same. A write that has begun ends within
// Options.Timeout whatever becomes of ctx. Errors: also Invalid for what is too
// large.
func (b *Bus) Append(ctx context.Context, name string, m ...bus.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := b.stream(name)
	if err != nil || len(m) == 0 {
		return err
	}
	r, err := newRequest(m)
	if err != nil {
		return err
	}
	first, err := s.enqueue(r)
	if err != nil {
		return err
	}
	if first {
		s.lead()
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		s.withdraw(r)
		return ctx.Err()
	}
}

func newRequest(ms []bus.Message) (*request, error) {
	if len(ms) > MaxAppend {
		return nil, fault.New(fault.Invalid, "redis.Append", "more than 1024 messages at once").WithHint("append them in parts")
	}
	if slices.ContainsFunc(ms, func(m bus.Message) bool { return m.Value != nil }) {
		ms = slices.Clone(ms) // values are written into it, and it is the caller's
	}
	r := &request{count: len(ms), done: make(chan error, 1)}
	size := 0
	for i := range ms {
		if err := check(&ms[i]); err != nil {
			return nil, err
		}
		size += sizeOf(&ms[i])
	}
	if size > 4*flushBytes {
		return nil, fault.New(fault.Invalid, "redis.Append", "more than 4 MiB at once").WithHint("append the messages in parts")
	}
	data, from, count := make([]byte, 0, size), 0, 0
	for i := range ms {
		data, count = appendMessage(data, &ms[i]), count+1
		if count == entryMessages || len(data)-from >= entryBytes/2 || i == len(ms)-1 {
			r.chunks = append(r.chunks, chunk{count: count, data: data[from:]})
			from, count = len(data), 0
		}
	}
	r.size = len(data)
	return r, nil
}

// enqueue adds a request, and tells whether its caller has to lead.
func (s *stream) enqueue(r *request) (first bool, err error) {
	s.appends.Lock()
	defer s.appends.Unlock()
	if s.waiting+r.count > queueMessages {
		return false, fault.New(fault.Unavailable, "redis.Append", "too much waits to be written to Redis")
	}
	if !s.busy {
		if !s.bus.enter() {
			return false, errClosed
		}
		s.busy, first = true, true
	}
	s.queue = append(s.queue, r)
	s.waiting += r.count
	return first, nil
}

// lead writes what waits once, without the detour over another goroutine, and
// leaves what came meanwhile to one.
func (s *stream) lead() {
	defer s.bus.wg.Done()
	s.settle(s.take())
	s.appends.Lock()
	more := len(s.queue) > 0
	s.busy = more
	s.appends.Unlock()
	if more && !s.bus.start(s.flush) {
		s.flush() // the bus is closed, and they are told
	}
}

// withdraw takes a request back that is not being written yet.
func (s *stream) withdraw(r *request) {
	s.appends.Lock()
	defer s.appends.Unlock()
	if i := slices.Index(s.queue, r); i >= 0 {
		s.queue = slices.Delete(s.queue, i, i+1)
		s.waiting -= r.count
	}
}

// flush writes until nothing waits.
func (s *stream) flush() {
	for {
		batch := s.take()
		if len(batch) == 0 {
			return
		}
		s.settle(batch)
	}
}

func (s *stream) take() []*request {
	s.appends.Lock()
	defer s.appends.Unlock()
	n, count, size := 0, 0, 0
	for _, r := range s.queue {
		if n > 0 && (count+r.count > flushMessages || size+r.size > flushBytes) {
			break
		}
		n, count, size = n+1, count+r.count, size+r.size
	}
	if n == 0 {
		s.busy = false
		s.queue = nil
		return nil
	}
	batch := slices.Clone(s.queue[:n])
	s.queue = slices.Delete(s.queue, 0, n)
	s.waiting -= count
	return batch
}

// settle writes a batch and answers its requests. Where not all of it fits, what
// does is tried once more.
func (s *stream) settle(batch []*request) {
	for range 2 {
		room, space, err := s.write(batch)
		if !errors.Is(err, errFull) {
			for _, r := range batch {
				r.done <- err
			}
			return
		}
		var fits []*request
		for _, r := range batch {
			if n, b := int64(r.count), int64(r.size+len(r.chunks)); n <= room && b <= space {
				room, space, fits = room-n, space-b, append(fits, r)
			} else {
				r.done <- errFull
			}
		}
		if batch = fits; len(batch) == 0 {
			return
		}
	}
	for _, r := range batch {
		r.done <- errFull
	}
}

var errFull = fault.New(fault.Quota, "redis.Append", "the stream's reader is too far behind")

// write writes a batch, all or none, and returns how much fits where it does not.
func (s *stream) write(batch []*request) (room, space int64, err error) {
	o := &s.bus.o
	s.args = append(s.args[:0], word(), o.Backlog, o.BacklogBytes, max(o.MaxAge.Milliseconds(), 0))
	count, size := s.pack(batch)
	began := o.Clock.Now()
	got, err := s.do(appendScript, s.args...)
	clear(s.args)
	switch {
	case err != nil && !errors.Is(err, errClosed):
		err = unavailable("redis.Append", err)
	case err == nil && got[0] == "QUOTA" && len(got) == 3:
		room, _ = got[1].(int64)
		space, _ = got[2].(int64)
		err = errFull
	case err == nil && got[0] != "OK":
		err = fault.New(fault.Internal, "redis.Append", "the script gave an answer that is none")
	case err == nil:
		s.behind(got)
	}
	o.Hooks.Flushed(s.name, count, size, o.Clock.Since(began), err)
	return room, space, err
}

// pack puts the chunks of a batch into entries behind the script's arguments.
func (s *stream) pack(batch []*request) (count, size int) {
	total := 0
	for _, r := range batch {
		total += r.size + len(r.chunks)
	}
	if cap(s.arena) < total || cap(s.arena) > 2*flushBytes {
		s.arena = make([]byte, 0, max(total, 4<<10))
	}
	arena, from, in := s.arena[:0], 0, 0
	end := func() {
		if in > 0 {
			s.args = append(s.args, in, arena[from:len(arena):len(arena)])
			count, from, in = count+in, len(arena), 0
		}
	}
	for _, r := range batch {
		for _, c := range r.chunks {
			if in+c.count > entryMessages || len(arena)-from+len(c.data) > entryBytes {
				end()
			}
			if in == 0 {
				arena = append(arena, codecVersion)
			}
			arena, in = append(arena, c.data...), in+c.count
		}
	}
	end()
	return count, len(arena)
}
