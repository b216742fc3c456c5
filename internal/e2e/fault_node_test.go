package e2e_test

import "time"

// everyNode makes a case one of all nodes: a search may be answered by any.
func everyNode(c faultCase) faultCase {
	c.when = "All nodes are meant. " + c.when
	c.act = func(s *scene) {
		s.t.Helper()
		for _, name := range nodesOf(s.t.Context(), s.r) {
			args := map[string]string{"node": name}
			for k, v := range c.args {
				args[k] = v
			}
			if _, err := s.r.Control().SetFault(s.t.Context(), c.fault, args); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	return c
}

// linkFaults take as long as it takes to find a dead link, so they are a group
// of their own.
func linkFaults() []faultCase {
	return []faultCase{
		{fault: "node.half_open", sees: []claim{logs("a session on a node is down"), logs("a session on a node is up")}, reads: []claim{works()}, hears: goesOn()},
	}
}

func nodeFaults() []faultCase {
	ferry := `/play query:"last ferry"`
	return []faultCase{
		{fault: "node.down", sees: []claim{nodeIs("down"), event("music.player.placed", "")}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{fault: "node.down", args: map[string]string{"sessions": "lost"}, sees: []claim{nodeIs("down"), event("music.player.placed", "")}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{fault: "node.cut", sees: []claim{logs("a session on a node is up"), quietJournal()}, reads: []claim{works()}, hears: goesOn()},
		{fault: "node.forget", sees: []claim{logs("a session on a node is up")}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{
			fault: "node.refuse_sessions", when: "The socket is cut, too.", act: func(s *scene) { s.also("node.cut", nil) },
			sees: []claim{event("music.player.placed", "")}, reads: []claim{works()}, hears: goesOn(),
		},
		{
			fault: "node.wrong_password", sees: []claim{nodeIs("refused"), event("music.player.placed", "")}, reads: []claim{works()}, hears: goesOnOr(moment),
		},
		everyNode(faultCase{fault: "node.slow_load", args: map[string]string{"delay": "4s"}, sees: []claim{quietJournal()}, reads: []claim{answers(ferry, "Last Ferry")}, hears: goesOn()}),
		everyNode(faultCase{fault: "node.fail_load", sees: []claim{quietJournal()}, reads: []claim{answers(`/play query:"paper lanterns"`, "I could not load")}, hears: goesOn()}),
		everyNode(faultCase{fault: "node.empty_load", sees: []claim{quietJournal()}, reads: []claim{answers(`/play query:"night train"`, "I found nothing for")}, hears: goesOn()}),
		{fault: "node.stuck", next: true, sees: []claim{event("music.play.failed", `"reason":"stuck"`)}, reads: []claim{notice("I could not play")}, hears: nextTrack(15 * time.Second)},
		everyNode(faultCase{fault: "node.exception_before", quiet: true, sees: []claim{event("music.play.failed", `"reason":"exception"`)}, reads: []claim{answers(ferry, ""), notice("I could not play")}, hears: nothing()}),
		{fault: "node.exception_after", next: true, sees: []claim{event("music.play.failed", `"reason":"exception"`)}, reads: []claim{answers("/nowplaying", "Last Ferry")}, hears: nextTrack(moment)},
		{fault: "node.load_failed", next: true, sees: []claim{event("music.play.ended", `"reason":"failed"`)}, reads: []claim{notice("I could not play")}, hears: nextTrack(moment)},
		{fault: "node.cleanup", sees: []claim{quietJournal()}, reads: []claim{works()}, hears: silentFor(moment, false)},
		{fault: "node.garbage", sees: []claim{quietJournal(), nodeIs("up")}, reads: []claim{works()}, hears: goesOn()},
		{fault: "node.unknown_event", sees: []claim{quietJournal(), nodeIs("up")}, reads: []claim{works()}, hears: goesOn()},
		{fault: "node.lying_stats", args: map[string]string{"form": "nan"}, sees: []claim{quietJournal(), nodeIs("up")}, reads: []claim{works()}, hears: goesOn()},
	}
}
