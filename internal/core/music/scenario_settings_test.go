package music_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
)

func ref[T any](v T) *T { return new(v) }

// admin changes the settings as one who may.
func (b *bench) admin(c music.SettingsChange) music.Answer {
	b.t.Helper()
	b.in(music.Command{
		Actor: music.Actor{User: ana, Text: text, Admin: true}, Reply: music.ReplyTo{Surface: "test", ID: fmt.Sprint("set-", b.n)},
		Do: music.ChangeSettings{Change: c},
	})
	a, _ := b.answer()
	return a
}

func TestSettingsRefuse(t *testing.T) {
	roles := func(n int) []music.RoleID {
		out := make([]music.RoleID, n)
		for i := range out {
			out[i] = music.RoleID(fmt.Sprint(i))
		}
		return out
	}
	rule := func(ch string, use music.ChannelUse, roles ...music.RoleID) music.SettingsChange {
		return music.SettingsChange{Rule: &music.ChannelRule{Channel: music.ChannelID(ch), Use: use, Roles: roles}}
	}
	for name, c := range map[string]struct {
		change music.SettingsChange
		what   string
		limit  int
	}{
		"too loud":                  {music.SettingsChange{Volume: new(151)}, "volume", 150},
		"below silence":             {music.SettingsChange{Volume: new(-1)}, "volume", 150},
		"idle too short":            {music.SettingsChange{Idle: ref(time.Second)}, "idle", 10},
		"idle below zero":           {music.SettingsChange{Idle: ref(-time.Hour)}, "idle", 10},
		"idle too long":             {music.SettingsChange{Idle: ref(25 * time.Hour)}, "idle", 86_400},
		"empty too short":           {music.SettingsChange{Empty: ref(time.Duration(0))}, "empty", 10},
		"empty too long":            {music.SettingsChange{Empty: ref(24*time.Hour + 1)}, "empty", 86_400},
		"an unknown language":       {music.SettingsChange{Language: new("tlh")}, "language", 0},
		"a channel of spaces":       {music.SettingsChange{Announce: ref(music.ChannelID("4 0"))}, "announce", 0},
		"a channel of control":      {music.SettingsChange{Announce: ref(music.ChannelID("4\x00"))}, "announce", 0},
		"a channel too long":        {music.SettingsChange{Announce: new(music.ChannelID(strings.Repeat("4", 65)))}, "announce", 0},
		"elsewhere by roles":        {music.SettingsChange{Elsewhere: ref(music.UseRoles)}, "elsewhere", 0},
		"a rule of no channel":      {rule("", music.UseNobody), "rule", 0},
		"a rule of another kind":    {rule("40", "some"), "rule", 0},
		"a rule without its roles":  {rule("40", music.UseRoles), "rule", music.MaxRoles},
		"a rule of too many roles":  {rule("40", music.UseRoles, roles(26)...), "rule", music.MaxRoles},
		"a rule of a nameless role": {rule("40", music.UseRoles, ""), "rule", 0},
		"roles for nobody":          {rule("40", music.UseNobody, "1"), "rule", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			a := b.admin(c.change)
			b.refused(a, music.ReasonSettingInvalid)
			if a.Refusal.Query != c.what || a.Refusal.Limit != c.limit || b.last.Changed || len(b.last.Events) > 0 {
				t.Fatalf("%+v", a.Refusal)
			}
		})
	}
	t.Run("one who may not", func(t *testing.T) {
		b := newBench(t)
		b.refused(b.as(ana, lounge, music.ChangeSettings{}), music.ReasonNotAdmin)
		b.kind(b.as(ana, "", music.ShowSettings{}), music.AnswerSettings)
	})
	t.Run("one rule too many", func(t *testing.T) {
		b := newBench(t)
		for i := range music.MaxRules {
			b.kind(b.admin(rule(fmt.Sprint(i), music.UseNobody)), music.AnswerSettingsSet)
		}
		a := b.admin(rule("one more", music.UseNobody))
		b.refused(a, music.ReasonSettingInvalid) // for its space
		a = b.admin(rule("more", music.UseNobody))
		if b.refused(a, music.ReasonSettingInvalid); a.Refusal.Limit != music.MaxRules {
			t.Fatalf("%+v", a.Refusal)
		}
		b.kind(b.admin(rule("7", music.UseEveryone)), music.AnswerSettingsSet)
		b.kind(b.admin(rule("8", "")), music.AnswerSettingsSet)
		b.kind(b.admin(rule("more", music.UseNobody)), music.AnswerSettingsSet)
	})
}

