package lavalink_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/gorilla/websocket"
)

// raws opens a session whose messages are read as they are, ready and stats
// taken off.
func (r *rig) raws() func() (kind int, data []byte) {
	r.t.Helper()
	conn, res, err := r.dial()
	if err != nil {
		r.t.Fatal(err)
	}
	res.Body.Close()
	r.t.Cleanup(func() { conn.Close() })
	next := func() (int, []byte) {
		r.t.Helper()
		kind, data, err := conn.ReadMessage()
		if err != nil {
			r.t.Fatal(err)
		}
		return kind, data
	}
	next()
	next()
	return next
}

func TestFaultGarbage(t *testing.T) {
	type seen struct{ messages, broken, binary, typed, huge int }
	cases := map[string]seen{
		"json":  {messages: 4, broken: 4},
		"types": {messages: 8, typed: 8},
		"bytes": {messages: 2, broken: 1, binary: 2, typed: 1},
		"huge":  {messages: 1, typed: 1, huge: 1},
		"":      {messages: 15, broken: 5, binary: 2, typed: 10, huge: 1},
	}
	for form, want := range cases {
		t.Run("form "+form, func(t *testing.T) {
			r := newRig(t)
			next := r.raws()
			r.breaks("node.garbage", "form", form)
			r.breaks("node.unknown_event") // marks the end
			var got seen
			for {
				kind, data := next()
				if string(data) == `{"op":"weather","sun":true,"state":{"position":1}}` {
					break
				}
				got.messages++
				var v any
				if json.Unmarshal(data, &v) != nil {
					got.broken++
				} else {
					got.typed++
				}
				if kind == websocket.BinaryMessage {
					got.binary++
				}
				if len(data) > 4<<20 {
					got.huge++
				}
			}
			if got != want {
				t.Fatalf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestFaultUnknownEvent(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	s.until("playerUpdate")
	r.breaks("node.unknown_event")
	s.sequence("weather", "LyricsFound", "SegmentSkipped")
	if p := r.player(); !p.Sounding {
		t.Fatalf("player %+v", p)
	}
}

func TestFaultLyingStats(t *testing.T) {
	type number = float64
	cases := map[string]struct{ players, cores, load any }{
		"zero_cores": {number(0), number(0), 0.01},
		"negative":   {number(-5), number(-4), -0.5},
		"huge":       {number(2147483647), number(2147483647), 1e300},
		"nan":        {number(0), number(0), "NaN"},
	}
	for form, want := range cases {
		t.Run(form, func(t *testing.T) {
			r := newRig(t)
			s := r.open()
			s.until("stats")
			r.breaks("node.lying_stats", "form", form)
			check := func(from string, m map[string]any) {
				t.Helper()
				cpu := m["cpu"].(map[string]any)
				if m["players"] != want.players || cpu["cores"] != want.cores || cpu["systemLoad"] != want.load {
					t.Fatalf("%s says %v", from, m)
				}
			}
			m := s.until("stats") // at once, not in a minute
			check("the socket", m)
			if _, ok := m["frameStats"]; !ok {
				t.Fatalf("no frames in %v", m)
			}
			check("REST", r.want(200, "GET", "/v4/stats", ""))
			r.mends("node.lying_stats")
			if got := fmt.Sprint(s.until("stats")["cpu"].(map[string]any)["cores"]); got != "4" {
				t.Fatalf("mended it says %s", got)
			}
		})
	}
}
