package resolve

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
)

// maxCachedTracks keeps large playlists out of the cache.
const maxCachedTracks = 100

// cache keeps what was found, for a while. The least recently used entry goes
// first.
type cache struct {
	clock clockwork.Clock
	ttl   time.Duration
	kept  *lru.Cache[string, cached]
}

type cached struct {
	result LoadResult
	until  time.Time
}

func newCache(clock clockwork.Clock, entries int, ttl time.Duration) (*cache, error) {
	kept, err := lru.New[string, cached](entries)
	if err != nil {
		return nil, err
	}
	return &cache{clock: clock, ttl: ttl, kept: kept}, nil
}

func (c *cache) get(identifier string) (LoadResult, bool) {
	e, ok := c.kept.Get(identifier)
	if !ok {
		return LoadResult{}, false
	}
	if !c.clock.Now().Before(e.until) {
		c.kept.Remove(identifier)
		return LoadResult{}, false
	}
	return e.result, true
}

// put keeps what was found. Nothing and failures are not kept: they may change
// as soon as somebody repairs something.
func (c *cache) put(identifier string, res LoadResult) {
	if len(res.Tracks) == 0 || len(res.Tracks) > maxCachedTracks {
		return
	}
	c.kept.Add(identifier, cached{result: res, until: c.clock.Now().Add(c.ttl)})
}
