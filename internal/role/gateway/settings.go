package gateway

import (
	"context"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

const (
	// settingsKept is of how many guilds the settings are remembered.
	settingsKept = 16384
	// settingsFresh is for how long, where no change is told: what is told may
	// be missed.
	settingsFresh = 5 * time.Minute
	// settingsWithin bounds how long they are read for.
	settingsWithin = 700 * time.Millisecond
)

// settings remembers what the admins of guilds decided, so that commands are
// refused early in the right language. It may be stale: the core decides.
type settings struct {
	role *Role
	kept *lru.Cache[music.GuildID, keptSettings]

	mu sync.Mutex
	// changes counts what was told, so that a read that began before is not kept.
	changes int64
	reading map[music.GuildID]bool
}

type keptSettings struct {
	set music.Settings
	at  time.Time
}

func newSettings(r *Role) (*settings, error) {
	kept, err := lru.New[music.GuildID, keptSettings](settingsKept)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "gateway.New", "the memory for settings cannot be made")
	}
	return &settings{role: r, kept: kept, reading: map[music.GuildID]bool{}}, nil
}

// now returns what is known at once: the defaults, which refuse nothing that a
// guild's own would allow, where nothing is. What is not known is read then.
func (s *settings) now(guild music.GuildID) music.Settings {
	if k, ok := s.kept.Get(guild); ok && s.role.opt.Clock.Since(k.at) < settingsFresh {
		return k.set
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.reading[guild] {
		s.reading[guild] = true
		s.role.waiters.wg.Go(func() {
			s.get(context.Background(), guild)
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.reading, guild)
		})
	}
	if k, ok := s.kept.Peek(guild); ok {
		return k.set
	}
	return music.DefaultSettings()
}

// get returns a guild's settings and reads them where they are not known. Where
// they cannot be read it returns what was known before, or the defaults.
func (s *settings) get(ctx context.Context, guild music.GuildID) music.Settings {
	k, ok := s.kept.Get(guild)
	now := s.role.opt.Clock.Now()
	if ok && now.Sub(k.at) < settingsFresh {
		return k.set
	}
	if !ok {
		k.set = music.DefaultSettings()
	}
	s.mu.Lock()
	changes := s.changes
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settingsWithin)
	defer cancel()
	set, err := s.role.opt.Store.Settings(ctx, guild)
	switch fault.CodeOf(err) {
	case "":
		k.set = set
	case fault.NotFound: // it has decided nothing
	default:
		s.role.log.Debug("a guild's settings cannot be read", "guild", guild, "error", err)
		return k.set
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == changes {
		s.kept.Add(guild, keptSettings{set: k.set, at: now})
	}
	return k.set
}

// language returns what the members of a guild read: what its admins decided,
// otherwise what is asked for.
func (s *settings) language(ctx context.Context, guild music.GuildID, otherwise string) string {
	if l := s.get(ctx, guild).Language; l != "" {
		return l
	}
	return otherwise
}

// hear forgets what was changed, and has the guild's panels shown in the words
// that it reads now.
func (s *settings) hear(_ context.Context, m bus.Message) {
	if m.Kind != (music.SettingsChanged{}).EventType() {
		return
	}
	guild := music.GuildID(m.Key)
	s.mu.Lock()
	s.changes++
	s.kept.Remove(guild)
	s.mu.Unlock()
	s.role.panels.dirtyAll(guild)
}
