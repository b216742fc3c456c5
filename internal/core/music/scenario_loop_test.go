package music_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

func TestLoopTrack(t *testing.T) {
	b := listening(t, "second")
	a := b.as(ana, lounge, music.SetLoop{Mode: music.LoopTrack})
	if b.kind(a, music.AnswerLoop); a.Loop != music.LoopTrack || event[music.LoopChanged](b).Loop != music.LoopTrack {
		t.Fatalf("%+v", a)
	}
	first := b.player().Play
	b.ends()
	if p := b.player().Play; p.ID == first.ID || p.Slot != first.Slot || p.Heard || p.Seeks != 0 || p.Listened != 0 {
		t.Fatalf("%+v after %+v", p, first)
	}
	b.plays("first")
	b.waits("second")
	b.heard()
	b.sounding()
	b.kind(b.as(ana, lounge, music.Skip{}), music.AnswerSkipped)
	b.plays("second")
	b.heard("first")
	t.Run("not what gives no sound", func(t *testing.T) {
		b.ends() // never heard
		if b.player().Play != nil {
			t.Fatalf("%+v", b.player().Play)
		}
	})
	t.Run("not what fails", func(t *testing.T) {
		b := listening(t, "second")
		b.as(ana, lounge, music.SetLoop{Mode: music.LoopTrack})
		b.in(music.PlayStuck{Bot: bot, Play: b.player().Play.ID})
		b.plays("second")
		b.heard("first")
	})
}

func TestLoopQueue(t *testing.T) {
	b := listening(t, "a", "b")
	b.as(ana, lounge, music.SetLoop{Mode: music.LoopQueue})
	slot := b.player().Play.Slot
	b.ends()
	b.waits("b", "first")
	if q := b.player().Queue[1]; q.ID == slot || q.By != ana || event[music.TrackQueued](b).Position != 3 {
		t.Fatalf("%+v", q)
	}
	b.as(ana, lounge, music.Skip{})
	b.waits("first", "a")
	b.plays("b")
	b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndLoadFailed})
	b.plays("first")
	b.waits("a") // what failed does not come again
	t.Run("is never refused", func(t *testing.T) {
		b := listening(t, "a", "b")
		b.as(ana, lounge, music.SetLoop{Mode: music.LoopQueue})
		b.g.Entitlements.QueueLength = 2
		b.ends()
		b.waits("b", "first")
	})
	t.Run("goes on alone", func(t *testing.T) {
		b := listening(t)
		b.as(ana, lounge, music.SetLoop{Mode: music.LoopQueue})
		b.ends()
		b.plays("first")
	})
}

func TestLoopEndsWithTheMusic(t *testing.T) {
	for name, do := range map[string]music.Action{"stop": music.Stop{}, "leave": music.Leave{}} {
		t.Run(name, func(t *testing.T) {
			b := listening(t, "a")
			b.as(ana, lounge, music.SetLoop{Mode: music.LoopQueue})
			b.as(ana, lounge, do)
			if p := b.player(); p.Loop != "" || len(p.Queue) != 0 || p.Play != nil || event[music.LoopChanged](b).Loop != music.LoopOff {
				t.Fatalf("%+v", p)
			}
			b.heard("first")
		})
	}
	t.Run("asked for and set again", func(t *testing.T) {
		b := listening(t)
		if a := b.as(ana, lounge, music.SetLoop{}); a.Kind != music.AnswerLoopIs || a.Loop != music.LoopOff {
			t.Fatalf("%+v", a)
		}
		b.kind(b.as(ana, lounge, music.SetLoop{Mode: music.LoopOff}), music.AnswerLoop)
		if b.last.Changed || len(b.last.Events) != 0 {
			t.Fatal("what is off was turned off")
		}
	})
}

func TestHistory(t *testing.T) {
	b := listening(t)
	b.refused(b.as(ana, "", music.ShowHistory{}), music.ReasonNoHistory)
	for i := range music.HistoryLength + 9 {
		b.play(fmt.Sprint(i))
		b.ends()
		b.sounding()
		b.pass(time.Second)
	}
	if n := len(b.player().History); n != music.HistoryLength {
		t.Fatalf("%d tracks are remembered", n)
	}
	page := func(n int) *music.HistoryView {
		t.Helper()
		a := b.as(bruno, "", music.ShowHistory{Page: n})
		b.kind(a, music.AnswerHistory)
		return a.History
	}
	const pages = music.HistoryLength / music.PageSize
	for asked, want := range map[int]int{-1: 1, 0: 1, 1: 1, pages: pages, 99: pages} {
		v := page(asked)
		if v.Page != want || v.Pages != pages || v.Total != music.HistoryLength || len(v.Lines) != music.PageSize || v.Lines[0].Position != (want-1)*10+1 {
			t.Fatalf("page %d: %+v", asked, v)
		}
	}
	last := page(1).Lines[0]
	if last.Title != fmt.Sprint(music.HistoryLength+7) || last.By != ana || last.Length != 3*time.Minute || !last.At.Equal(b.now.Add(-time.Second)) {
		t.Fatalf("%+v", last)
	}
	if b.last.Changed {
		t.Fatal("looking changed something")
	}
	t.Run("outlives the bot's leaving", func(t *testing.T) {
		b.as(ana, lounge, music.Leave{})
		if v := page(1); v.Lines[0].Title != fmt.Sprint(music.HistoryLength+8) || v.Bot != bot {
			t.Fatalf("%+v", v)
		}
		b.as(ana, lounge, music.Join{})
		b.as(ana, lounge, music.Previous{})
		b.plays(fmt.Sprint(music.HistoryLength + 8))
	})
}

