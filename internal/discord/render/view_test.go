package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
)

func field(m render.Message, name string) string {
	for _, f := range m.Embed.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func TestPanelSaysWhatHoldsTheMusic(t *testing.T) {
	p := printer(t, "en-US")
	for name, c := range map[string]struct {
		change func(*music.NowView)
		status string
		hint   string
	}{
		"playing":    {func(*music.NowView) {}, "▶️ Now playing", "▰"},
		"paused":     {func(v *music.NowView) { v.Paused = true }, "⏸️ Paused", "Press Resume"},
		"suppressed": {func(v *music.NowView) { v.Suppressed = true }, "✋ Waiting for permission to speak", "audience"},
		"no node":    {func(v *music.NowView) { v.NoNode = true }, "⏳ Waiting for an audio server", "No audio server"},
		"halted":     {func(v *music.NowView) { v.Halted = true }, "⚠️ Stopped after too many errors", "5 tracks are kept"},
		"paused, and no node": {
			func(v *music.NowView) { v.Paused, v.NoNode, v.Suppressed = true, true, true }, "⏳ Waiting for an audio server", "No audio server",
		},
		"paused in the audience": {
			func(v *music.NowView) { v.Paused, v.Suppressed = true, true }, "✋ Waiting for permission to speak", "audience",
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := *now()
			c.change(&v)
			e := render.Panel(p, v, noon).Embed
			if e.Status != c.status || !strings.Contains(e.Description, c.hint) || !strings.HasSuffix(e.Description, "1:02 / 3:07") {
				t.Errorf("got %q, %q", e.Status, e.Description)
			}
		})
	}
}

func TestPanelNamesWhatComesNext(t *testing.T) {
	p := printer(t, "en-US")
	v := *now()
	got := field(render.Panel(p, v, noon), "Up next")
	if lines := strings.Split(got, "\n"); len(lines) != 4 || lines[0] != "`1.` **Waves \\*of\\* blue** (1:01)" || lines[3] != "and 2 more" {
		t.Errorf("got %q", got)
	}
	v.Waiting, v.Next = 2, upcoming()[:2]
	if got := field(render.Panel(p, v, noon), "Up next"); strings.Contains(got, "more") {
		t.Errorf("got %q", got)
	}
	v.Waiting, v.Next = 0, nil
	m := render.Panel(p, v, noon)
	if field(m, "Up next") != "" || field(m, "In the queue") != "Nothing yet" {
		t.Errorf("got %+v", m.Embed.Fields)
	}
}

