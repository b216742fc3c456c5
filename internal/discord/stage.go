package discord

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Stage changes whether a bot may be heard on a stage channel; [REST] does.
type Stage interface {
	// Unsuppress makes the bot a speaker; Denied without MUTE_MEMBERS.
	Unsuppress(ctx context.Context, guild music.GuildID, channel music.ChannelID) error
	// AskToSpeak raises its hand; Denied without REQUEST_TO_SPEAK.
	AskToSpeak(ctx context.Context, guild music.GuildID, channel music.ChannelID) error
}

const (
	// stageTries is how often one wish to speak is sent while Discord fails.
	stageTries = 5
	// stageEfforts is how often a bot that is sent back to the audience makes
	// itself a speaker again while it stays on a stage: then somebody means it.
	stageEfforts = 3
	// stagePause is the least time between two such requests in a guild.
	stagePause = time.Second
	// stageCalls is how many guilds are served at once.
	stageCalls = 4
)

// stages sees to it that the bot is heard on stages. On a stage channel
// everybody begins in the audience
// (https://discord.com/developers/docs/resources/stage-instance#definitions).
type stages struct {
	c     *Conn
	calls chan struct{}
	wg    sync.WaitGroup

	mu    sync.Mutex
	stays map[string]*stay
}

// stay is one stay of the bot on a stage. Its goroutine has all but the first line.
type stay struct {
	busy, again, spoke bool

	place   stagePlace
	efforts int  // how often it was made heard
	asked   bool // its hand was raised and it did not speak since
	refused bool // it may not make itself a speaker, whatever the cache says
	may     bool // it had the right to make itself a speaker when last looked at
}

// stagePlace names a stay; a new voice session is a new one.
type stagePlace struct{ channel, session string }

func newStages(c *Conn) *stages {
	return &stages{c: c, calls: make(chan struct{}, stageCalls), stays: map[string]*stay{}}
}

// look takes notice that something about the bot's voice in a guild may have
// changed. It never waits.
func (s *stages) look(ctx context.Context, guild string) {
	if s.c.o.Stage == nil || guild == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.stays[guild]
	place, suppressed, _ := s.c.onStage(guild)
	if v == nil {
		if place == (stagePlace{}) {
			return
		}
		v = &stay{}
		s.stays[guild] = v
	}
	v.again = true
	v.spoke = v.spoke || !suppressed
	if v.busy || ctx.Err() != nil {
		return
	}
	v.busy = true
	s.wg.Go(func() { s.attend(ctx, guild, v) })
}

// attend works until nothing is left to do in a guild.
func (s *stages) attend(ctx context.Context, guild string, v *stay) {
	for {
		s.mu.Lock()
		if !v.again || ctx.Err() != nil {
			v.busy = false
			if v.place == (stagePlace{}) {
				delete(s.stays, guild)
			}
			s.mu.Unlock()
			return
		}
		v.again = false
		s.mu.Unlock()
		s.speak(ctx, guild, v)
	}
}

// speak makes the bot heard where it is, as far as that is possible.
func (s *stages) speak(ctx context.Context, guild string, v *stay) {
	for try := range stageTries {
		place, suppressed, may := s.c.onStage(guild)
		if place != v.place {
			v.place, v.efforts, v.asked, v.refused, v.may = place, 0, false, false, false
		}
		if s.spoke(v) {
			v.asked = false
		}
		if may && !v.may {
			v.refused = false // the right was given since
		}
		v.may = may
		unsuppress := may && !v.refused
		if !suppressed || unsuppress && v.efforts >= stageEfforts || !unsuppress && (v.asked || v.efforts >= stageEfforts) {
			return
		}
		err := s.call(ctx, guild, place.channel, unsuppress)
		switch fault.CodeOf(err) {
		case "":
			v.efforts++
			v.asked = !unsuppress
			s.c.log.Info("a bot on a stage wants to be heard", slog.String("guild", guild), slog.Bool("asks", !unsuppress))
			s.pause(ctx, 0)
			return
		case fault.Unavailable, fault.Quota, fault.Unknown:
		default:
			s.c.log.Warn("a bot on a stage cannot be heard", slog.String("guild", guild), slog.Bool("asks", !unsuppress), slog.Any("err", err))
			if !unsuppress {
				v.asked = true // asking once more changes nothing
				return
			}
			v.refused = true
		}
		if !s.pause(ctx, try) {
			return
		}
	}
}

// spoke says whether the bot was a speaker since it was last asked.
func (s *stages) spoke(v *stay) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	spoke := v.spoke
	v.spoke = false
	return spoke
}

// call sends one request, a few guilds at a time.
func (s *stages) call(ctx context.Context, guild, channel string, unsuppress bool) error {
	select {
	case s.calls <- struct{}{}:
		defer func() { <-s.calls }()
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Unavailable, "discord.stage", "the connection ends")
	}
	if unsuppress {
		return s.c.o.Stage.Unsuppress(ctx, music.GuildID(guild), music.ChannelID(channel))
	}
	return s.c.o.Stage.AskToSpeak(ctx, music.GuildID(guild), music.ChannelID(channel))
}

// pause waits before the next request of a guild, longer after each failure.
func (s *stages) pause(ctx context.Context, try int) bool {
	return s.c.sleep(ctx, stagePause<<try)
}

// onStage says on which stage the bot is in a guild, if on any, whether it is in
// the audience there and whether it may make itself a speaker.
func (c *Conn) onStage(guild string) (at stagePlace, suppressed, may bool) {
	c.known.Lock()
	defer c.known.Unlock()
	g := c.known.guilds[guild]
	if g == nil {
		return stagePlace{}, false, false
	}
	v := g.Voice[c.known.me]
	ch := g.Channels[v.Channel]
	if ch == nil || discord.ChannelType(ch.Type) != discord.ChannelTypeGuildStageVoice {
		return stagePlace{}, false, false
	}
	p := g.permissionsIn(c.known.me, g.Self, ch, c.o.Clock.Now())
	return stagePlace{v.Channel, v.Session}, v.Suppressed, p.Has(discord.PermissionMuteMembers)
}
