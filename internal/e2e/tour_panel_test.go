package e2e_test

import (
	"context"
	"slices"

	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func (g *guide) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// breaks switches a fault on, and mends it off.
func (g *guide) breaks(name string, args map[string]string) {
	g.t.Helper()
	_, err := g.r.Control().SetFault(g.t.Context(), name, args)
	g.must(err)
}

func (g *guide) pressesThePanel() {
	g.chapter("The buttons of the panel")
	g.panel("before anybody presses")
	for _, step := range []struct {
		control command.Control
		then    string
	}{
		{command.ControlPause, "is held"},
		{command.ControlResume, "goes on"},
		{command.ControlLouder, "is louder"},
		{command.ControlQuieter, "is quieter"},
		{command.ControlLoop, "repeats the queue"},
		{command.ControlLoop, "repeats the track"},
		{command.ControlLoop, "repeats nothing"},
	} {
		g.presses(g.me, step.control)
		g.panel(step.then)
	}
	g.presses(g.me, command.ControlQueue)
	g.presses(g.me, command.ControlAdd)
	g.fills(g.me, "teaspoon")
	g.presses(g.me, command.ControlAdd)
	g.fills(g.me, "zzznothing")
	g.fills(g.me, "once more")
	g.presses(g.me, command.ControlAdd)
	g.fills(g.me, media+"/track/teaspoon")
	g.panel("has two that wait")
	g.presses(g.me, command.ControlShuffle)
	g.says(g.me, "/play amber static")
	g.panel("has three that wait")
	g.presses(g.me, command.ControlJump, "3. Amber Static")
	g.panel("has skipped ahead")
	g.presses(g.me, command.ControlPrevious)
	g.panel("is back")
	g.presses(g.me, command.ControlSkip)
	g.panel("has skipped")
	g.presses(g.me, command.ControlStop)
	g.panel("has stopped")
}

func (g *guide) pressesWhatItMayNot() {
	g.chapter("Buttons that are refused")
	g.says(g.me, "/play last ferry")
	g.says(g.me, "/play rio seco")
	g.panel("plays again")
	g.book.note(g.other + " leaves voice")
	g.leaves(g.other)
	g.presses(g.other, command.ControlPause)
	g.presses(g.other, command.ControlAdd)
	g.fills(g.other, "blink")
	g.joins(g.other, "quiet")
	g.presses(g.other, command.ControlSkip)
	g.says(g.other, "/skip")
	g.joins(g.other, "music")
	g.book.note("the panel cannot be edited for a while, and shows what played before")
	g.breaks("rest.error", map[string]string{"status": "503", "count": "1000", "route": "PATCH /channels"})
	g.says(g.me, "/skip")
	g.presses(g.other, command.ControlPause)
	g.presses(g.other, command.ControlSkip)
	g.presses(g.other, command.ControlJump, "1. Canción del Río Seco")
	g.must(g.mends("rest.error"))
	g.panel("can be edited again")
}

func (g *guide) mends(name string) error {
	return g.r.Control().ClearFault(g.t.Context(), name, nil)
}

func (g *guide) leaves(user string) {
	g.t.Helper()
	g.must(g.r.Control().Voice(g.t.Context(), control.VoiceRequest{Action: "leave", User: user, Guild: "demo"}))
}

func (g *guide) hearsOfTrouble() {
	g.chapter("Trouble")
	g.book.note("the bots may not connect in quiet, and not speak in lounge")
	g.breaks("voice.deny_connect", map[string]string{"guild": "demo", "channel": "quiet"})
	g.breaks("voice.deny_speak", map[string]string{"guild": "demo", "channel": "lounge"})
	g.says(g.me, "/stop")
	g.says(g.me, "/play "+media+"/track/broken-start")
	g.last("a notice", g.eyes(g.me))
	g.says(g.me, "/play "+media+"/track/night-market")
	g.sounds(1)
	g.breaks("voice.kick", map[string]string{"guild": "demo"})
	g.r.Until("the bot is out", func(ctx context.Context) bool { return len(inChannels(ctx, g.r)) == 0 })
	g.last("a notice of the kick", g.eyes(g.me))
	g.joins(g.me, "quiet")
	g.says(g.me, "/join")
	g.joins(g.me, "lounge")
	g.says(g.me, "/play ocean floor")
	g.must(g.mends("voice.deny_connect"))
	g.must(g.mends("voice.deny_speak"))
	g.joins(g.me, "music")
}

func (g *guide) settles() {
	g.chapter("Settings of a member without rights")
	g.each("carla", "/settings show", "/settings volume percent:50", "/settings reset")
	g.chapter("Settings of an admin")
	g.each("ana", "/settings show", "/settings volume percent:50", "/settings volume percent:500", "/settings announcements channel:announcements",
		"/settings announcements channel:music", "/settings idle minutes:1", "/settings idle minutes:1440", "/settings idle minutes:0", "/settings empty minutes:90",
		"/settings language language:auto", "/settings language language:en", "/settings language language:es", "/settings language language:"+g.language, "/settings language language:fr")
	g.chapter("The panel is where announcements go")
	g.says(g.me, "/play ocean floor")
	g.sounds(1)
	g.channel = "announcements"
	g.panel("in announcements")
	g.channel = ""
	g.says("ana", "/settings announcements")
	g.says("ana", "/settings volume percent:100")
}

func (g *guide) rules() {
	g.chapter("Rules of channels")
	g.each("ana", "/settings channel channel:music who:roles", "/settings channel channel:music who:nobody role:DJ", "/settings channel channel:music who:roles role:DJ",
		"/settings channel channel:requests who:everyone", "/settings channel channel:quiet who:nobody", "/settings show", "/settings elsewhere who:nobody")
	g.each("carla", "/pause", "/queue")
	g.channel = "requests"
	g.each("carla", "/pause", "/play ocean floor")
	g.channel = ""
	g.each("ana", "/volume percent:100", "/settings channel channel:music who:default", "/settings elsewhere who:everyone",
		"/settings channel channel:music who:roles role:DJ role2:DJ role3:DJ", "/settings reset", "/settings language language:"+g.language)
}

func (g *guide) hasSeveralBots() {
	g.chapter("Several bots")
	g.says(g.me, "/stop")
	g.says(g.me, "/play ocean floor")
	g.sounds(1)
	g.joins(g.other, "quiet")
	g.says(g.other, "/play night market")
	g.sounds(2)
	g.says(g.other, "/nowplaying")
	g.says(g.me, "/nowplaying")
	g.says(g.other, "/bots")
	g.says(g.other, "/pause")
	g.says(g.me, "/queue")
	g.says(g.other, "/bots")
	g.says(g.other, "/resume")
	third, fourth := "diego", "carla"
	if g.me == "ana" {
		third, fourth = "bruno", "diego"
	}
	g.joins(third, "lounge")
	g.says(third, "/play last ferry")
	g.sounds(3)
	g.joins(fourth, "stage")
	g.book.note("the fourth bot is invited")
	g.must(g.r.Control().Invite(g.t.Context(), "atril-4", "demo"))
	g.r.Until("the fourth bot is there", func(ctx context.Context) bool {
		v, err := g.r.API().Guild(ctx, "demo")
		return err == nil && slices.ContainsFunc(v.Bots, func(b view.GuildBot) bool { return b.Name == "atril-4" && b.Present })
	})
	g.says(fourth, "/play moth season")
	g.says(fourth, "/bots")
	g.says(g.other, "/leave")
	g.says(g.me, "/leave")
	g.last("what is left", discord.Look{Guild: "demo", User: g.me, Limit: 1})
}
