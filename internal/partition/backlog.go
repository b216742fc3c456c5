package partition

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/atrilhq/platform/internal/core/music"
)

// backlog are the guilds of partitions that were just taken which had work.
// Nobody asked for them yet, so they are read where nothing else is.
type backlog struct {
	mu   sync.Mutex
	list []wanted
	// wake has room for one signal.
	wake chan struct{}
	// done counts what was read since the backlog was last empty.
	done int
}

// manyRead is how many guilds leave so much garbage behind, of texts that were
// read into them, that it is given back to the system.
const manyRead = 1_000

func newBacklog() *backlog { return &backlog{wake: make(chan struct{}, 1)} }

func (b *backlog) add(ids []music.GuildID, epoch int64) {
	if len(ids) == 0 {
		return
	}
	b.mu.Lock()
	for _, id := range ids {
		b.list = append(b.list, wanted{id, epoch})
	}
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take returns the next guilds to read.
func (b *backlog) take() []wanted {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(b.list), loadChunk)
	out := b.list[:n:n]
	if b.list = b.list[n:]; len(b.list) == 0 {
		b.list = nil
	}
	return out
}

// read notes that guilds were taken up. At the end of many, what reading them
// left behind is given back.
func (b *backlog) read(n int) {
	b.mu.Lock()
	b.done += n
	free := len(b.list) == 0 && b.done >= manyRead
	if len(b.list) == 0 {
		b.done = 0
	}
	b.mu.Unlock()
	if free {
		debug.FreeOSMemory()
	}
}

// toRead returns the guilds to read next: those that something came for, else
// some of the backlog, which is ahead of anybody asking. It waits for them; ok
// is false once ctx has ended.
func (l *Loop) toRead(ctx context.Context) (asked []wanted, ahead, ok bool) {
	for {
		for len(asked) < loadChunk {
			select {
			case w := <-l.wanted:
				asked = append(asked, w)
				continue
			default:
			}
			break
		}
		if len(asked) > 0 {
			return asked, false, true
		}
		if asked = l.backlog.take(); len(asked) > 0 {
			return asked, true, true
		}
		select {
		case <-ctx.Done():
			return nil, false, false
		case w := <-l.wanted:
			asked = append(asked, w)
		case <-l.backlog.wake:
		}
	}
}

// Pending counts the guilds that have work and were not taken up yet.
func (l *Loop) Pending() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n := 0
	for _, o := range l.owned {
		n += len(o.pending)
	}
	return n
}
