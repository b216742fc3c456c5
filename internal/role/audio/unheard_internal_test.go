package audio

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

func TestOnlyWhatIsNotHeardYetIsAskedAbout(t *testing.T) {
	at := func(phase music.Phase) *music.Player {
		return &music.Player{Bot: "900", Play: &music.Play{ID: "p1", Phase: phase}}
	}
	for name, c := range map[string]struct {
		player *music.Player
		bot    music.BotID
		play   music.PlayID
		want   bool
	}{
		"it has started":          {at(music.PhaseStarted), "900", "p1", true},
		"its start was not taken": {at(music.PhaseWanted), "900", "p1", true},
		"it sounds":               {at(music.PhaseSounding), "900", "p1", false},
		"another play followed":   {at(music.PhaseStarted), "900", "p0", false},
		"nothing plays":           {&music.Player{Bot: "900"}, "900", "p1", false},
		"the player is gone":      {at(music.PhaseStarted), "901", "p1", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := unheard(music.Guild{ID: "7", Players: []*music.Player{c.player}}, c.bot, c.play); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
