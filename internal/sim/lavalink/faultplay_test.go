package lavalink_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestFaultStuck(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	r.clock.Advance(7 * time.Second)
	r.breaks("node.stuck")
	r.clock.Advance(9 * time.Second)
	if p := r.player(); p.Position != 7000 || p.Sounding {
		t.Fatalf("player %+v", p)
	}
	r.clock.Advance(time.Second)
	if m := s.until("TrackStuck"); m["thresholdMs"] != 10000.0 {
		t.Fatalf("event %v", m)
	}
	t.Run("once", func(t *testing.T) {
		r.breaks("node.stuck")
		r.clock.Advance(time.Minute)
		r.want(200, "PATCH", s.path(guild), `{"position":60000}`)
		if p := r.player(); p.Position != 60_000 || p.Sounding {
			t.Fatalf("after a seek: %+v", p)
		}
		r.clock.Advance(10 * time.Second)
		s.until("TrackStuck") // of the new place; until fails where two came for the old one
	})
	t.Run("a new track, too", func(t *testing.T) {
		r.want(200, "PATCH", s.path(guild), `{"track":{"identifier":"stairwell"}}`)
		s.until("TrackEnd replaced")
		s.until("TrackStart")
		r.clock.Advance(lavalink.DefaultLatency + 10*time.Second)
		s.until("TrackStuck")
		if p := r.player(); p.Position != 0 || p.Sounding {
			t.Fatalf("player %+v", p)
		}
	})
	r.mends("node.stuck")
	r.clock.Advance(3 * time.Second)
	if p := r.player(); p.Position != 3000 || !p.Sounding {
		t.Fatalf("mended: %+v", p)
	}
	r.clock.Advance(5 * time.Second)
	s.until("TrackEnd finished")
}

func TestFaultStuckOfOneGuild(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	r.want(200, "PATCH", s.path("8"), `{"voice":`+goodVoice+`,"track":{"identifier":"last-ferry"}}`)
	r.clock.Advance(lavalink.DefaultLatency)
	r.breaks("node.stuck", "guild", "8")
	r.clock.Advance(time.Second)
	if a, b := r.playerOf(guild), r.playerOf("8"); !a.Sounding || b.Sounding {
		t.Fatalf("players %+v and %+v", a, b)
	}
}

func TestFaultStuckWhilePaused(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	r.want(200, "PATCH", s.path(guild), `{"paused":true}`)
	r.breaks("node.stuck")
	r.clock.Advance(time.Minute)
	r.want(200, "PATCH", s.path(guild), `{"paused":false}`)
	r.clock.Advance(9 * time.Second)
	if p := r.player(); p.Sounding {
		t.Fatalf("player %+v", p)
	}
	r.clock.Advance(time.Second)
	s.until("TrackStuck") // ten seconds after it wanted to go on
}

// A track that breaks in the middle, set down behind that place while the node
// is stuck, is whole once the node is.
func TestFaultStuckBehindABreakage(t *testing.T) {
	r := newRig(t)
	s := r.playing("blink")
	r.breaks("node.stuck")
	r.want(200, "PATCH", s.path(guild), `{"track":{"identifier":"broken-middle"},"position":10000}`)
	r.clock.Advance(time.Second)
	r.mends("node.stuck")
	r.clock.Advance(2 * time.Second)
	if p := r.player(); p.Position != 12_000 || !p.Sounding {
		t.Fatalf("player %+v", p)
	}
}

func TestFaultExceptionBefore(t *testing.T) {
	r := newRig(t)
	r.breaks("node.exception_before")
	s := r.playing("last-ferry")
	if e := s.until("TrackException")["exception"].(map[string]any); e["severity"] != "suspicious" {
		t.Fatalf("exception %v", e)
	}
	s.until("TrackEnd loadFailed")
	if lines := r.node.Timeline(); len(lines) != 1 || len(lines[0].Records) != 1 || lines[0].Records[0].Kind != lavalink.KindEnd {
		t.Fatalf("something was heard: %+v", lines)
	}
	r.mends("node.exception_before")
	r.want(200, "PATCH", s.path(guild), `{"track":{"identifier":"blink"}}`)
	r.clock.Advance(time.Second)
	if p := r.player(); !p.Sounding {
		t.Fatalf("mended: %+v", p)
	}
}

// What ends a track at once, with the events that a client sees.
func TestFaultsThatEnd(t *testing.T) {
	for name, want := range map[string][]string{
		"node.exception_after": {"TrackException", "TrackEnd finished"},
		"node.load_failed":     {"TrackEnd loadFailed"},
		"node.cleanup":         {"TrackEnd cleanup"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := r.playing("last-ferry")
			r.want(200, "PATCH", s.path("8"), `{"voice":`+goodVoice+`,"track":{"identifier":"ocean-floor"}}`)
			s.until("TrackStart")
			r.clock.Advance(4 * time.Second)
			r.breaks(name, "guild", guild)
			for _, w := range want {
				m := s.until(w)
				if at := m["track"].(map[string]any)["info"].(map[string]any)["position"]; at != 4000.0 || m["guildId"] != guild {
					t.Fatalf("%s at %v of %v", w, at, m["guildId"])
				}
			}
			if a, b := r.playerOf(guild), r.playerOf("8"); a.Track != nil || a.Sounding || !b.Sounding {
				t.Fatalf("players %+v and %+v", a, b)
			}
			r.breaks(name)
			for _, w := range want {
				if m := s.until(w); m["guildId"] != "8" {
					t.Fatalf("event %v", m)
				}
			}
		})
	}
}

func TestFaultsOfLoading(t *testing.T) {
	const path = "/v4/loadtracks?identifier=ytsearch:ocean"
	cases := map[string]struct {
		fault    []string
		kind     string
		severity any
	}{
		"fails":            {[]string{"node.fail_load"}, "error", "suspicious"},
		"fails for good":   {[]string{"node.fail_load", "severity", "common"}, "error", "common"},
		"finds nothing":    {[]string{"node.empty_load"}, "empty", nil},
		"whole, once more": {nil, "search", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := r.open()
			if c.fault != nil {
				r.breaks(c.fault[0], c.fault[1:]...)
			}
			got := r.want(200, "GET", path, "")
			if data, _ := got["data"].(map[string]any); got["loadType"] != c.kind || data["severity"] != c.severity {
				t.Fatalf("got %v", got)
			}
			if c.fault == nil {
				return
			}
			r.want(400, "PATCH", s.path(guild), `{"track":{"identifier":"blink"}}`)
			r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":"`+encoded(t, "blink")+`"}}`) // needs no lookup
			r.mends(c.fault[0])
			if got := r.want(200, "GET", path, ""); got["loadType"] != "search" {
				t.Fatalf("mended: %v", got)
			}
		})
	}
	t.Run("takes long", func(t *testing.T) {
		r := newRig(t)
		r.breaks("node.slow_load", "delay", "7s")
		got := make(chan answer, 1)
		go func() {
			a, _ := r.try("GET", path, "")
			got <- a
		}()
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(7*time.Second - time.Millisecond)
		select {
		case a := <-got:
			t.Fatalf("too early: %v", a)
		default:
		}
		r.clock.Advance(time.Millisecond)
		if a := <-got; a.status != 200 {
			t.Fatalf("answer %v", a)
		}
	})
}
