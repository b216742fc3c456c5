package lavalink_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestTrackToItsEnd(t *testing.T) {
	r := newRig(t)
	s := r.open()
	s.sequence("stats")
	r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`}`)
	s.sequence("playerUpdate")
	r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":"`+encoded(t, "pocket-comet")+`","userData":{"play":"p1","epoch":3}}}`)
	started := s.next()
	wantTrack := func(m map[string]any, position float64) {
		t.Helper()
		track := m["track"].(map[string]any)
		if track["userData"].(map[string]any)["play"] != "p1" || track["info"].(map[string]any)["position"] != position || m["guildId"] != guild {
			t.Fatalf("event %v", m)
		}
		info, err := lavalink.DecodeTrack(track["encoded"].(string))
		if err != nil || float64(info.Position) != position {
			t.Fatalf("the encoded track says %d, %v", info.Position, err)
		}
	}
	if label(started) != "TrackStart" {
		t.Fatalf("first came %v", started)
	}
	wantTrack(started, 0)
	state := s.next()["state"].(map[string]any)
	if state["position"] != 0.0 || state["connected"] != true || state["time"] != float64(start.UnixMilli()) {
		t.Fatalf("state %v", state)
	}
	r.clock.Advance(5 * time.Second)
	state = s.until("playerUpdate")["state"].(map[string]any)
	if state["position"] != 4960.0 || state["time"] != float64(start.Add(5*time.Second).UnixMilli()) {
		t.Fatalf("after five seconds: %v", state)
	}
	r.clock.Advance(time.Minute)
	wantTrack(s.until("TrackEnd finished"), 6000)
	if p := r.player(); p.Identifier != "" || p.Sounding {
		t.Fatalf("player %+v", p)
	}
}

func TestNothingSoundsWithoutVoice(t *testing.T) {
	r := newRig(t)
	s := r.open()
	s.sequence("stats")
	r.want(200, "PATCH", s.path(guild), `{"track":{"identifier":"blink"}}`)
	s.sequence("TrackStart", "playerUpdate")
	r.clock.Advance(50 * time.Second)
	if p := r.player(); p.Position != 0 || p.Sounding || p.Identifier != "blink" {
		t.Fatalf("player %+v", p)
	}
	t.Run("voice brings it to life", func(t *testing.T) {
		r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`}`)
		r.clock.Advance(time.Second)
		if p := r.player(); p.Position != 1000 || !p.Sounding {
			t.Fatalf("player %+v", p)
		}
		r.clock.Advance(2 * time.Second)
		s.until("TrackEnd finished")
	})
	t.Run("sixty seconds unpolled is a cleanup", func(t *testing.T) {
		r.want(200, "PATCH", s.path("8"), `{"track":{"identifier":"blink"}}`)
		s.until("TrackStart")
		r.clock.Advance(59 * time.Second)
		if p := r.node.Players()[0]; p.Guild != "8" || p.Identifier != "blink" {
			t.Fatal("cleaned up too early")
		}
		r.clock.Advance(time.Second)
		s.until("TrackEnd cleanup")
	})
}

func TestLoadLatency(t *testing.T) {
	r := newRig(t)
	r.playing("slow-fuse")
	r.clock.Advance(2*time.Second - lavalink.DefaultLatency)
	if p := r.player(); p.Position != 0 {
		t.Fatalf("position %d before the sound", p.Position)
	}
	r.clock.Advance(time.Second)
	if p := r.player(); p.Position != 1000 || !p.Sounding {
		t.Fatalf("player %+v", p)
	}
}

