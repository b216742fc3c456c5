package music_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// die ends the process: after a while another one takes the guild up.
func (b *bench) die(down time.Duration) {
	b.t.Helper()
	g, err := reload(b.g)
	if err != nil {
		b.t.Fatal(err)
	}
	alive := b.now
	b.g = g
	b.pass(down)
	b.in(music.Loaded{AliveUntil: alive})
}

func (b *bench) here(others ...music.VoiceState) music.VoiceSnapshot {
	v := b.player().Voice
	return music.VoiceSnapshot{Bot: bot, States: append(others,
		music.VoiceState{User: music.UserID(bot), Channel: v.Channel, Session: v.Session, Bot: true})}
}

var anaListens = music.VoiceState{User: ana, Channel: lounge}

func TestRestart(t *testing.T) {
	const played = 60*time.Second + 20*time.Millisecond
	for name, c := range map[string]struct {
		node     func(b *bench) music.Body
		position time.Duration
		phase    music.Phase
		next     bool
	}{
		"the node plays on": {
			node: func(b *bench) music.Body {
				return music.NodeSnapshot{Bot: bot, Node: "n1", Play: b.player().Play.ID, Position: 70 * time.Second}
			}, position: 70 * time.Second, phase: music.PhaseSounding,
		},
		"a fresh node begins where it was last alive": {
			node:     func(*bench) music.Body { return music.NodeSnapshot{Bot: bot, Node: "n1", Fresh: true} },
			position: played, phase: music.PhaseWanted,
		},
		"the play is gone in the middle": {
			node:     func(*bench) music.Body { return music.NodeSnapshot{Bot: bot, Node: "n1"} },
			position: played + 10*time.Second, phase: music.PhaseWanted,
		},
		"the node is down": {
			node: func(*bench) music.Body { return music.NodeDown{Node: "n1"} }, position: played, phase: music.PhaseWanted,
		},
		"another node was given": {
			node: func(*bench) music.Body { return music.Placed{Bot: bot, Node: "n2"} }, position: played, phase: music.PhaseWanted,
		},
	} {
		for _, voiceFirst := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, voice first %v", name, voiceFirst), func(t *testing.T) {
				b := listening(t, "b")
				play := b.player().Play.ID
				b.pass(time.Minute)
				b.die(10 * time.Second)
				if !b.g.Recovering() || !b.g.Deadline().IsZero() {
					t.Fatal("timers before anybody looked")
				}
				looks := []music.Body{b.here(anaListens), c.node(b)}
				if !voiceFirst {
					looks[0], looks[1] = looks[1], looks[0]
				}
				b.in(looks[0])
				b.in(music.Tick{})
				if !b.g.Recovering() {
					t.Fatal("half of it was looked at")
				}
				b.in(looks[1])
				p := b.player()
				if b.g.Recovering() || p.Play.ID != play || p.Play.Phase != c.phase || p.Play.PositionAt(b.now) != c.position {
					t.Fatalf("recovering %v, %+v", b.g.Recovering(), p.Play)
				}
				if !p.Voice.Ready() {
					t.Fatalf("voice was given up: %+v", p.Voice)
				}
			})
		}
	}
}

func TestRestartNearTheEndSynthesisesOneEnd(t *testing.T) {
	b := listening(t, "b")
	first := b.player().Play.ID
	b.pass(3*time.Minute - 3*time.Second)
	b.die(10 * time.Second)
	b.in(b.here(anaListens))
	b.in(music.NodeSnapshot{Bot: bot, Node: "n1"})
	if e := event[music.PlayFinished](b); e.Play != first || !e.Synthesised || e.Reason != "finished" || len(b.last.Events) != 2 {
		t.Fatalf("%+v", b.last.Events)
	}
	for range 2 {
		b.in(music.PlayEnded{Bot: bot, Play: first, Reason: music.EndFinished})
		if len(b.last.Events) > 0 {
			t.Fatal("it ended twice")
		}
	}
	if b.player().Play.Track.Title() != "b" {
		t.Fatalf("%+v", b.player().Play)
	}
}

func TestAPlayThatNoNodeWasToldOfIsNotLost(t *testing.T) {
	b := newBench(t)
	b.play("ocean")
	b.joined()
	for range music.MaxRetries + 2 {
		b.die(time.Second)
		b.in(b.here(anaListens))
		b.in(music.NodeSnapshot{Bot: bot, Node: "n1", Fresh: true})
	}
	if p := b.player(); p.Play == nil || p.Play.Retries != 0 {
		t.Fatalf("%+v", p.Play)
	}
}

func TestOverdueTimersGetMoreTime(t *testing.T) {
	b := newBench(t)
	b.as(ana, lounge, music.Join{})
	b.joined()
	b.as(ana, lounge, music.Enqueue{Query: "slow"})
	b.die(time.Hour)
	var asked bool
	for _, e := range b.last.Effects {
		_, ok := e.(music.Resolve)
		asked = asked || ok
	}
	if !asked {
		t.Fatal("what is pending is asked for again")
	}
	b.in(music.Tick{})
	b.waits("pending slow")
	b.in(b.here(anaListens))
	if d := b.g.Deadline().Sub(b.now); d != music.OverdueGrace {
		t.Fatalf("due in %s", d)
	}
	b.in(music.Tick{})
	b.waits("pending slow")
}