func TestSettingsAreKeptAndTold(t *testing.T) {
	b := newBench(t)
	a := b.admin(music.SettingsChange{
		Volume: new(70), Idle: ref(time.Minute), Empty: ref(time.Hour), Announce: ref(music.ChannelID("41")), Language: new("es"),
		Elsewhere: ref(music.UseNobody), Rule: &music.ChannelRule{Channel: "40", Use: music.UseRoles, Roles: []music.RoleID{"r", "s", "r"}},
	})
	b.kind(a, music.AnswerSettingsSet)
	want := music.Settings{
		Volume: 70, Idle: time.Minute, Empty: time.Hour, Announce: "41", Language: "es", Elsewhere: music.UseNobody,
		Rules: []music.ChannelRule{{Channel: "40", Use: music.UseRoles, Roles: []music.RoleID{"r", "s"}}},
	}
	if !reflect.DeepEqual(*a.Settings, want) || !reflect.DeepEqual(b.g.Settings, want) {
		t.Fatalf("%+v", a.Settings)
	}
	e := event[music.SettingsChanged](b)
	if e.Volume != 70 || e.IdleMS != 60_000 || e.EmptyMS != 3_600_000 || e.Announce != "41" || e.Language != "es" || e.By != ana ||
		e.Elsewhere != music.UseNobody || len(e.Rules) != 1 || !slices.Equal(e.Rules[0].Roles, []music.RoleID{"r", "s"}) {
		t.Fatalf("%+v", e)
	}
	if b.admin(music.SettingsChange{Volume: new(70)}); b.last.Changed || len(b.last.Events) > 0 {
		t.Fatal("the same again changed something")
	}
	a.Settings.Rules[0].Use = music.UseNobody
	if b.g.Settings.Rules[0].Use != music.UseRoles {
		t.Fatal("an answer reaches into the guild")
	}
	b.admin(music.SettingsChange{Reset: true, Empty: ref(time.Minute)})
	want = music.DefaultSettings()
	want.Empty = time.Minute
	if !reflect.DeepEqual(b.g.Settings, want) {
		t.Fatalf("%+v", b.g.Settings)
	}
}

func TestSettingsActAtOnce(t *testing.T) {
	t.Run("timers that run are told anew", func(t *testing.T) {
		b := listening(t)
		b.ends()
		b.in(music.VoiceState{User: ana})
		b.in(music.VoiceState{User: bruno})
		since := b.now
		b.pass(30 * time.Second)
		b.admin(music.SettingsChange{Idle: ref(time.Hour), Empty: ref(50 * time.Second)})
		if p := b.player(); !p.IdleAt.Equal(since.Add(time.Hour)) || !p.EmptyAt.Equal(since.Add(50*time.Second)) {
			t.Fatalf("%+v", p)
		}
		b.admin(music.SettingsChange{Idle: ref(10 * time.Second)})
		if p := b.player(); !p.IdleAt.Equal(b.now) {
			t.Fatalf("%+v", p)
		}
		b.in(music.Tick{})
		if b.player().Voice.Want != "" {
			t.Fatal("it stays")
		}
	})
	t.Run("panels and notices go where they are announced", func(t *testing.T) {
		b := listening(t)
		b.admin(music.SettingsChange{Announce: ref(music.ChannelID("41"))})
		if b.player().Text != "41" || !b.wants(music.AspectPanel) {
			t.Fatalf("%+v", b.player())
		}
		b.play("second") // spoken in 40
		if b.player().Text != "41" {
			t.Fatalf("%+v", b.player())
		}
		b.in(music.ChannelGone{Channel: "41"})
		if b.player().Text != "" || b.g.Settings.Announce != "" || event[music.SettingsChanged](b).By != "" {
			t.Fatalf("%+v", b.g.Settings)
		}
		b.play("third")
		if b.player().Text != text {
			t.Fatalf("%+v", b.player())
		}
	})
	t.Run("answers are in the guild's language", func(t *testing.T) {
		b := listening(t)
		locale := func(do music.Action) string {
			b.in(music.Command{Actor: music.Actor{User: ana, Voice: lounge}, Reply: music.ReplyTo{Surface: "test", ID: "x", Locale: "fr"}, Do: do})
			for _, e := range b.last.Effects {
				if r, ok := e.(music.Respond); ok {
					return r.To.Locale
				}
			}
			return ""
		}
		if got := locale(music.Pause{}); got != "fr" {
			t.Fatal(got)
		}
		b.admin(music.SettingsChange{Language: new("es")})
		if got := locale(music.Pause{}); got != "es" {
			t.Fatalf("a refusal is in %q", got)
		}
		if got := locale(music.Resume{}); got != "es" {
			t.Fatalf("an answer is in %q", got)
		}
	})
	t.Run("a bot starts with the volume, within the plan", func(t *testing.T) {
		b := listening(t)
		b.admin(music.SettingsChange{Volume: new(60)})
		if b.player().Volume != 100 {
			t.Fatal("what plays became quieter")
		}
		b.as(ana, lounge, music.Leave{})
		b.admin(music.SettingsChange{Volume: new(120)})
		if b.player().Volume != 120 {
			t.Fatalf("%+v", b.player())
		}
		c := newBench(t)
		c.g.Settings.Volume = 200
		c.play("x")
		if c.player().Volume != plan.Default().MaxVolume {
			t.Fatalf("%+v", c.player())
		}
	})
}