// Each case starts with a track of eight seconds that has begun to sound.
func TestPatchWhilePlaying(t *testing.T) {
	type step struct {
		body    string
		wait    time.Duration
		at      int64
		playing bool
	}
	cases := map[string][]step{
		"pause and go on": {
			{`{}`, time.Second, 1000, true},
			{`{"paused":true}`, time.Minute, 1000, false},
			{`{"paused":false}`, time.Second, 2000, true},
		},
		"seek": {
			{`{"position":5000}`, time.Second, 6000, true},
			{`{"position":0}`, 2 * time.Second, 2000, true},
		},
		"seek while paused": {
			{`{"paused":true}`, time.Second, 0, false},
			{`{"position":3000}`, time.Second, 3000, false},
			{`{"paused":false}`, time.Second, 4000, true},
		},
		"timescale": {
			{`{"filters":{"timescale":{"speed":1.5,"rate":2}}}`, time.Second, 3000, true},
			{`{"filters":{"timescale":{"pitch":2}}}`, time.Second, 4000, true},
			{`{"filters":{"timescale":{"speed":0.5}}}`, 2 * time.Second, 5000, true},
			{`{"filters":{}}`, time.Second, 6000, true},
		},
		"end time that lies behind does nothing": {
			{`{}`, 3 * time.Second, 3000, true},
			{`{"endTime":2000}`, time.Second, 4000, true},
			{`{"endTime":null}`, time.Second, 5000, true},
		},
		"volume and user data": {
			{`{"volume":0,"track":{"userData":{"play":"p2"}}}`, time.Second, 1000, true},
		},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := r.playing("stairwell")
			for i, st := range steps {
				r.want(200, "PATCH", s.path(guild), st.body)
				r.clock.Advance(st.wait)
				if p := r.player(); p.Position != st.at || p.Sounding != st.playing {
					t.Fatalf("step %d: position %d, sounding %v; want %d, %v", i, p.Position, p.Sounding, st.at, st.playing)
				}
			}
			select {
			case m := <-s.in:
				if m["op"] == "event" {
					t.Fatalf("an event came: %v", m)
				}
			default:
			}
		})
	}
}

func TestEnds(t *testing.T) {
	cases := map[string]struct {
		track, body string
		wait        time.Duration
		want        []string
		position    float64
	}{
		"end time":              {"stairwell", `{"endTime":2500}`, 2500 * time.Millisecond, []string{"TrackEnd finished"}, 2500},
		"seek behind end time":  {"stairwell", `{"endTime":2500,"position":4000}`, 4 * time.Second, []string{"TrackEnd finished"}, 8000},
		"seek to the end":       {"stairwell", `{"position":99999999999999}`, 0, []string{"TrackEnd finished"}, 8000},
		"double speed":          {"stairwell", `{"filters":{"timescale":{"speed":2}}}`, 4 * time.Second, []string{"TrackEnd finished"}, 8000},
		"stop":                  {"stairwell", `{"track":{"encoded":null}}`, 0, []string{"TrackEnd stopped"}, 0},
		"stop the old way":      {"stairwell", `{"encodedTrack":null}`, 0, []string{"TrackEnd stopped"}, 0},
		"replace":               {"stairwell", `{"track":{"identifier":"blink"}}`, 0, []string{"TrackEnd replaced", "TrackStart"}, 0},
		"replace the old way":   {"stairwell", `{"identifier":"blink"}`, 0, []string{"TrackEnd replaced", "TrackStart"}, 0},
		"exception at start":    {"broken-start", `{}`, 0, []string{"TrackException", "TrackEnd loadFailed"}, 0},
		"exception in between":  {"broken-middle", `{}`, 4 * time.Second, []string{"TrackException", "TrackEnd finished"}, 4000},
		"seek over a breakage":  {"broken-middle", `{"position":29000}`, time.Second, []string{"TrackEnd finished"}, 30000},
		"stuck":                 {"stuck-needle", `{}`, 13 * time.Second, []string{"TrackStuck"}, 3000},
		"stuck, then sought on": {"stuck-needle", `{"position":59000}`, time.Second, []string{"TrackEnd finished"}, 60000},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := r.playing(c.track)
			r.want(200, "PATCH", s.path(guild), c.body)
			r.clock.Advance(c.wait)
			for i, w := range c.want {
				m := s.until(w)
				if at := m["track"].(map[string]any)["info"].(map[string]any)["position"]; i == 0 && at != c.position {
					t.Fatalf("%s at %v, want %v", w, at, c.position)
				}
			}
		})
	}
}

