package discord_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

func TestMessagesAfter(t *testing.T) {
	a, r := newAPI(t, reply{status: 200, body: `[{"id":"79"},{"id":"78"}]`}, reply{status: 403, body: `{"message":"Missing Access","code":50001}`})
	n, err := r.MessagesAfter(t.Context(), "5", "77", 16)
	if err != nil || n != 2 {
		t.Fatalf("it gave %d, %v", n, err)
	}
	got := a.all()[0]
	if got.method != "GET" || got.path != "/channels/5/messages?after=77&limit=16" && got.path != "/channels/5/messages?limit=16&after=77" {
		t.Errorf("it asked %s %s", got.method, got.path)
	}
	if _, err := r.MessagesAfter(t.Context(), "5", "77", 16); fault.CodeOf(err) != fault.Denied {
		t.Errorf("a channel that is hidden gave %v", err)
	}
	before := len(a.all())
	for _, bad := range []struct {
		channel, message string
		limit            int
	}{{"", "77", 1}, {"5", "x", 1}, {"5", "77", 0}, {"5", "77", 101}} {
		if _, err := r.MessagesAfter(t.Context(), music.ChannelID(bad.channel), bad.message, bad.limit); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%+v gave %v", bad, err)
		}
	}
	if len(a.all()) != before {
		t.Error("a request was sent")
	}
}
