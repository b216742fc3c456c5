package storetest

import (
	"cmp"
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// sounding is a player whose play sounds.
func sounding(bot string) *music.Player {
	p := player(bot)
	p.Node, p.Voice = "main", music.Voice{Want: "9", Channel: "9"}
	p.Play = &music.Play{ID: "p", Slot: "s", Phase: music.PhaseSounding, Track: music.Keep(&music.Track{Title: "\"paused\":true \x00 🎵"})}
	return p
}

// rank is where a guild of testCount stands among the active ones: whether a
// play of it sounds in its state is all that matters.
func rank(id music.GuildID) int {
	switch id[0] {
	case 'g', 'h', 'k':
		return 1
	}
	return 0
}

func testCount(t *testing.T, open Open) {
	s := open(t, nil)
	counted := func(want store.Counts) {
		t.Helper()
		if got, err := s.Count(t.Context()); err != nil || got != want {
			t.Errorf("got %+v, want %+v, %v", got, want, err)
		}
	}
	counted(store.Counts{})
	zero := own(t, s, 0, "h")
	players := map[string]func(*music.Player){
		"a sounds":          nil,
		"b sounds too":      func(p *music.Player) { p.Volume = 3 },
		"c is paused":       func(p *music.Player) { p.Paused = true },
		"d is halted":       func(p *music.Player) { p.Halted = true },
		"e joins":           func(p *music.Player) { p.Voice.JoinBy = epoch },
		"f is nowhere":      func(p *music.Player) { p.Node = "" },
		"g loads":           func(p *music.Player) { p.Play.Phase = music.PhaseStarted },
		"h is idle":         func(p *music.Player) { p.Play = nil },
		"i joins no more":   func(p *music.Player) { p.Voice.Want, p.Voice.JoinBy = "", epoch },
		"j sounds at zero":  func(p *music.Player) { p.Volume = 0 },
		"k waits for music": func(p *music.Player) { p.Play, p.Queue = nil, []*music.Slot{slot("w")} },
	}
	for id, change := range players {
		p := sounding("1")
		if change != nil {
			change(p)
		}
		zero.put(nil, guild(id, p))
	}
	zero.put(nil, guild("without players"))
	counted(store.Counts{Guilds: len(players) + 1, Players: len(players), Playing: 4})

	// Guilds that sound are the first that a new owner takes up.
	active, err := s.Active(t.Context(), 0)
	if err != nil || len(active) < 4 || !slices.IsSortedFunc(active, func(a, b music.GuildID) int { return cmp.Compare(rank(a), rank(b)) }) {
		t.Errorf("active: %v, %v", active, err)
	}
}
