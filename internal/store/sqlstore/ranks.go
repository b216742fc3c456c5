package sqlstore

import (
	"runtime"
	"sync"
	"weak"

	"github.com/atrilhq/platform/internal/core/music"
)

// rankBook remembers where the slots stand that were loaded or committed, by
// the player that holds them. A player is never written to, so its pointer
// stands for its queue and its history; an entry lives as long as its player.
// A player that is not in the book has both written anew.
type rankBook struct {
	mu    sync.Mutex
	ranks map[weak.Pointer[music.Player]]ranks
}

// ranks is where a player's slots stand.
type ranks struct {
	queue []int64
	// history is the place of the first entry of the history; the others follow
	// it without a gap. known is false where they do not.
	history int64
	known   bool
}

func newRankBook() *rankBook {
	return &rankBook{ranks: map[weak.Pointer[music.Player]]ranks{}}
}

func (b *rankBook) of(p *music.Player) ranks {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ranks[weak.Make(p)]
}

func (b *rankBook) put(p *music.Player, ranks ranks) {
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
