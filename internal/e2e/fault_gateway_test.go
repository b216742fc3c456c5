package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

func atril(more ...string) map[string]string {
	args := map[string]string{"bot": "atril"}
	for i := 0; i+1 < len(more); i += 2 {
		args[more[i]] = more[i+1]
	}
	return args
}

// comesBack is a lost connection that is there again before anybody noticed.
func comesBack(fault string, args map[string]string, how string) faultCase {
	return faultCase{
		fault: fault, args: args,
		sees:  []claim{logs(how), bot("ready"), quietJournal()},
		reads: []claim{works()},
		hears: goesOn(),
	}
}

// refusedForGood is what no new connection helps against: the daemon ends, and
// what plays is kept by the node for the next one.
func refusedForGood(code, why string) faultCase {
	return faultCase{
		fault: "gateway.close", args: atril("code", code), fresh: true,
		when: "The front bot is meant.",
		sees: []claim{{fmt.Sprintf("the daemon ends with exit code 4 or 2 and says “%s” and what to do", why), func(s *scene) {
			s.t.Helper()
			if code := s.r.Daemon.Exit(); code != 4 && code != 2 {
				s.t.Errorf("exit code %d", code)
			}
			if said := s.r.Daemon.Log(); !strings.Contains(said, "platformd: ") || !strings.Contains(said, "next: ") || !strings.Contains(said, why) {
				s.t.Errorf("it does not say %q and what to do", why)
			}
		}}},
		reads: []claim{unanswered("/nowplaying")},
		mended: []claim{{"once it was put right and the daemon started: bot `ready`", func(s *scene) {
			s.t.Helper()
			s.start()
			bot("ready").check(s)
		}}, works()},
		hears: goesOnOr(moment),
	}
}

// workerRefused is the same for a bot that is not the front bot.
func workerRefused() faultCase {
	return faultCase{
		fault: "gateway.close", args: map[string]string{"bot": "atril-2", "code": "4004"}, fresh: true,
		when: "A worker without anything to play is meant.",
		sees: []claim{logs("a bot is not taken by Discord"), {"bot `refused`, with the reason", func(s *scene) {
			s.t.Helper()
			s.r.Until("atril-2 is refused", func(ctx context.Context) bool {
				st, err := s.r.API().Status(ctx)
				return err == nil && slices.ContainsFunc(st.Bots, func(b view.Bot) bool {
					return b.Name == "atril-2" && b.State == "refused" && strings.Contains(b.Detail, "token")
				})
			})
		}}, event("music.bot.away", "")},
		reads: []claim{answers("/bots", "cannot be reached right now"), works()},
		hears: goesOn(),
		remedy: func(s *scene) {
			s.t.Helper()
			s.r.Daemon.Stop()
			s.start()
		},
	}
}

func gatewayFaults() []faultCase {
	const resumed, anew = "resumed=true", "resumed=false"
	cut := func(s *scene) { s.also("gateway.cut", atril()) }
	twice := func(fault string) faultCase {
		c := comesBack(fault, atril(), resumed)
		c.when, c.act = "The socket is cut, too.", cut
		c.fresh = true
		return c
	}
	// A session that is lost takes the voice of its bot along.
	lost := func(fault string, args map[string]string) faultCase {
		c := comesBack(fault, args, anew)
		c.sees = []claim{logs(anew), bot("ready")}
		c.hears, c.fresh = silentFor(moment, false), true
		return c
	}
	return []faultCase{
		comesBack("gateway.reconnect", atril(), resumed),
		comesBack("gateway.invalid_session", atril("resumable", "true"), resumed),
		comesBack("gateway.cut", atril(), resumed),
		twice("gateway.cut_before_resumed"),
		twice("gateway.cut_after_resumed"),
		comesBack("gateway.close", atril("code", "4000"), resumed),
		comesBack("gateway.close", atril("code", "4008"), resumed),
		{
			fault: "gateway.silent", args: atril(), fresh: true, sees: []claim{quietJournal()},
			reads:  []claim{unanswered("/nowplaying")},
			mended: []claim{logs(resumed), bot("ready"), works()},
			hears:  goesOn(),
		},
		lost("gateway.invalid_session", atril("resumable", "false")),
		lost("gateway.close", atril("code", "4009")),
		workerRefused(),
		refusedForGood("4004", "the bot token is not valid"),
		refusedForGood("4010", "Discord refuses the shard number"),
		refusedForGood("4014", "privileged intents"),
	}
}

const moment = 10 * time.Second