func TestArtworkIsShownFromTheWebOnly(t *testing.T) {
	p := printer(t, "en-US")
	for in, want := range map[string]string{
		"https://music.example/a.png":      "https://music.example/a.png",
		"http://127.0.0.1:8080/artwork/a1": "http://127.0.0.1:8080/artwork/a1",
		"":                                 "",
		"javascript:alert(1)":              "",
		"file:///etc/passwd":               "",
		"attachment://a.png":               "",
		"https://ana:pw@music.example/a":   "",
	} {
		v := *now()
		v.Track.Artwork = in
		if got := render.Panel(p, v, noon).Embed.Thumbnail; got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
}

func TestSettingsShowEveryRuleThatThereIsRoomFor(t *testing.T) {
	p := printer(t, "en-US")
	s := music.DefaultSettings()
	if d := render.Settings(p, s).Embed.Description; d != "" {
		t.Errorf("rules without rules: %q", d)
	}
	for i := range music.MaxRules {
		r := music.ChannelRule{Channel: music.ChannelID(fmt.Sprint(300000000000000000 + i)), Use: music.UseRoles}
		for n := range music.MaxRoles {
			r.Roles = append(r.Roles, music.RoleID(fmt.Sprint(500000000000000000+n)))
		}
		s.Rules = append(s.Rules, r)
	}
	d := render.Settings(p, s).Embed.Description
	if !strings.HasSuffix(d, "more channels") || length(d) > render.MaxDescription || strings.Count(d, "\n") < 4 {
		t.Errorf("%d characters, %d lines: %.80q", length(d), strings.Count(d, "\n"), d)
	}
	for lang, want := range map[string]string{"": "Each member’s own", "en": "English", "es": "Spanish", "p*": `p\*`} {
		s := music.Settings{Language: lang, Idle: 5 * time.Minute}
		if got := field(render.Settings(p, s), "Language"); got != want {
			t.Errorf("%q: got %q", lang, got)
		}
	}
}

func TestAGrabIsOfWhatSounds(t *testing.T) {
	p := printer(t, "en-US")
	dm, here := render.Grab(p, *now()), render.GrabClosed(p, *now())
	if dm.Ephemeral || dm.Content != "" || dm.Embed.URL != "https://music.example/ocean" || dm.Embed.Thumbnail == "" || len(dm.Components) > 0 {
		t.Errorf("the message: %+v", dm)
	}
	if !here.Ephemeral || !strings.HasPrefix(here.Content, "I may not send you direct messages") || here.Embed.Title != dm.Embed.Title {
		t.Errorf("here: %+v", here)
	}
	nothing := render.Refusal(p, &music.Refusal{Reason: music.ReasonNothingPlaying})
	if got := render.GrabClosed(p, music.NowView{}); got.Content != nothing.Content || got.Embed != nil {
		t.Errorf("of nothing: %+v", got)
	}
	if got := render.Grab(p, music.NowView{}); got.Embed.Title != "Nothing is playing" {
		t.Errorf("a message of nothing: %+v", got.Embed)
	}
}

func TestRefusalsSayWhatToTypeInstead(t *testing.T) {
	p := printer(t, "en-US")
	for want, r := range map[string]music.Refusal{
		"the track is 3:07 long":                  {Reason: music.ReasonBeyondEnd, Limit: 187},
		"That is beyond the end. Choose":          {Reason: music.ReasonBeyondEnd, Limit: 1 << 40},
		"its last one is 12.":                     {Reason: music.ReasonNoSuchPosition, Limit: 12},
		"There is no such position.":              {Reason: music.ReasonNoSuchPosition},
		"from 1 minute to 1 day":                  {Reason: music.ReasonSettingInvalid, Query: command.SettingEmpty},
		"starting volume from 0 to 150":           {Reason: music.ReasonSettingInvalid, Query: command.SettingVolume, Limit: 150},
		"at least one role":                       {Reason: music.ReasonSettingInvalid, Query: command.SettingRoles},
		"rules for 100 channels already":          {Reason: music.ReasonSettingInvalid, Query: command.SettingRule, Limit: music.MaxRules},
		"everyone, roles, nobody or default":      {Reason: music.ReasonSettingInvalid, Query: command.SettingRule},
		"one of those that /settings offers":      {Reason: music.ReasonSettingInvalid, Query: "colour"},
		"only members with <@&500> may use me":    {Reason: music.ReasonChannelClosed, Channel: voice, Roles: []music.RoleID{"500", "x"}},
		"<#300000000000000001> is closed for mus": {Reason: music.ReasonChannelClosed, Channel: voice, Roles: []music.RoleID{"x"}},
		"Write it like 1:23, 83 or 2m30s":         {Reason: command.ReasonTimeUnreadable, Query: "later"},
	} {
		if got := render.Refusal(p, &r).Content; !strings.Contains(got, want) {
			t.Errorf("%+v: got %q, want %q", r, got, want)
		}
	}
}

func TestHistorySaysWhen(t *testing.T) {
	p := printer(t, "en-US")
	for name, c := range map[string]struct {
		at   time.Time
		want bool
	}{
		"a time": {noon, true}, "none": {time.Time{}, false}, "before there were computers": {time.Unix(-1, 0), false}, "never": {time.Unix(1<<50, 0), false},
	} {
		h := &music.HistoryView{Page: 1, Pages: 1, Total: 1, Lines: []music.HistoryLine{{Position: 1, Title: "Waves", By: ana, At: c.at}}}
		got := render.Answer(p, music.Answer{Kind: music.AnswerHistory, History: h}).Embed.Description
		if strings.Contains(got, "<t:") != c.want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