func TestHistoryOfSeveralBots(t *testing.T) {
	b := newBench(t)
	b.in(music.BotPresent{Bot: "901"})
	b.g.Entitlements.Bots = 2
	played := func(voice music.ChannelID, on music.BotID, name string) {
		t.Helper()
		b.pass(time.Minute)
		b.as(ana, voice, music.Enqueue{Query: name})
		b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track(name)}})
		b.in(music.VoiceState{User: music.UserID(on), Channel: voice, Session: "vs", Bot: true})
		b.in(music.Placed{Bot: on, Node: "n1"})
		play := b.g.Player(on).Play.ID
		b.in(music.PlayPosition{Bot: on, Play: play, Position: time.Second, Speed: 1})
		b.in(music.PlayEnded{Bot: on, Play: play, Reason: music.EndFinished})
	}
	latest := func(voice music.ChannelID, want string) {
		t.Helper()
		a := b.as(ana, voice, music.ShowHistory{})
		if b.kind(a, music.AnswerHistory); a.History.Lines[0].Title != want {
			t.Fatalf("%+v, want %s", a.History, want)
		}
	}
	played(lounge, bot, "one")
	played(quiet, "901", "two")
	latest(lounge, "one")
	latest(quiet, "two")
	latest("", "two")
	played(lounge, bot, "three")
	latest("", "three")
	b.as(ana, lounge, music.Leave{})
	latest("", "two") // of the one that is still connected
	b.as(ana, quiet, music.Leave{})
	latest("", "three")
}

func TestNowShowsEverythingThatAPanelNeeds(t *testing.T) {
	b := listening(t, "a", "b", "c", "d", "e", "f")
	b.as(ana, lounge, music.SetLoop{Mode: music.LoopQueue})
	a := b.as(bruno, "", music.ShowNowPlaying{})
	b.kind(a, music.AnswerNowPlaying)
	v := a.Now
	if len(v.Next) != music.UpNext || v.Next[4].Title != "e" || v.Next[0].Slot != b.player().Queue[0].ID || v.Next[0].Position != 1 ||
		v.Waiting != 6 || v.Loop != music.LoopQueue || v.Previous || !v.Sounding || v.Anchor != b.player().Play.Anchor || v.Halted || v.Suppressed {
		t.Fatalf("%+v", v)
	}
	b.in(music.VoiceState{User: music.UserID(bot), Channel: lounge, Session: "vs", Bot: true, Suppressed: true})
	b.ends()
	v = b.as(ana, lounge, music.Grab{}).Now
	if b.kind(b.as(ana, "", music.Grab{}), music.AnswerGrab); v.Sounding || !v.Previous || !v.Suppressed || v.Track.Title != "a" {
		t.Fatalf("%+v", v)
	}
	q := b.as(ana, "", music.ShowQueue{Page: 1}).Queue
	if len(q.Slots) != 6 || q.Slots[5].Slot != b.player().Queue[5].ID || q.Now.Track.Title != "a" {
		t.Fatalf("%+v", q)
	}
	for range music.MaxFailures {
		b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndLoadFailed})
	}
	if b.refused(b.as(ana, "", music.Grab{}), music.ReasonNothingPlaying); !b.as(ana, "", music.ShowQueue{}).Queue.Now.Halted {
		t.Fatal("not halted")
	}
}

func TestShowBots(t *testing.T) {
	b := listening(t, "a")
	b.in(music.BotPresent{Bot: "901"})
	show := func() map[music.BotID]music.BotLine {
		t.Helper()
		a := b.as(ana, "", music.ShowBots{Pool: []music.BotID{"905", bot, "", "905"}})
		b.kind(a, music.AnswerBots)
		if v := a.Bots; len(v.Bots) != 3 || v.Bots[0].Bot != "905" || v.Bots[2].Bot != "901" || v.Limit != 1 || v.Plan != "pro" {
			t.Fatalf("%+v", v)
		}
		out := map[music.BotID]music.BotLine{}
		for _, l := range a.Bots.Bots {
			out[l.Bot] = l
		}
		return out
	}
	all := show()
	if l := all[bot]; l.State != music.BotPlaying || l.Channel != lounge || l.Track.Title != "first" || l.Waiting != 1 {
		t.Fatalf("%+v", l)
	}
	if all["901"].State != music.BotFree || all["905"].State != music.BotMissing {
		t.Fatalf("%+v", all)
	}
	b.as(ana, lounge, music.Pause{})
	if got := show()[bot].State; got != music.BotPaused {
		t.Fatal(got)
	}
	b.as(ana, lounge, music.Stop{})
	if got := show()[bot].State; got != music.BotIn {
		t.Fatal(got)
	}
	many := make([]music.BotID, 5000)
	for i := range many {
		many[i] = music.BotID(fmt.Sprint(i))
	}
	if n := len(b.as(ana, "", music.ShowBots{Pool: many}).Bots.Bots); n != 100 {
		t.Fatalf("%d bots are shown", n)
	}
}

// A node says every few seconds how far a play is; who goes back sooner than
// that means it all the same.
func TestWhatANodeTookCanBeGoneBackTo(t *testing.T) {
	b := newBench(t)
	b.play("a")
	b.joined()
	b.play("b")
	b.do(ana, music.Skip{})
	if n := len(b.player().History); n != 0 {
		t.Fatalf("%d tracks are history that no node ever had", n)
	}
	b.play("c")
	b.in(music.PlayStarted{Bot: bot, Play: b.player().Play.ID})
	b.now = b.now.Add(3 * time.Second)
	b.do(ana, music.Skip{})
	if a := b.do(ana, music.Previous{}); a.Kind != music.AnswerPrevious || a.Track.Title != "b" {
		t.Fatalf("got %+v", a)
	}
}
