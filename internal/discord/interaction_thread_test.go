package discord_test

import (
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
)

// The parent of a thread is the channel that it belongs to; that of a channel is
// its category, which is nothing to follow.
func TestDecodeSaysWhoseThreadItIs(t *testing.T) {
	for name, c := range map[string]struct {
		channel string
		parent  music.ChannelID
	}{
		"a public thread":          {`{"id":"20","type":11,"parent_id":"19"}`, "19"},
		"a private thread":         {`{"id":"20","type":12,"parent_id":"19"}`, "19"},
		"a thread of news":         {`{"id":"20","type":10,"parent_id":"19"}`, "19"},
		"a channel of a category":  {`{"id":"20","type":0,"parent_id":"19"}`, ""},
		"a channel of no category": {`{"id":"20","type":0,"parent_id":null}`, ""},
		"a thread of nothing":      {`{"id":"20","type":11,"parent_id":null}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := discord.DecodeInteraction([]byte(strings.Replace(play, `{"id":"20","type":0}`, c.channel, 1)))
			if err != nil || in.Actor.Text != "20" || in.Actor.Parent != c.parent {
				t.Errorf("it is %+v, %v", in.Actor, err)
			}
		})
	}
	bad := strings.Replace(play, `{"id":"20","type":0}`, `{"id":"20","type":11,"parent_id":"nineteen"}`, 1)
	if _, err := discord.DecodeInteraction([]byte(bad)); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a parent that is no id: %v", err)
	}
}
