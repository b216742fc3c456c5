package music_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
)

// A thread follows the rule of the channel that it belongs to, unless it has one
// of its own.
func TestRulesReachThreads(t *testing.T) {
	closed := func(ch music.ChannelID) music.ChannelRule {
		return music.ChannelRule{Channel: ch, Use: music.UseNobody}
	}
	for name, c := range map[string]struct {
		rules     []music.ChannelRule
		elsewhere music.ChannelUse
		actor     music.Actor
		refuses   music.ChannelID
	}{
		"in the channel":               {[]music.ChannelRule{closed("40")}, "", music.Actor{Text: "40"}, "40"},
		"in a thread of it":            {[]music.ChannelRule{closed("40")}, "", music.Actor{Text: "44", Parent: "40"}, "40"},
		"in a thread of another":       {[]music.ChannelRule{closed("40")}, "", music.Actor{Text: "44", Parent: "41"}, ""},
		"where a thread has its own":   {[]music.ChannelRule{closed("40"), {Channel: "44", Use: music.UseRoles, Roles: []music.RoleID{"r"}}}, "", music.Actor{Text: "44", Parent: "40", Roles: []music.RoleID{"r"}}, ""},
		"with the role":                {[]music.ChannelRule{{Channel: "40", Use: music.UseRoles, Roles: []music.RoleID{"r"}}}, "", music.Actor{Text: "44", Parent: "40", Roles: []music.RoleID{"r"}}, ""},
		"without the role":             {[]music.ChannelRule{{Channel: "40", Use: music.UseRoles, Roles: []music.RoleID{"r"}}}, "", music.Actor{Text: "44", Parent: "40"}, "40"},
		"elsewhere":                    {nil, music.UseNobody, music.Actor{Text: "44", Parent: "40"}, "40"},
		"for whoever manages":          {[]music.ChannelRule{closed("40")}, "", music.Actor{Text: "44", Parent: "40", Admin: true}, ""},
		"of a voice channel it is not": {[]music.ChannelRule{closed("40")}, "", music.Actor{Text: "50", Voice: "50", Parent: ""}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			set := music.DefaultSettings()
			set.Rules, set.Elsewhere = c.rules, c.elsewhere
			c.actor.User = ana
			r := music.Admit(music.Command{Actor: c.actor, Do: music.ShowQueue{}}, set, plan.Default())
			if c.refuses == "" {
				if r != nil {
					t.Fatalf("refused: %+v", r)
				}
				return
			}
			if r == nil || r.Reason != music.ReasonChannelClosed || r.Channel != c.refuses {
				t.Fatalf("got %+v", r)
			}
		})
	}
}