func TestNobodyIsMissedBeforeSomebodyLooked(t *testing.T) {
	b := listening(t)
	b.die(time.Second)
	b.in(music.NodeSnapshot{Bot: bot, Node: "n1", Play: b.player().Play.ID, Position: time.Second})
	if !b.player().EmptyAt.IsZero() || !b.g.Unheard() {
		t.Fatal("nobody was seen yet, and missed")
	}
	b.in(b.here())
	if b.player().EmptyAt.IsZero() {
		t.Fatal("nobody is there")
	}
	// Leaving while it recovers leaves no deadline behind for the next process.
	b.die(time.Second)
	b.as(ana, lounge, music.Leave{})
	b.die(time.Hour)
	if d := b.g.Deadline(); !d.IsZero() {
		t.Fatalf("due at %s", d)
	}
}

func TestABotRemovedWhileItRecovers(t *testing.T) {
	b := listening(t)
	b.die(time.Minute)
	b.in(music.BotRemoved{Bot: bot})
	if b.g.Recovering() {
		t.Fatal("nobody will look any more")
	}
	// What plays after that is measured by the present, not by the old process.
	b.in(music.BotPresent{Bot: bot})
	b.play("ocean")
	b.joined()
	b.sounding()
	b.pass(time.Minute)
	b.in(music.NodeDown{Node: "n1"})
	if got := b.player().Play.PositionAt(b.now); got != time.Minute+20*time.Millisecond {
		t.Fatalf("goes on at %s", got)
	}
}

func TestNodes(t *testing.T) {
	t.Run("none: the slot waits, and is asked for when one returns", func(t *testing.T) {
		b := newBench(t)
		b.as(ana, lounge, music.Enqueue{Query: "ocean"})
		slot := b.slot()
		b.joined()
		b.in(music.Resolved{Slot: slot, Failure: music.FailureNoNode})
		if a, _ := b.answer(); a.Kind != music.AnswerWaitingForNode {
			t.Fatalf("got %+v", a)
		}
		b.waits("waiting ocean")
		b.in(music.NodeUp{Node: "n1"})
		if b.slot() != slot {
			t.Fatal("another slot")
		}
		b.in(music.Resolved{Slot: slot, Tracks: []music.Track{track("ocean")}})
		if _, ok := b.answer(); ok || b.player().Play == nil {
			t.Fatal("it was answered before, and plays now")
		}
	})
	t.Run("down: the position is kept", func(t *testing.T) {
		b := listening(t)
		play := b.player().Play.ID
		b.pass(time.Minute)
		b.in(music.NodeDown{Node: "n1"})
		b.pass(time.Minute)
		at := time.Minute + 20*time.Millisecond
		if p := b.player(); p.Node != "" || p.Play.ID != play || p.Play.PositionAt(b.now) != at {
			t.Fatalf("%+v", p)
		}
		for _, late := range []music.Body{
			music.PlayEnded{Bot: bot, Play: play, Reason: music.EndFinished},
			music.PlayPosition{Bot: bot, Play: play, Position: 1, Speed: 1},
			music.NodeSnapshot{Bot: bot, Node: "n1", Play: play, Position: time.Second},
		} {
			if b.in(late); b.last.Changed {
				t.Fatalf("the dead node's %T counted", late)
			}
		}
		b.in(music.Placed{Bot: bot, Node: "n2"})
		b.in(music.NodeSnapshot{Bot: bot, Node: "n1", Fresh: true})
		if p := b.player(); p.Play.Retries != 0 || p.Play.PositionAt(b.now) != at {
			t.Fatalf("%+v", p.Play)
		}
	})
	t.Run("lost too often: it failed", func(t *testing.T) {
		b := listening(t, "b")
		play := b.player().Play.ID
		for range music.MaxRetries + 1 {
			b.in(music.PlayEnded{Bot: bot, Play: play, Reason: music.EndStopped})
		}
		if event[music.PlayFinished](b).Reason != "failed" || b.player().Play.Track.Title() != "b" {
			t.Fatalf("%+v", b.player())
		}
	})
	t.Run("the play replaces itself: nothing was lost", func(t *testing.T) {
		b := listening(t)
		play := b.player().Play.ID
		for range 5 {
			b.in(music.PlayEnded{Bot: bot, Play: play, Reason: music.EndReplaced})
		}
		if p := b.player(); b.last.Changed || p.Play == nil || p.Play.Retries != 0 {
			t.Fatalf("%+v", p.Play)
		}
	})
	t.Run("counts a play once it is heard", func(t *testing.T) {
		b := listening(t)
		if event[music.PlaySounding](b).Node != "n1" {
			t.Fatal("the node")
		}
		b.in(music.PlayPosition{Bot: bot, Play: b.player().Play.ID, Position: time.Second, Speed: 1})
		if len(b.last.Events) > 0 {
			t.Fatalf("twice: %+v", b.last.Events)
		}
	})
}

func TestSeveralBots(t *testing.T) {
	b := listening(t)
	b.in(music.BotPresent{Bot: "901"})
	a := b.as("3", quiet, music.Join{})
	b.refused(a, music.ReasonNoBotFree)
	if a.Refusal.Limit != 1 || a.Refusal.Plan != "pro" || a.Refusal.Channel != lounge {
		t.Fatalf("%+v", a.Refusal)
	}
	e := b.g.Entitlements
	e.Bots = 2
	b.in(music.EntitlementsChanged{Entitlements: e})
	b.as("3", quiet, music.Join{})
	if p := b.g.Player("901"); p == nil || p.Voice.Want != quiet || b.player().Voice.Want != lounge {
		t.Fatalf("%+v", p)
	}
	b.in(music.Command{Actor: music.Actor{User: "3", Voice: "52"}, Reply: music.ReplyTo{Surface: "test", ID: "z"}, Bot: "foreign", Do: music.Join{}})
	if b.g.Player("foreign") != nil {
		t.Fatal("a bot that is not in the guild was sent")
	}
}
