package music_test

import (
	"math"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// order draws a command about what waits, about the play's position, or about
// the settings. Positions are mostly those that there are.
func (s *source) order(g *music.Guild) music.Action {
	at := func() int { return pick(s.roll, s.roll(9)-1, 1, 1, 2, 3, math.MaxInt, math.MinInt) }
	switch s.roll(12) {
	case 0:
		return pick[music.Action](s.roll, music.SkipTo{Position: at()}, music.SkipTo{Slot: s.waiting(g)}, music.SkipTo{Position: 1, Slot: "s"})
	case 1, 2:
		return music.Previous{}
	case 3:
		return music.Seek{To: pick(s.roll, time.Second, time.Minute, time.Hour, -time.Second, math.MaxInt64)}
	case 4:
		return pick[music.Action](s.roll, music.Replay{},
			music.SeekBy{By: pick(s.roll, time.Second, -time.Minute, time.Hour, math.MinInt64, math.MaxInt64)})
	case 5:
		return pick[music.Action](s.roll, music.Remove{From: at()}, music.Remove{From: at(), To: at()}, music.Remove{Slot: s.waiting(g)},
			music.Remove{Duplicates: true}, music.Remove{By: pick(s.roll, people...)}, music.Remove{}, music.Remove{From: 1, Duplicates: true})
	case 6:
		return pick[music.Action](s.roll, music.Move{From: at(), To: at()}, music.Swap{A: at(), B: at()})
	case 7:
		return music.Shuffle{}
	case 8:
		return pick[music.Action](s.roll, music.Clear{}, music.SetLoop{}, music.Grab{}, music.Search{Query: "ocean"})
	case 9:
		return music.SetLoop{Mode: pick(s.roll, music.LoopTrack, music.LoopQueue, music.LoopQueue, music.LoopOff, "twice")}
	case 10:
		return pick[music.Action](s.roll, music.ShowHistory{Page: at()}, music.ShowBots{Pool: pool}, music.ShowSettings{}, music.ShowBots{})
	}
	return music.ChangeSettings{Change: s.change()}
}

// waiting is the slot of a place of some queue, or one that never was.
func (s *source) waiting(g *music.Guild) music.SlotID {
	if p := g.Player(pick(s.roll, pool...)); p != nil && len(p.Queue) > 0 {
		return p.Queue[s.roll(len(p.Queue))].ID
	}
	return "never"
}

// seeks is the number that a bot's play has, or another.
func (s *source) seeks(g *music.Guild, b music.BotID) int {
	if p := g.Player(b); p != nil && p.Play != nil && s.roll(6) > 0 {
		return p.Play.Seeks
	}
	return s.roll(3)
}

func (s *source) change() music.SettingsChange {
	var c music.SettingsChange
	volume, span, home := s.roll(240)-10, pick(s.roll, time.Second, time.Minute, time.Hour, 48*time.Hour), music.ChannelID(pick(s.roll, "", "40", "41", "a b"))
	language, use := pick(s.roll, "", "en", "es", "tlh"), pick(s.roll, music.UseEveryone, music.UseNobody, "", music.UseRoles)
	switch s.roll(7) {
	case 0:
		c.Volume = &volume
	case 1:
		c.Idle = &span
	case 2:
		c.Empty = &span
	case 3:
		c.Announce = &home
	case 4:
		c.Language = &language
	case 5:
		c.Elsewhere = &use
	default:
		c.Rule = &music.ChannelRule{Channel: pick(s.roll, "40", channels[1], ""), Use: use}
		if s.roll(2) == 0 {
			c.Rule.Roles = []music.RoleID{"r1", "r1"}
		}
	}
	c.Reset = s.roll(3) == 0
	return c
}
