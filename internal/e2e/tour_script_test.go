package e2e_test

import (
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/sim/discord"
)

const media = "https://media.sandbox.example"

// each types lines one after the other.
func (g *guide) each(user string, lines ...string) {
	g.t.Helper()
	for _, l := range lines {
		g.says(user, l)
	}
}

func (g *guide) tour() {
	g.beforeAnything()
	g.nothingPlays()
	g.plays()
	g.chapter("The server's language")
	g.says("ana", "/settings language language:"+g.language)
	g.panel("is in the server's language")
	g.suggests()
	g.searches()
	g.holds()
	g.sets()
	g.changesTheQueue()
	g.skips()
	g.looksBack()
	g.grabs()
	g.pressesThePanel()
	g.pressesWhatItMayNot()
	g.hearsOfTrouble()
	g.settles()
	g.rules()
	g.hasSeveralBots()
}

func (g *guide) beforeAnything() {
	g.chapter("Nobody is in voice")
	g.each(g.me, "/help", "/nowplaying", "/queue", "/history", "/grab", "/bots", "/settings show", "/clear",
		"/play ocean floor", "/playnext ocean floor", "/search ocean", "/join",
		"/pause", "/volume", "/loop", "/leave", "/stop")
}

func (g *guide) nothingPlays() {
	g.chapter("In voice, and nothing plays")
	g.joins(g.me, "music")
	g.each(g.me, "/pause", "/leave", "/join", "/join",
		"/pause", "/resume", "/skip", "/skipto position:1", "/stop", "/previous", "/replay", "/seek position:1:00", "/forward", "/rewind",
		"/volume", "/volume percent:90", "/volume percent:100", "/loop", "/remove track position:1", "/remove range from:1 to:2", "/remove duplicates", "/remove by member:"+g.other,
		"/move from:1 to:2", "/swap first:1 second:2", "/shuffle", "/clear", "/queue page:3", "/history page:3", "/leave", "/leave")
}

func (g *guide) plays() {
	g.chapter("Playing")
	g.begins(g.me, "/play ocean floor")
	g.sounds(1)
	g.panel("begins")
	g.each(g.me, "/nowplaying", "/queue", `/play query:"night train"`, "/playnext salt road", `/play query:"quiet engines" next:true`,
		"/play "+media+"/track/radio-halcyon", "/play "+media+"/set/evening", "/queue", "/queue page:2", "/queue page:99", "/queue page:0")
	g.chapter("Pages of the queue")
	g.says(g.me, "/queue")
	for _, c := range []command.Control{
		command.ControlQueueNext, command.ControlQueuePrevious, command.ControlQueueLast, command.ControlQueueFirst, command.ControlQueueRefresh,
	} {
		g.presses(g.other, c)
	}
	g.chapter("What cannot be played")
	g.each(g.me, "/play zzznothing", `/play query:" "`, "/play", "/play ftp://x.example/song.mp3", "/play http://127.0.0.1/x", "/play "+media+"/track/lost-reel",
		"/play "+media+"/track/there-is-none", "/nothing")
}

func (g *guide) suggests() {
	g.chapter("While one types")
	g.completes(g.me, "/play query:ocean", "query")
	g.completes(g.me, "/playnext query:moth", "query")
	g.completes(g.me, "/play query:floor", "query")
	g.completes(g.other, "/play query:zzznothing", "query")
}

func (g *guide) searches() {
	g.chapter("Searching")
	g.says(g.me, "/search lantern")
	g.presses(g.me, command.ControlPick, "Blue Lantern Dub")
	g.says(g.me, "/search bicycle")
	g.presses(g.me, command.ControlCancel)
	g.each(g.me, "/search zzznothing", `/search query:" "`, "/search "+media+"/set/shorts")
	g.presses(g.me, command.ControlCancel)
}

func (g *guide) holds() {
	g.chapter("Pausing, and going to and fro")
	g.says(g.me, "/pause")
	g.each(g.me, "/pause", "/seek position:1:00")
	g.held = true
	g.panel("is held")
	g.each(g.me, "/forward", "/forward seconds:30", "/rewind", "/rewind seconds:20", "/seek position:2m30s", "/seek position:83",
		"/seek position:banana", "/seek position:99:00", "/forward seconds:0", "/rewind seconds:3600", "/seek position:1:02", "/nowplaying", "/queue")
	g.panel("is held further on")
	g.held = false
	g.each(g.me, "/resume", "/resume", "/replay")
	g.begins(g.me, "/forward seconds:3600")
	g.panel("goes on")
}

func (g *guide) sets() {
	g.chapter("Volume and loop")
	g.each(g.me, "/volume", "/volume percent:40", "/volume percent:0", "/volume percent:200", "/volume percent:201", "/volume percent:100",
		"/loop", "/loop mode:track", "/loop mode:queue", "/loop", "/loop mode:off", "/loop mode:forever")
	g.panel("is as it was")
}

func (g *guide) changesTheQueue() {
	g.chapter("Changing the queue")
	g.says(g.me, "/queue")
	g.each(g.me, "/remove track position:2", "/remove track position:99", "/remove range from:3 to:4", "/remove range from:90 to:95",
		"/remove duplicates", "/remove duplicates", "/remove range from:6 to:5", "/remove by member:"+g.other, "/remove by member:nobody",
		"/move from:5 to:1", "/move from:1 to:99", "/move from:1 to:1", "/swap first:1 second:2", "/swap first:1 second:99", "/swap first:1 second:1", "/queue")
	g.joins(g.other, "music")
	g.each(g.other, "/play teaspoon", "/remove by member:"+g.other)
	g.says(g.me, "/remove by member:"+g.me)
	g.each(g.me, "/play salt road", "/shuffle", "/clear", "/clear", "/shuffle", "/queue")
}

func (g *guide) skips() {
	g.chapter("Skipping")
	g.each(g.me, "/play moth season", "/play last ferry", "/play copper rain")
	g.begins(g.me, "/skipto position:2")
	g.says(g.me, "/skipto position:9")
	g.begins(g.me, "/skip")
	g.each(g.me, "/skip", "/nowplaying")
	g.begins(g.me, "/play glass garden")
	g.says(g.me, "/play velvet compass")
	g.begins(g.me, "/skip")
	g.begins(g.me, "/previous")
	g.panel("is back")
	g.says(g.me, "/stop")
	g.panel("is over")
	g.each(g.me, "/stop", "/skip")
}

func (g *guide) looksBack() {
	g.chapter("What was played")
	g.book.note(g.me + " hears a dozen tracks")
	for range 12 {
		g.aside(g.me, "/play "+media+"/track/count-the-seconds", 1)
		g.aside(g.me, "/skip", 0)
	}
	g.says(g.me, "/history")
	g.each(g.other, "/history page:2", "/history page:99")
	for _, c := range []command.Control{
		command.ControlHistoryFirst, command.ControlHistoryNext, command.ControlHistoryPrevious, command.ControlHistoryLast, command.ControlHistoryRefresh,
	} {
		g.presses(g.me, c)
	}
}

func (g *guide) grabs() {
	g.chapter("Grabbing")
	g.says(g.me, "/play moth season")
	g.sounds(1)
	g.each(g.me, "/pause", "/seek position:0:42")
	g.held = true
	g.says(g.me, "/grab")
	g.last("in the direct messages of "+g.me, discord.Look{Channel: "atril", User: g.me, Limit: 5})
	g.book.note(g.other + " takes no direct messages")
	g.must(g.r.Control().RefuseDMs(g.t.Context(), g.other, true))
	g.says(g.other, "/grab")
	g.held = false
	g.says(g.me, "/resume")
}
