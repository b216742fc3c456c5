package roletest

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// Store is a database that can be made slow or to fail.
type Store struct {
	*sqlstore.DB

	mu   sync.Mutex
	hold chan struct{}
	held int // commits that wait
	fail map[string]error
	// failed counts how often each method has failed so.
	failed map[string]int
}

// Hold makes every commit wait until the returned function is called.
func (s *Store) Hold() (release func()) {
	c := make(chan struct{})
	s.mu.Lock()
	s.hold = c
	s.mu.Unlock()
	return sync.OnceFunc(func() {
		s.mu.Lock()
		s.hold = nil
		s.mu.Unlock()
		close(c)
	})
}

// Held returns how many commits wait because of Hold.
func (s *Store) Held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// Fail makes a method fail from now on: Commit, Renew, RenewShard,
// Snapshots, Done, Settings or RecentTracks. A nil error lets it work again.
func (s *Store) Fail(method string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.fail, s.failed = map[string]error{}, map[string]int{}
	}
	s.fail[method] = err
}

func (s *Store) failing(method string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.fail[method]
	if err != nil {
		s.failed[method]++
	}
	return err
}

// Failed returns how often a method was made to fail.
func (s *Store) Failed(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed[method]
}

// Commit implements store.Committer.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (int64, error) {
	s.mu.Lock()
	hold := s.hold
	if hold != nil {
		s.held++
	}
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
		}
		s.mu.Lock()
		s.held--
		s.mu.Unlock()
	}
	if err := s.failing("Commit"); err != nil {
		return 0, err
	}
	return s.DB.Commit(ctx, b)
}

// RenewShard implements store.ShardSessions.
func (s *Store) RenewShard(ctx context.Context, bot music.BotID, shard int, holder string, epoch int64, ttl time.Duration) error {
	if err := s.failing("RenewShard"); err != nil {
		return err
	}
	return s.DB.RenewShard(ctx, bot, shard, holder, epoch, ttl)
}

// Snapshots implements store.ShardSessions.
func (s *Store) Snapshots(ctx context.Context, bot music.BotID, shard int, f func(store.GuildSnapshot) error) error {
	if err := s.failing("Snapshots"); err != nil {
		return err
	}
	return s.DB.Snapshots(ctx, bot, shard, f)
}

// Renew implements store.Leases.
func (s *Store) Renew(ctx context.Context, holder string, held []store.Stamp, ttl time.Duration) error {
	if err := s.failing("Renew"); err != nil {
		return err
	}
	return s.DB.Renew(ctx, holder, held, ttl)
}

// Done implements store.Effects.
func (s *Store) Done(ctx context.Context, keys []string, at time.Time) error {
	if err := s.failing("Done"); err != nil {
		return err
	}
	return s.DB.Done(ctx, keys, at)
}

// Settings implements store.Guilds.
func (s *Store) Settings(ctx context.Context, guild music.GuildID) (music.Settings, error) {
	if err := s.failing("Settings"); err != nil {
		return music.Settings{}, err
	}
	return s.DB.Settings(ctx, guild)
}

// RecentTracks implements store.Plays.
func (s *Store) RecentTracks(ctx context.Context, guild music.GuildID, user music.UserID, filter string, limit int) ([]store.HeardTrack, error) {
	if err := s.failing("RecentTracks"); err != nil {
		return nil, err
	}
	return s.DB.RecentTracks(ctx, guild, user, filter, limit)
}
