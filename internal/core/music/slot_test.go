package music_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/atrilhq/platform/internal/core/music"
)

// Ten thousand queues are in memory at once, so a word more in a slot is
// megabytes. 96 bytes is a size that Go's allocator has.
func TestSlotIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(music.Slot{}); size > 96 {
		t.Errorf("a slot takes %d bytes", size)
	}
}

func TestSlotInJSON(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	reply := music.ReplyTo{Surface: "s", ID: "r"}
	for name, c := range map[string]struct {
		slot music.Slot
		want string
	}{
		"ready": {
			music.Slot{ID: "a", State: music.SlotReady, By: "1", At: at},
			`{"id":"a","state":"ready","by":"1","at":"2026-05-01T12:00:00Z"}`,
		},
		"pending": {
			music.Slot{ID: "a", State: music.SlotPending, By: "1", At: at, Pending: &music.Pending{
				Query: music.Query{Text: "q"}, Deadline: at.Add(time.Second), Reply: reply,
			}},
			`{"id":"a","state":"pending","by":"1","at":"2026-05-01T12:00:00Z","query":{"text":"q"},` +
				`"deadline":"2026-05-01T12:00:01Z","reply":{"surface":"s","id":"r"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(&c.slot)
			if err != nil || string(raw) != c.want {
				t.Fatalf("%s, %v", raw, err)
			}
			var got music.Slot
			if err := json.Unmarshal(raw, &got); err != nil || !reflect.DeepEqual(got, c.slot) {
				t.Errorf("%+v, %v", got, err)
			}
			if got.Query() != c.slot.Query() || !got.Deadline().Equal(c.slot.Deadline()) || got.Reply() != c.slot.Reply() {
				t.Errorf("%+v", got)
			}
			if pending := got.State == music.SlotPending; got.Reply().Owed() != pending || got.Deadline().IsZero() == pending {
				t.Errorf("owed %v, fails at %v", got.Reply(), got.Deadline())
			}
		})
	}
}