func TestRulesOfChannels(t *testing.T) {
	set := music.DefaultSettings()
	set.Rules = []music.ChannelRule{
		{Channel: "closed", Use: music.UseNobody},
		{Channel: "some", Use: music.UseRoles, Roles: []music.RoleID{"dj", "mod"}},
		{Channel: "open", Use: music.UseEveryone},
	}
	strict := set
	strict.Elsewhere = music.UseNobody
	for name, c := range map[string]struct {
		set   music.Settings
		actor music.Actor
		do    music.Action
		want  music.ChannelID
	}{
		"closed text":             {set, music.Actor{Text: "closed"}, music.ShowQueue{}, "closed"},
		"closed voice":            {set, music.Actor{Text: "open", Voice: "closed"}, music.Skip{}, "closed"},
		"closed voice, to look":   {set, music.Actor{Text: "open", Voice: "closed"}, music.ShowNowPlaying{}, ""},
		"closed voice, to play":   {set, music.Actor{Voice: "closed"}, music.Enqueue{Query: "a"}, "closed"},
		"without the role":        {set, music.Actor{Text: "some", Roles: []music.RoleID{"x"}}, music.ShowBots{}, "some"},
		"with the role":           {set, music.Actor{Text: "some", Roles: []music.RoleID{"x", "mod"}, Voice: "open"}, music.Skip{}, ""},
		"an admin":                {set, music.Actor{Text: "closed", Voice: "closed", Admin: true}, music.Skip{}, ""},
		"an operator":             {set, music.Actor{Text: "closed", Voice: "closed", Operator: true}, music.Join{}, ""},
		"elsewhere":               {set, music.Actor{Text: "other", Voice: "other"}, music.Skip{}, ""},
		"elsewhere closed":        {strict, music.Actor{Text: "other"}, music.ShowHistory{}, "other"},
		"open among closed":       {strict, music.Actor{Text: "open", Voice: "open"}, music.Skip{}, ""},
		"no channel is open":      {strict, music.Actor{Voice: "open"}, music.Skip{}, ""},
		"search asks as one play": {set, music.Actor{Voice: "closed"}, music.Search{Query: "a"}, "closed"},
	} {
		t.Run(name, func(t *testing.T) {
			r := music.Admit(music.Command{Actor: c.actor, Do: c.do}, c.set, plan.Default())
			switch {
			case c.want == "" && r != nil:
				t.Fatalf("refused: %+v", r)
			case c.want == "":
			case r == nil || r.Reason != music.ReasonChannelClosed || r.Channel != c.want:
				t.Fatalf("got %+v", r)
			case c.want == "some" && !slices.Equal(r.Roles, []music.RoleID{"dj", "mod"}):
				t.Fatalf("%+v", r)
			}
		})
	}
}
