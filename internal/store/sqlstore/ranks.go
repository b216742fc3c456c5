package sqlstore

import (
	"runtime"
	"sync"
	"weak"

	"github.com/atrilhq/platform/internal/core/music"
)

// rankBook remembers the ranks of the queues that were loaded or committed, by
// the player that holds them. A player is never written to, so its pointer
// stands for its queue; an entry lives as long as its player. A player that is
// not in the book has its queue written anew.
type rankBook struct {
	mu    sync.Mutex
	ranks map[weak.Pointer[music.Player]][]int64
}

func newRankBook() *rankBook {
	return &rankBook{ranks: map[weak.Pointer[music.Player]][]int64{}}
}

func (b *rankBook) of(p *music.Player) []int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ranks[weak.Make(p)]
}

func (b *rankBook) put(p *music.Player, ranks []int64) {
	key := weak.Make(p)
	b.mu.Lock()
	_, known := b.ranks[key]
	b.ranks[key] = ranks
	b.mu.Unlock()
	if !known {
		runtime.AddCleanup(p, b.drop, key)
	}
}

func (b *rankBook) drop(key weak.Pointer[music.Player]) {
	b.mu.Lock()
	delete(b.ranks, key)
	b.mu.Unlock()
}
