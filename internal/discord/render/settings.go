package render

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// Settings returns what a guild's admins decided.
func Settings(p *i18n.Printer, s music.Settings) Message {
	announce := channel(s.Announce)
	if announce == "" {
		announce = p.Text(i18n.SettingsAnnounceThere, nil)
	}
	e := &Embed{Title: p.Text(i18n.SettingsTitle, nil), Color: colorQuiet, Footer: p.Text(i18n.SettingsHint, nil)}
	e.add(p, i18n.SettingsVolume, p.Percent(s.Volume))
	e.add(p, i18n.SettingsLanguage, languageName(p, s.Language))
	e.add(p, i18n.SettingsAnnounce, announce)
	e.add(p, i18n.SettingsIdle, p.Length(s.Idle))
	e.add(p, i18n.SettingsEmpty, p.Length(s.Empty))
	e.add(p, i18n.SettingsElsewhere, use(p, s.Elsewhere, nil))
	if len(s.Rules) > 0 {
		all := make([]string, len(s.Rules))
		for i, r := range s.Rules {
			all[i] = channel(r.Channel) + ": " + use(p, r.Use, r.Roles)
		}
		e.Description = "**" + p.Text(i18n.SettingsRules, nil) + "**\n" +
			page(all, func(left int) string { return p.Count(i18n.SettingsMoreRules, left, nil) })
	}
	return Message{Embed: e}
}

// use names who may use a channel: the roles themselves where there are some.
func use(p *i18n.Printer, u music.ChannelUse, of []music.RoleID) string {
	switch u {
	case music.UseNobody:
		return p.Text(i18n.UseNobody, nil)
	case music.UseRoles:
		if s := roles(of); s != "" {
			return s
		}
		return p.Text(i18n.UseRoles, nil)
	case music.UseEveryone:
	}
	return p.Text(i18n.UseEveryone, nil)
}

func languageName(p *i18n.Printer, code string) string {
	switch code {
	case "":
		return p.Text(i18n.LanguageAuto, nil)
	case "en":
		return p.Text(i18n.LanguageEnglish, nil)
	case "es":
		return p.Text(i18n.LanguageSpanish, nil)
	}
	return Text(code, maxName)
}
