package audio //nolint:testpackage // what it tests is a part that the role does not show

import (
	"fmt"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
)

func TestHeard(t *testing.T) {
	type message struct {
		source, generation string
		number             int64
		want               string
	}
	tests := []struct {
		name string
		in   []message
	}{
		{"from the beginning", []message{{"gw", "a", 1, ""}, {"gw", "a", 2, ""}, {"gw", "a", 3, ""}}},
		{"nobody numbers it", []message{{"", "", 0, ""}, {"", "", 0, ""}, {"", "a", 7, ""}}},
		{"from the middle", []message{{"gw", "a", 5, "missed"}, {"gw", "a", 6, ""}}},
		{"one is missing", []message{{"gw", "a", 1, ""}, {"gw", "a", 3, "missed"}, {"gw", "a", 4, ""}}},
		{"one comes twice", []message{{"gw", "a", 1, ""}, {"gw", "a", 1, "again"}, {"gw", "a", 2, ""}}},
		{"a new generation begins", []message{{"gw", "a", 1, ""}, {"gw", "b", 1, ""}, {"gw", "b", 2, ""}}},
		{"a new generation lacks its beginning", []message{{"gw", "a", 1, ""}, {"gw", "b", 2, "missed"}}},
		{"the stream goes back over a generation", []message{
			{"gw", "a", 1, ""},
			{"gw", "a", 2, ""},
			{"gw", "b", 1, ""},
			{"gw", "a", 1, "again"},
			{"gw", "a", 2, "again"},
			{"gw", "b", 1, "again"},
			{"gw", "b", 2, ""},
		}},
		{"sources count apart", []message{
			{"one", "a", 1, ""}, {"two", "a", 1, ""}, {"one", "a", 2, ""}, {"two", "a", 3, "missed"}, {"one", "a", 3, ""},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := heard{}
			for i, m := range tt.in {
				got := ""
				switch missed, again := h.note(bus.Message{Source: m.source, Generation: m.generation, Number: m.number}); {
				case missed && again:
					t.Errorf("message %d is missed and comes again", i)
				case missed:
					got = "missed"
				case again:
					got = "again"
				}
				if got != m.want {
					t.Errorf("message %d: %q, want %q", i, got, m.want)
				}
			}
		})
	}
}

func TestHeardIsBounded(t *testing.T) {
	h := heard{}
	for i := range 10 * generationsKept {
		h.note(bus.Message{Source: "gw", Generation: fmt.Sprint(i), Number: 1})
	}
	if n := len(h["gw"]); n != generationsKept {
		t.Errorf("%d generations are kept", n)
	}
	if _, again := h.note(bus.Message{Source: "gw", Generation: fmt.Sprint(10*generationsKept - 1), Number: 1}); !again {
		t.Error("the newest is forgotten")
	}
}

// What a predecessor took is not missing and is not taken again: a stream goes on
// where it was released, which is before what was read.
func TestTakenBefore(t *testing.T) {
	before := func() takenBefore { return takenBefore{"gw": {Source: "gw", Generation: "a", Position: 7}} }
	for _, c := range []struct {
		name              string
		m                 bus.Message
		covers, continues bool
	}{
		{"the next one", bus.Message{Source: "gw", Generation: "a", Number: 8}, false, true},
		{"the last one", bus.Message{Source: "gw", Generation: "a", Number: 7}, true, true},
		{"one that comes again", bus.Message{Source: "gw", Generation: "a", Number: 5}, true, true},
		{"one too far", bus.Message{Source: "gw", Generation: "a", Number: 9}, false, false},
		{"another generation", bus.Message{Source: "gw", Generation: "b", Number: 3}, false, false},
		{"another source", bus.Message{Source: "other", Generation: "a", Number: 3}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := before()
			if got := b.covers(c.m); got != c.covers {
				t.Errorf("covered is %v", got)
			}
			if got := b.continues(c.m); got != c.continues {
				t.Errorf("continuing is %v", got)
			}
		})
	}
}

// An older generation's inputs may have been taken or not. They are taken again,
// and so is what came behind them, in its order.
func TestWhatFollowsAnotherGenerationIsTakenAgain(t *testing.T) {
	before := takenBefore{"gw": {Source: "gw", Generation: "b", Position: 7}}
	for i, m := range []bus.Message{
		{Source: "gw", Generation: "a", Number: 90}, {Source: "gw", Generation: "b", Number: 1}, {Source: "gw", Generation: "b", Number: 7},
	} {
		if before.covers(m) {
			t.Errorf("message %d is left out", i)
		}
	}
}
