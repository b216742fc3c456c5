package lavalink_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// What is heard is told: each change of it calls the hook, and time alone does not.
func TestOnChange(t *testing.T) {
	r := newRig(t)
	var calls atomic.Int64
	var sounded atomic.Bool
	r.node.OnChange(func() {
		calls.Add(1)
		if p := r.node.Players(); len(p) == 1 && p[0].Sounding { // a hook may ask
			sounded.Store(true)
		}
	})
	s := r.playing("stairwell")
	r.player()
	changes := func(name string, want bool, do func()) {
		t.Helper()
		r.node.Players()
		before := calls.Load()
		do()
		// Whoever takes the lock next runs what is due and tells of it; where
		// the clock's own goroutine was first, it may still be about to.
		r.node.Players()
		if want {
			eventually(t, func() bool { return calls.Load() > before })
		} else if calls.Load() != before {
			t.Errorf("%s is told", name)
		}
	}
	patch := func(body string) func() {
		return func() { r.want(200, "PATCH", s.path(guild), body) }
	}
	eventually(t, sounded.Load) // the last of the calls for the start
	steps := []struct {
		name string
		want bool
		do   func()
	}{
		{"time", false, func() { r.clock.Advance(time.Second) }},
		{"reading", false, func() { r.want(200, "GET", s.path(guild), "") }},
		{"pause", true, patch(`{"paused":true}`)},
		{"pause again", false, patch(`{"paused":true}`)},
		{"going on", true, patch(`{"paused":false}`)},
		{"volume", true, patch(`{"volume":40}`)},
		{"the same volume", false, patch(`{"volume":40}`)},
		{"seek", true, patch(`{"position":2000}`)},
		{"filters", true, patch(`{"filters":{"timescale":{"speed":1.5}}}`)},
		{"no voice", true, func() {
			if err := r.node.CloseVoice(user, guild, 4014, "", true); err != nil {
				t.Fatal(err)
			}
		}},
		{"voice", true, patch(`{"voice":` + goodVoice + `}`)},
		{"the same voice", false, patch(`{"voice":` + goodVoice + `}`)},
		{"stuck", true, func() { r.breaks("node.stuck") }},
		{"mended", true, func() { r.mends("node.stuck") }},
		{"down", true, func() { r.node.SetDown(true) }},
	}
	for _, st := range steps {
		changes(st.name, st.want, st.do)
	}
}

func TestEndIsTold(t *testing.T) {
	r := newRig(t)
	s := r.playing("stairwell")
	var ended atomic.Bool
	r.node.OnChange(func() {
		if p := r.node.Players(); len(p) == 1 && p[0].Track == nil {
			ended.Store(true)
		}
	})
	r.clock.Advance(8 * time.Second)
	s.until("TrackEnd finished")
	eventually(t, ended.Load)
}

func TestViewOfAPlayer(t *testing.T) {
	r := newRig(t)
	s := r.playing("ocean-floor")
	r.want(200, "PATCH", s.path(guild), `{"volume":55,"filters":{"timescale":{"speed":2,"rate":1.5},"equalizer":[{"band":0,"gain":0.2}]}}`)
	r.clock.Advance(10 * time.Second)
	p := r.player()
	if p.Position != 30_000 || p.At != start.Add(lavalink.DefaultLatency+10*time.Second).UnixMilli() || p.Speed != 3 || p.Volume != 55 || !p.Sounding {
		t.Fatalf("player %+v", p)
	}
	wantJSON(t, string(p.Filters), `{"timescale":{"speed":2,"rate":1.5,"pitch":1},"equalizer":[{"band":0,"gain":0.2}]}`)
	if v := p.Track; v.Identifier != "ocean-floor" || v.Title != "Ocean Floor" || v.Author != "Salt Cathedral Choir" || v.LengthMS != 184_000 ||
		v.IsStream || v.Source != "sandbox" || v.Genre != lavalink.GenreAmbient || v.URI == "" || v.ArtworkURL == "" {
		t.Fatalf("track %+v", v)
	}
	r.want(200, "PATCH", s.path(guild), `{"track":{"identifier":"radio-halcyon"},"filters":{}}`)
	r.clock.Advance(2 * time.Second)
	r.want(200, "PATCH", s.path(guild), `{"position":60000}`) // a stream stays where it is
	if p := r.player(); !p.Track.IsStream || p.Track.LengthMS != 0 || p.Position != 1750 || p.Speed != 1 {
		t.Fatalf("stream %+v %+v", p, p.Track)
	}
	r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":null}}`)
	if p := r.player(); p.Track != nil || p.Sounding || !p.Connected {
		t.Fatalf("an idle player is %+v", p)
	}
	r.node.SetDown(true)
	if all := r.node.Players(); all == nil || len(all) != 0 {
		t.Fatalf("a node that is down shows %v", all)
	}
}
