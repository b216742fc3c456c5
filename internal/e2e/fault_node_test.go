package e2e_test

func nodeFaults() []faultCase {
	ferry := `/play query:"last ferry"`
	return []faultCase{
		{fault: "node.down", sees: []claim{nodeIs("down"), event("music.player.placed", "")}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{fault: "node.down", args: map[string]string{"sessions": "lost"}, sees: []claim{nodeIs("down"), event("music.player.placed", "")}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{fault: "node.cut", sees: []claim{logs("a session on a node is up"), quietJournal()}, reads: []claim{works()}, hears: goesOn()},
		{fault: "node.half_open", sees: []claim{logs("a session on a node is down"), logs("a session on a node is up")}, reads: []claim{works()}, hears: goesOn()},
		{fault: "node.forget", sees: []claim{logs("a session on a node is up")}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{
			fault: "node.refuse_sessions", when: "The socket is cut, too.", act: func(s *scene) { s.also("node.cut", nil) },
			sees: []claim{event("music.player.placed", "")}, reads: []claim{works()}, hears: goesOn(),
		},
		{
			fault: "node.wrong_password", sees: []claim{nodeIs("refused"), event("music.player.placed", "")}, reads: []claim{works()}, hears: silentFor(moment, false),
		},
		{fault: "node.slow_load", args: map[string]string{"delay": "4s"}, sees: []claim{quietJournal()}, reads: []claim{answers(ferry, "Last Ferry")}, hears: goesOn()},
		{fault: "node.fail_load", sees: []claim{quietJournal()}, reads: []claim{answers(`/play query:"paper lanterns"`, "I could not load")}, hears: goesOn()},
		{fault: "node.empty_load", sees: []claim{quietJournal()}, reads: []claim{answers(`/play query:"night train"`, "I found nothing for")}, hears: goesOn()},
		{fault: "node.stuck", next: true, sees: []claim{event("music.play.failed", `"reason":"stuck"`)}, reads: []claim{notice("I could not play")}, hears: nextTrack(moment)},
		{fault: "node.exception_before", quiet: true, sees: nil, reads: []claim{answers(ferry, ""), notice("I could not play")}, hears: nothing()},
		{fault: "node.exception_after", next: true, sees: []claim{event("music.play.failed", `"reason":"exception"`)}, reads: []claim{works()}, hears: nextTrack(moment)},
		{fault: "node.load_failed", next: true, sees: []claim{event("music.play.ended", `"reason":"failed"`)}, reads: []claim{notice("I could not play")}, hears: nextTrack(moment)},
		{fault: "node.cleanup", sees: []claim{quietJournal()}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{fault: "node.garbage", sees: []claim{quietJournal(), nodeIs("up")}, reads: []claim{works()}, hears: goesOn()},
		{fault: "node.unknown_event", sees: []claim{quietJournal(), nodeIs("up")}, reads: []claim{works()}, hears: goesOn()},
		{fault: "node.lying_stats", args: map[string]string{"form": "nan"}, sees: []claim{quietJournal(), nodeIs("up")}, reads: []claim{works()}, hears: goesOn()},
	}
}