func TestStuckOnceAndAlive(t *testing.T) {
	r := newRig(t)
	s := r.playing("stuck-needle")
	r.clock.Advance(13 * time.Second)
	if m := s.until("TrackStuck"); m["thresholdMs"] != 10000.0 {
		t.Fatalf("event %v", m)
	}
	r.clock.Advance(10 * time.Minute)
	if p := r.player(); p.Identifier != "stuck-needle" || p.Position != 3000 || p.Sounding {
		t.Fatalf("player %+v", p)
	}
	r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":null}}`)
	s.until("TrackEnd stopped") // until fails on a second TrackStuck
}

func TestExceptionWaitsForVoiceToEnd(t *testing.T) {
	r := newRig(t)
	s := r.open()
	s.sequence("stats")
	r.want(200, "PATCH", s.path(guild), `{"track":{"identifier":"broken-start"}}`)
	s.sequence("TrackStart", "playerUpdate")
	r.clock.Advance(time.Second)
	e := s.until("TrackException")["exception"].(map[string]any)
	if e["severity"] != "suspicious" || !strings.Contains(fmt.Sprint(e["cause"]), "broken-start") {
		t.Fatalf("exception %v", e)
	}
	r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`}`)
	s.until("TrackEnd loadFailed")
}

func TestNewTrackUnpauses(t *testing.T) {
	for body, paused := range map[string]bool{
		`{"track":{"identifier":"blink"}}`:               false,
		`{"track":{"identifier":"blink"},"paused":true}`: true,
		`{"track":{"encoded":null}}`:                     false,
		`{"volume":1}`:                                   true,
	} {
		r := newRig(t)
		s := r.playing("stairwell")
		r.want(200, "PATCH", s.path(guild), `{"paused":true}`)
		r.want(200, "PATCH", s.path(guild), body)
		if got := r.player().Paused; got != paused {
			t.Errorf("%s: paused %v", body, got)
		}
	}
}

func TestStartPosition(t *testing.T) {
	track, _ := lavalink.DefaultCatalog().Track("stairwell")
	info := track.Info()
	info.Position = 2000
	inside, err := lavalink.EncodeTrack(info)
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int64{
		`{"track":{"encoded":"` + inside + `"}}`:                       3000,
		`{"track":{"encoded":"` + inside + `"},"position":5000}`:       6000,
		`{"track":{"identifier":"radio-halcyon"},"position":90000}`:    750,
		`{"track":{"encoded":"` + inside + `"},"endTime":1000}`:        3000,
		`{"track":{"identifier":"broken-middle"},"position":10000}`:    11000,
		`{"track":{"encoded":"` + inside + `"},"position":7000000000}`: 0,
	} {
		r := newRig(t)
		s := r.playing("blink")
		r.want(200, "PATCH", s.path(guild), body)
		if strings.Contains(body, "radio") {
			r.clock.Advance(time.Second)
		} else {
			r.clock.Advance(time.Second + lavalink.DefaultLatency)
		}
		if got := r.player().Position; got != want {
			t.Errorf("%s: position %d, want %d", body, got, want)
		}
	}
}

func TestUnknownTrackOfOurSource(t *testing.T) {
	gone, err := lavalink.EncodeTrack(lavalink.TrackInfo{Title: "Gone", Identifier: "gone", Length: 5000, SourceName: lavalink.SourceName})
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	s := r.playing("blink")
	r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":"`+gone+`"}}`)
	s.until("TrackEnd replaced")
	s.until("TrackStart")
	r.clock.Advance(time.Second)
	s.until("TrackException")
	s.until("TrackEnd loadFailed")
}
