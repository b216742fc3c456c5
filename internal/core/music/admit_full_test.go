package music_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
)

func TestWhyABotStaysOutside(t *testing.T) {
	for name, c := range map[string]struct {
		access music.BotAccess
		want   music.Reason
	}{
		"free to enter":           {music.BotAccess{Bot: bot, Connect: true, Speak: true}, ""},
		"full":                    {music.BotAccess{Bot: bot, Speak: true, Full: true}, music.ReasonJoinTimeout},
		"not allowed":             {music.BotAccess{Bot: bot, Speak: true}, music.ReasonCannotConnect},
		"not allowed to be heard": {music.BotAccess{Bot: bot, Connect: true}, music.ReasonCannotSpeak},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := music.Command{
				Actor: music.Actor{User: ana, Voice: lounge, Text: text, Bots: []music.BotAccess{c.access}},
				Reply: music.ReplyTo{Surface: "test", ID: "1"}, Do: music.Join{},
			}
			early := music.Admit(cmd, music.Settings{}, plan.Entitlements{})
			b := newBench(t)
			b.in(cmd)
			a, _ := b.answer()
			for where, r := range map[string]*music.Refusal{"Admit": early, "Step": a.Refusal} {
				if c.want == "" && r != nil || c.want != "" && (r == nil || r.Reason != c.want || r.Channel != lounge) {
					t.Errorf("%s refuses with %+v, want %q", where, r, c.want)
				}
			}
		})
	}
}
