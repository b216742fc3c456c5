package lavalink_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// While nobody seeks or replaces, a position never runs backwards, it moves
// exactly as fast as the speed says, and the end stands exactly at the length.
func TestPositionsByTheClock(t *testing.T) {
	r := newRig(t)
	s := r.playing("stairwell")
	r.want(204, "DELETE", s.path(guild), "")
	rapid.Check(t, func(rt *rapid.T) {
		r.node.ClearTimeline()
		r.want(200, "PATCH", s.path(guild), `{"filters":{},"voice":`+goodVoice+`,"track":{"identifier":"stairwell"}}`)
		last, paused := int64(0), false
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				paused = !paused
				r.want(200, "PATCH", s.path(guild), fmt.Sprintf(`{"paused":%v}`, paused))
			case 1:
				speed := rapid.Float64Range(0.1, 4).Draw(rt, "speed")
				r.want(200, "PATCH", s.path(guild), fmt.Sprintf(`{"filters":{"timescale":{"speed":%g}}}`, speed))
			case 2:
				_ = r.node.CloseVoice(user, guild, 4006, "", true) // there may be none
			case 3:
				r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`}`)
			default:
				r.clock.Advance(time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(rt, "wait")))
			}
			p := r.player()
			if p.Identifier == "" {
				break
			}
			if p.Position < last || p.Position > 8000 {
				rt.Fatalf("position %d after %d", p.Position, last)
			}
			last = p.Position
		}
		r.want(200, "PATCH", s.path(guild), `{"paused":false,"voice":`+goodVoice+`}`)
		r.clock.Advance(90 * time.Second)
		for _, line := range r.node.Timeline() {
			checkLine(rt, line)
		}
		for len(s.in) > 0 {
			<-s.in
		}
	})
}

// checkLine proves a line from its own records: sound moves the position by
// speed times time, silence by nothing, and the track ends at its length.
func checkLine(t *rapid.T, line lavalink.Line) {
	var prev *lavalink.Record
	sounding := false
	for i := range line.Records {
		rec := &line.Records[i]
		if prev != nil {
			moved := 0.0
			if sounding {
				moved = float64(rec.At.Sub(prev.At)) * prev.Speed / float64(time.Millisecond)
			}
			if off := float64(rec.Position-prev.Position) - moved; off < -1.01 || off > 1.01 {
				t.Fatalf("%+v does not follow from %+v (off by %g ms)", *rec, *prev, off)
			}
		}
		sounding = rec.Kind == lavalink.KindSound
		if rec.Kind == lavalink.KindEnd {
			if rec.Position != 8000 || rec.Reason != "finished" {
				t.Fatalf("the end is %+v", *rec)
			}
			return
		}
		prev = rec
	}
	t.Fatalf("no end: %+v", line.Records)
}

func FuzzPatchBody(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"track":{"encoded":null}}`, `{"track":{"identifier":"blink","userData":{}}}`, `{"volume":100,"paused":true}`,
		`{"filters":{"equalizer":[{"band":1,"gain":0.2}],"timescale":{"speed":1.1},"pluginFilters":{}}}`,
		`{"voice":` + goodVoice + `}`, `{"position":1e3,"endTime":5}`, `[`, `null`, `{"filters":{"volume":1e999}}`,
		`{"encodedTrack":"QAAA","identifier":"x"}`,
	} {
		f.Add(seed)
	}
	r := newRig(f)
	s := r.open()
	f.Fuzz(func(t *testing.T, body string) {
		w := r.direct("PATCH", s.path(guild), body)
		switch w.Code {
		case 200, 400, 413:
		case 500: // only a track of another source
			if !strings.Contains(w.Body.String(), "missing source manager") {
				t.Fatalf("%q: %s", body, w.Body)
			}
		default:
			t.Fatalf("%q: status %d: %s", body, w.Code, w.Body)
		}
		if got := r.direct("GET", s.path(guild), ""); got.Code != 200 && got.Code != 404 {
			t.Fatalf("after %q: %d", body, got.Code)
		}
		for len(s.in) > 0 {
			<-s.in
		}
	})
}
