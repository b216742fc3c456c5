package music_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

// A bot that takes over a queue keeps what was heard on it before, where the
// other one brings no history of its own.
func TestAHandOverLosesNoHistory(t *testing.T) {
	b := newBench(t)
	b.in(music.BotPresent{Bot: other})
	b.play("old")
	b.joined()
	b.sounding()
	b.do(ana, music.Leave{})
	b.seen("", "")
	if len(b.player().History) != 1 {
		t.Fatalf("nothing was heard: %+v", b.player())
	}
	b.in(music.BotAway{Bot: bot})
	b.play("new")
	b.in(music.BotAway{Bot: bot, Back: true})
	b.in(music.BotAway{Bot: other})
	p := b.player()
	if p.Play == nil || p.Play.Track.Title() != "new" || len(b.g.Player(other).Queue) != 0 {
		t.Fatalf("it has not taken over: %+v", p)
	}
	if len(p.History) != 1 || p.History[0].Track.Title() != "old" {
		t.Fatalf("what was heard is forgotten: %+v", p.History)
	}
}

// The volume that a guild starts with may be of a plan that it has no more.
func TestABotThatWasRelievedIsNotLouderThanThePlan(t *testing.T) {
	b := pooled(t)
	loud := 150
	b.in(music.Command{Actor: music.Actor{User: ana, Admin: true}, Do: music.ChangeSettings{Change: music.SettingsChange{Volume: &loud}}})
	if b.g.Settings.Volume != loud {
		t.Fatalf("the settings are %+v", b.g.Settings)
	}
	e := b.g.Entitlements
	e.MaxVolume = 100
	b.in(music.EntitlementsChanged{Entitlements: e})
	b.in(music.BotAway{Bot: bot})
	if p := b.player(); p.Play != nil || p.Volume > 100 {
		t.Fatalf("the next who asks for it hears %d %%: %+v", p.Volume, p)
	}
}
