package music_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

// The connection of another bot may say that a channel is gone before the bot's
// own one says that it was moved out of it.
func TestChannelGoneOnAnotherConnection(t *testing.T) {
	for name, c := range map[string]struct {
		says music.BotID
		want music.ChannelID
	}{
		"its own":     {bot, ""},
		"another one": {"901", lounge},
		"not known":   {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.do(ana, music.Join{})
			b.in(music.VoiceState{User: music.UserID(bot), Channel: lounge, Session: "s"})
			b.in(music.ChannelGone{Channel: lounge, Bot: c.says})
			if got := b.player().Voice.Want; got != c.want {
				t.Errorf("it wants to be in %q, want %q", got, c.want)
			}
		})
	}
}
