package lavalink_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// told renders records as "kind position @ seconds since the start".
func told(records []lavalink.Record) []string {
	out := make([]string, len(records))
	for i, r := range records {
		out[i] = fmt.Sprintf("%s %d @%v", r.Kind, r.Position, r.At.Sub(start))
		if r.Reason != "" {
			out[i] += " " + r.Reason
		}
	}
	return out
}

func TestTimeline(t *testing.T) {
	r := newRig(t)
	s := r.playing("stairwell")
	patch := func(body string, wait time.Duration) {
		t.Helper()
		r.clock.Advance(wait)
		r.want(200, "PATCH", s.path(guild), body)
	}
	patch(`{"paused":true}`, time.Second)
	patch(`{"paused":false}`, time.Second)
	patch(`{"position":4000}`, time.Second)
	patch(`{"filters":{"timescale":{"speed":2}}}`, time.Second)
	patch(`{"voice":`+goodVoice+`}`, 100*time.Millisecond) // no change, no gap
	if err := r.node.CloseVoice(user, guild, 4006, "", true); err != nil {
		t.Fatal(err)
	}
	patch(`{"voice":`+goodVoice+`}`, time.Second)
	r.clock.Advance(time.Minute)
	s.until("WebSocketClosed")
	s.until("TrackEnd finished")
	lines := r.node.Timeline()
	if len(lines) != 1 || lines[0].Guild != guild || lines[0].User != user {
		t.Fatalf("lines %+v", lines)
	}
	want := []string{
		"sound 0 @40ms", "silence 1000 @1.04s", "sound 1000 @2.04s", "seek 4000 @3.04s",
		"sound 5000 @4.04s", "silence 5200 @4.14s", "sound 5200 @5.14s", "end 8000 @6.54s finished",
	}
	if got := told(lines[0].Records); !slices.Equal(got, want) {
		t.Fatalf("got  %q\nwant %q", got, want)
	}
	for _, rec := range lines[0].Records {
		if string(rec.Play) != `{"play":"p1","epoch":3}` || rec.Identifier != "stairwell" || rec.Session != s.session {
			t.Fatalf("record %+v", rec)
		}
	}
	r.node.ClearTimeline()
	if n := len(r.node.Timeline()); n != 0 {
		t.Fatalf("%d lines after clearing", n)
	}
}

func TestTimelineIsBounded(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	for i := range 700 {
		r.want(200, "PATCH", s.path(guild), fmt.Sprintf(`{"position":%d}`, i))
	}
	line := r.node.Timeline()[0]
	if len(line.Records) > lavalink.MaxRecords || len(line.Records)+line.Dropped != 701 {
		t.Fatalf("%d records, %d dropped", len(line.Records), line.Dropped)
	}
	if last := line.Records[len(line.Records)-1]; last.Position != 699 {
		t.Fatalf("the last record is %+v", last)
	}
}

// What is observed must not depend on when the test looks: looking often and
// looking once give the same timeline.
func TestTimelineDoesNotDependOnLooking(t *testing.T) {
	run := func(steps int) []string {
		r := newRig(t)
		s := r.playing("broken-middle")
		r.want(200, "PATCH", s.path(guild), `{"filters":{"timescale":{"speed":0.7}}}`)
		for range steps {
			r.clock.Advance(12 * time.Second / time.Duration(steps))
			r.node.Players()
		}
		return told(r.node.Timeline()[0].Records)
	}
	once, often := run(1), run(1200)
	if !slices.Equal(once, often) {
		t.Fatalf("once  %q\noften %q", once, often)
	}
	if want := "end 4000 @5.754285715s finished"; once[len(once)-1] != want {
		t.Fatalf("the end is %q, want %q", once[len(once)-1], want)
	}
}
