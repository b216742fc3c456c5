package synth

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
)

// DefaultCacheBytes is what a Cache keeps, if it is not told: about thirty loops.
const DefaultCacheBytes = 24 << 20

// Sound is a loop, made.
type Sound struct {
	// WAV is the file. It is shared and must not be changed.
	WAV []byte
	// Tag is different for different files, as an ETag must be, without quotes.
	Tag string
}

// Cache makes loops and keeps those that were wanted last. Its methods may be
// called from any goroutine; two that want the same loop wait for one making.
type Cache struct {
	limit int

	mu    sync.Mutex
	held  map[key]*entry
	order []key // the one wanted last stands last
	bytes int
}

type key struct {
	word  string
	style Style
}

type entry struct {
	once    sync.Once
	sound   Sound
	counted bool // its bytes are part of the cache's
}

// NewCache returns a cache of at most so many bytes of loops; DefaultCacheBytes
// if zero. It holds at least the loop wanted last.
func NewCache(limit int) *Cache {
	if limit <= 0 {
		limit = DefaultCacheBytes
	}
	return &Cache{limit: limit, held: make(map[key]*entry)}
}

// Loop returns what the function Loop does.
func (c *Cache) Loop(word string, style Style) Sound {
	k := key{word, style}
	c.mu.Lock()
	e := c.held[k]
	if e == nil {
		e = &entry{}
		c.held[k] = e
	}
	c.mu.Unlock()
	e.once.Do(func() {
		wav := Loop(word, style)
		sum := sha256.Sum256(wav)
		e.sound = Sound{WAV: wav, Tag: hex.EncodeToString(sum[:8])}
	})
	c.used(k, e)
	return e.sound
}

// used notes that a loop was wanted and lets go of those that were not for longest.
func (c *Cache) used(k key, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held[k] != e {
		return // let go of meanwhile
	}
	if !e.counted {
		e.counted = true
		c.bytes += len(e.sound.WAV)
	}
	if i := slices.Index(c.order, k); i >= 0 {
		c.order = slices.Delete(c.order, i, i+1)
	}
	c.order = append(c.order, k)
	for c.bytes > c.limit && len(c.order) > 1 {
		oldest := c.order[0]
		c.order = c.order[1:]
		c.bytes -= len(c.held[oldest].sound.WAV)
		delete(c.held, oldest)
	}
}

// Held is how many loops and bytes of them are kept.
func (c *Cache) Held() (loops, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.held), c.bytes
}
