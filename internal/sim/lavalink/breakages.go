package lavalink

import (
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// breakages are all faults of a node.
func breakages() []breakage {
	guild := faults.Arg{Name: "guild", Help: "only this guild's players; all if empty"}
	once := func(name, summary string, strike func(*Node, time.Time, map[string]string) error, args ...faults.Arg) breakage {
		return breakage{Fault: faults.Fault{Name: name, Area: faults.AreaNode, Summary: summary, Args: args}, strike: strike}
	}
	lasting := func(name, summary string, args ...faults.Arg) breakage {
		return breakage{Fault: faults.Fault{Name: name, Area: faults.AreaNode, Summary: summary, Lasting: true, Args: args}}
	}
	down := lasting(FaultDown, "The node answers nobody; every connection is dropped.", faults.Arg{
		Name: "sessions", Values: []string{"kept", "lost"}, Default: "kept",
		Help: "kept by a network that is gone, lost by a process that died",
	})
	down.strike = func(n *Node, now time.Time, args map[string]string) error {
		n.setDown(now, true)
		n.broken[FaultDown] = args
		if args["sessions"] == "lost" {
			n.forget(now)
		}
		return nil
	}
	down.mend = func(n *Node, now time.Time) { n.setDown(now, false) }

	half := lasting(FaultHalfOpen, "The sockets that are open now stay open and carry nothing; the node believes in them until this is mended.")
	half.strike = func(n *Node, _ time.Time, _ map[string]string) error { return n.freezeAll() }
	half.mend = func(n *Node, now time.Time) { n.thawAll(now) }

	stuck := lasting(FaultStuckNode, "Tracks stand still; the node says TrackStuck after ten seconds.", guild)
	stuck.strike = func(n *Node, now time.Time, _ map[string]string) error { n.respoil(now); return nil }
	stuck.mend = func(n *Node, now time.Time) { n.respoil(now) }

	lying := lasting(FaultLyingStats, "The node's statistics are absurd.", faults.Arg{
		Name: "form", Values: []string{"zero_cores", "negative", "huge", "nan"}, Default: "zero_cores", Help: "how they lie",
	})
	lying.strike = func(n *Node, now time.Time, _ map[string]string) error { n.sendStats(now); return nil }
	lying.mend = func(n *Node, now time.Time) { n.sendStats(now) }

	return []breakage{
		down,
		half,
		stuck,
		lying,
		lasting(FaultRefuseSessions, "New sockets are refused, those that stand are served.", faults.Arg{
			Name: "status", Values: []string{"500", "502", "503"}, Default: "503", Help: "of HTTP",
		}),
		lasting(FaultWrongPassword, "The node's password was changed: sockets are refused with 401, requests with 403."),
		lasting(FaultSlowLoad, "Every search and lookup takes longer.", faults.Arg{Name: "delay", Default: "5s", Help: "how much, as 1500ms or 5s"}),
		lasting(FaultFailLoad, "Every search and lookup fails.", faults.Arg{
			Name: "severity", Values: []string{"common", "suspicious", "fault"}, Default: "suspicious", Help: "that the node reports",
		}),
		lasting(FaultEmptyLoad, "Every search and lookup finds nothing."),
		lasting(FaultExceptionBefore, "Each track that starts fails before its first sound.", guild),
		once(FaultCut, "Every socket is cut without a goodbye; the sessions may be resumed.",
			func(n *Node, now time.Time, _ map[string]string) error { n.cutAll(now); return nil }),
		once(FaultForget, "The node forgets its sessions and players, as a restarted process.",
			func(n *Node, now time.Time, _ map[string]string) error { n.forget(now); return nil }),
		once(FaultExceptionAfter, "What sounds now fails in the middle.", func(n *Node, now time.Time, args map[string]string) error {
			return n.each(args["guild"], func(p *player) bool {
				if !p.track.sounding {
					return false
				}
				p.breakOff(now)
				return true
			})
		}, guild),
		once(FaultLoadFailed, "Tracks end because they could not be loaded.", ending(endLoadFailed), guild),
		once(FaultCleanup, "Tracks end because nobody listened to the player.", ending(endCleanup), guild),
		once(FaultGarbage, "Every socket gets messages that cannot be decoded.", (*Node).sendGarbage, faults.Arg{
			Name: "form", Values: []string{"all", "json", "types", "bytes", "huge"}, Default: "all", Help: "what is wrong with them",
		}),
		once(FaultUnknownEvent, "Every socket gets ops and events that nobody has heard of.", (*Node).sendUnknown),
	}
}

// ending takes the tracks off the players for a reason.
func ending(reason string) func(*Node, time.Time, map[string]string) error {
	return func(n *Node, now time.Time, args map[string]string) error {
		return n.each(args["guild"], func(p *player) bool {
			p.end(now, reason)
			return true
		})
	}
}

// each does something to the players with a track, of one guild or of all. It
// is fault.Conflict if it was done to none.
func (n *Node) each(guild string, do func(*player) bool) error {
	done := false
	for _, s := range n.sorted() {
		for _, p := range s.sortedPlayers() {
			if p.track != nil && (guild == "" || p.guild == guild) && do(p) {
				done = true
			}
		}
	}
	if !done {
		return fault.New(fault.Conflict, "lavalink.SetFault", "nothing plays there now").WithHint("play something first")
	}
	return nil
}

// respoil looks at all tracks again after node.stuck was set or mended.
func (n *Node) respoil(now time.Time) {
	for _, s := range n.sorted() {
		for _, p := range s.sortedPlayers() {
			t := p.track
			if t == nil {
				continue
			}
			p.settle(now)
			was, at := t.fault, t.faultAt
			if p.spoil(); t.fault != was || t.faultAt != at {
				t.stuckAt, t.stuck = time.Time{}, false
			}
			p.settle(now)
		}
	}
}

// freezeAll makes the sockets half-open; without any it is fault.Conflict.
func (n *Node) freezeAll() error {
	found := false
	for _, s := range n.sorted() {
		if s.link != nil {
			s.link.freeze()
			found = true
		}
	}
	if !found {
		delete(n.broken, FaultHalfOpen)
		return fault.New(fault.Conflict, "lavalink.SetFault", "no socket is open").WithHint("wait until a client is connected")
	}
	return nil
}

// thawAll lets the node find out which of its sockets are dead.
func (n *Node) thawAll(now time.Time) {
	for _, s := range n.sorted() {
		if l := s.link; l != nil && l.thaw() {
			n.lose(now, s, l)
		}
	}
}
