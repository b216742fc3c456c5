package music_test

import (
	"fmt"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

// Several rules of one change are set together, or none of them.
func TestManyRulesAtOnce(t *testing.T) {
	closed := func(ch string) music.ChannelRule {
		return music.ChannelRule{Channel: music.ChannelID(ch), Use: music.UseNobody}
	}
	b := newBench(t)
	first := closed("1")
	a := b.admin(music.SettingsChange{Rule: &first, Rules: []music.ChannelRule{closed("2"), closed("3"), {Channel: "1"}}})
	b.kind(a, music.AnswerSettingsSet)
	if r := b.g.Settings.Rules; len(r) != 2 || r[0].Channel != "2" || r[1].Channel != "3" {
		t.Fatalf("rules are %+v", r)
	}
	before := b.g.Settings
	for name, rules := range map[string][]music.ChannelRule{
		"one is none":        {closed("4"), {Channel: "5", Use: "some"}},
		"one has no place":   append(many(music.MaxRules-2), closed("more")),
		"there are too many": many(music.MaxRules + 1),
	} {
		a := b.admin(music.SettingsChange{Volume: new(10), Rules: rules})
		if a.Refusal == nil || a.Refusal.Reason != music.ReasonSettingInvalid || b.g.Settings.Volume != before.Volume || len(b.g.Settings.Rules) != 2 {
			t.Errorf("%s: %+v, %+v", name, a, b.g.Settings)
		}
	}
}

func many(n int) []music.ChannelRule {
	out := make([]music.ChannelRule, n)
	for i := range out {
		out[i] = music.ChannelRule{Channel: music.ChannelID(fmt.Sprint("c", i)), Use: music.UseNobody}
	}
	return out
}
