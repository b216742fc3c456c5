package e2e_test

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

func refusedForGood(code, why string) faultCase {
	return faultCase{
		fault: "gateway.close", args: atril("code", code),
		sees:  []claim{logs(why), bot("refused"), event("music.bot.away", ""), event("music.queue.handed_over", "")},
		reads: []claim{notice("goes on playing in"), unanswered("/nowplaying")},
		hears: silentFor(moment, false),
		remedy: func(s *scene) {
			s.t.Helper()
			s.r.Daemon.Stop()
			s.r.Up()
		},
	}
}

func gatewayFaults() []faultCase {
	const resumed, anew = "resumed=true", "resumed=false"
	return []faultCase{
		comesBack("gateway.reconnect", atril(), resumed),
		comesBack("gateway.invalid_session", atril("resumable", "true"), resumed),
		comesBack("gateway.invalid_session", atril("resumable", "false"), anew),
		comesBack("gateway.cut", atril(), resumed),
		comesBack("gateway.close", atril("code", "4000"), resumed),
		comesBack("gateway.close", atril("code", "4008"), resumed),
		comesBack("gateway.close", atril("code", "4009"), anew),
	}
}
func restFaults() []faultCase { return nil }
func voiceFaults() []faultCase { return nil }
func nodeFaults() []faultCase { return nil }

const moment = 10_000_000_000
