package audio //nolint:testpackage // what it tests is a part that the role does not show

import (
	"testing"

	"github.com/atrilhq/platform/internal/bus"
)

func TestGapFinder(t *testing.T) {
	type message struct {
		source, generation string
		number             int64
		missed             bool
	}
	tests := []struct {
		name string
		in   []message
	}{
		{"from the beginning", []message{{"gw", "a", 1, false}, {"gw", "a", 2, false}, {"gw", "a", 3, false}}},
		{"nobody numbers it", []message{{"", "", 0, false}, {"", "", 0, false}, {"", "a", 7, false}}},
		{"from the middle", []message{{"gw", "a", 5, true}, {"gw", "a", 6, false}}},
		{"one is missing", []message{{"gw", "a", 1, false}, {"gw", "a", 3, true}, {"gw", "a", 4, false}}},
		{"one comes twice", []message{{"gw", "a", 1, false}, {"gw", "a", 1, true}, {"gw", "a", 2, false}}},
		{"a new generation begins", []message{{"gw", "a", 1, false}, {"gw", "b", 1, false}, {"gw", "b", 2, false}}},
		{"a new generation lacks its beginning", []message{{"gw", "a", 1, false}, {"gw", "b", 2, true}}},
		{"sources count apart", []message{
			{"one", "a", 1, false}, {"two", "a", 1, false}, {"one", "a", 2, false}, {"two", "a", 3, true}, {"one", "a", 3, false},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := gapFinder{}
			for i, m := range tt.in {
				if got := g.missed(bus.Message{Source: m.source, Generation: m.generation, Number: m.number}); got != m.missed {
					t.Errorf("message %d: missed is %v", i, got)
				}
			}
		})
	}
}

// What a predecessor took is not missing: a stream goes on where it was read, or
// a little before.
func TestWhatWasTakenIsNotMissing(t *testing.T) {
	before := takenBefore{"gw": {Source: "gw", Generation: "a", Position: 7}}
	for _, c := range []struct {
		name string
		m    bus.Message
		want bool
	}{
		{"the next one", bus.Message{Source: "gw", Generation: "a", Number: 8}, true},
		{"one that comes again", bus.Message{Source: "gw", Generation: "a", Number: 5}, true},
		{"one too far", bus.Message{Source: "gw", Generation: "a", Number: 9}, false},
		{"another generation", bus.Message{Source: "gw", Generation: "b", Number: 3}, false},
		{"another source", bus.Message{Source: "other", Generation: "a", Number: 3}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := before.covers(c.m); got != c.want {
				t.Errorf("covered is %v", got)
			}
		})
	}
}
