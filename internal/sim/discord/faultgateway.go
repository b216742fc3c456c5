package discord

import (
	"slices"
	"strconv"

	"github.com/atrilhq/platform/internal/sim/faults"
)

// endingCodes close a connection and end its session: a client has to IDENTIFY,
// or may never come back (4004 and 4010 to 4014).
var endingCodes = []int{
	closeAuthFailed, closeInvalidSeq, closeTimeout, closeInvalidShard, closeNeedsShards, closeInvalidVersion, closeInvalidIntents, closeDisallowed,
}

func closeCodes() []string {
	var out []string
	for code := closeUnknown; code <= closeDisallowed; code++ {
		if code != 4006 {
			out = append(out, strconv.Itoa(code))
		}
	}
	return out
}

func gatewayBreakers() []breaker {
	bots := []faults.Arg{argBots}
	counted := []faults.Arg{argBots, argCount}
	return []breaker{
		{
			Fault: faults.Fault{Name: "gateway.reconnect", Summary: "The gateway asks to reconnect (op 7) and closes five seconds later.", Args: bots},
			any:   true, set: func(w *World, t target) error { return second(w.Reconnect(t.bot)) },
		},
		{
			Fault: faults.Fault{Name: "gateway.invalid_session", Summary: "The gateway says that the session is invalid (op 9).", Args: []faults.Arg{
				argBots, {Name: "resumable", Values: []string{"true", "false"}, Default: "false", Help: "whether a RESUME may bring it back"},
			}},
			any: true, set: func(w *World, t target) error {
				return second(w.InvalidateSessions(t.bot, t.args["resumable"] == "true"))
			},
		},
		{
			Fault: faults.Fault{Name: "gateway.cut", Summary: "The sockets break without a close frame; the sessions wait for a RESUME.", Args: bots},
			any:   true, set: func(w *World, t target) error { return second(w.CutGateway(t.bot)) },
		},
		{
			Fault: faults.Fault{Name: "gateway.close", Summary: "The gateway closes with a code; 4004, 4007 and 4009 to 4014 end the session.", Args: []faults.Arg{
				argBots, {Name: "code", Required: true, Values: closeCodes(), Help: "the close code"},
			}},
			any: true, set: func(w *World, t target) error { return second(w.closeSessions(t.bot, t.number)) },
		},
		{
			Fault: faults.Fault{Name: "gateway.silent", Summary: "Half open links: nothing goes in or out until the client gives up; mending cuts them.", Args: bots},
			any:   true, set: func(w *World, t target) error { return second(w.eachConn(t.bot, (*conn).mute)) },
			clear: func(w *World, t target) error { return second(w.cutMuted(t.bot)) },
			active: func(w *World) (out []map[string]string) {
				for _, b := range w.st.Bots {
					if slices.ContainsFunc(w.st.Sessions, func(s *session) bool { return s.BotID == b.ID && s.conn != nil && s.conn.isMuted() }) {
						out = append(out, map[string]string{"bot": b.Name})
					}
				}
				return out
			},
		},
		waiting(faults.Fault{Name: faultCutBeforeResumed, Summary: "The next RESUME gets half of what was missed, and then the socket breaks.", Args: counted}),
		waiting(faults.Fault{Name: faultCutAfterResumed, Summary: "The next RESUME succeeds, and then the socket breaks.", Args: counted}),
	}
}

func restBreakers() []breaker {
	slow := []faults.Arg{argDelay, argCount, argRoute, argBots}
	limits := waiting(faults.Fault{Name: faultRateLimit, Summary: "Requests get 429 and the limit holds; mending lifts it, and a ban too.", Args: []faults.Arg{
		{Name: "form", Values: []string{formRoute, formShared, formGlobal, formCloudflare}, Default: formRoute, Help: "which limit it is"},
		argCount,
		{Name: "retry_after", Default: "1.5", Help: "seconds, with a fraction"},
		{Name: "header", Values: []string{"whole", "fraction"}, Default: "whole", Help: "how the header Retry-After is written; the body always has a fraction"},
		argRoute, argBots,
	}})
	limits.mend = func(w *World) { clear(w.limits.held) }
	return []breaker{
		limits,
		waiting(faults.Fault{Name: faultSlow, Summary: "Requests take effect, and are answered, only after a delay.", Args: slow}),
		waiting(faults.Fault{Name: faultLateReply, Summary: "Requests take effect at once, but their answers come after a delay.", Args: slow}),
		waiting(faults.Fault{Name: faultError, Summary: "Requests are answered with a server's error.", Args: []faults.Arg{
			{Name: "status", Values: []string{"500", "502", "503"}, Default: "502", Help: "the HTTP status"},
			argCount,
			{Name: "applied", Values: []string{"true", "false"}, Default: "false", Help: "whether the request takes effect all the same"},
			argRoute, argBots,
		}}),
	}
}

// waiting is a fault that waits for a client to run into it.
func waiting(f faults.Fault) breaker {
	return breaker{
		Fault: f, any: true,
		set: func(w *World, t target) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.broken.arm(t.armed(f.Name))
			return nil
		},
		clear: func(w *World, t target) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.broken.disarm(f.Name, func(a *armed) bool { return a.bot == t.bot && a.route == t.args["route"] })
			return nil
		},
		active: func(w *World) []map[string]string { return w.broken.active(f.Name) },
	}
}

func second(_ int, err error) error { return err }

// closeSessions closes the connections of a bot (all bots if empty) with a code.
func (w *World) closeSessions(bot string, code int) (int, error) {
	return w.eachConn(bot, func(c *conn) {
		if slices.Contains(endingCodes, code) {
			w.dropSession(c.sess, code, "closed on purpose")
			return
		}
		c.close(code, "closed on purpose")
	})
}

// cutMuted breaks the half open links of a bot.
func (w *World) cutMuted(bot string) (int, error) {
	return w.eachConn(bot, func(c *conn) {
		if c.isMuted() {
			c.cut()
		}
	})
}
