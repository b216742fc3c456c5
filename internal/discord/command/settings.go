package command

import (
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// The names by which a refusal with ReasonSettingInvalid speaks of a setting.
const (
	SettingVolume    = "volume"
	SettingIdle      = "idle"
	SettingEmpty     = "empty"
	SettingLanguage  = "language"
	SettingAnnounce  = "announce"
	SettingRule      = "rule"
	SettingRoles     = "roles"
	SettingElsewhere = "elsewhere"
)

func invalid(setting string) *music.Refusal {
	return &music.Refusal{Reason: music.ReasonSettingInvalid, Query: setting}
}

func (a *arguments) settings(sub string) (music.Action, *music.Refusal) {
	var c music.SettingsChange
	var r *music.Refusal
	switch sub {
	case settingsShow:
		return music.ShowSettings{}, nil
	case settingsVolume:
		n := a.number(optionPercent, 0)
		c.Volume = &n
	case settingsAnnouncements:
		channel := music.ChannelID(a.id(optionChannel))
		c.Announce = &channel
	case settingsLanguage:
		c.Language, r = a.language()
	case settingsIdle:
		c.Idle, r = a.minutes(SettingIdle)
	case settingsEmpty:
		c.Empty, r = a.minutes(SettingEmpty)
	case settingsChannel:
		c.Rule, r = a.rule()
	case settingsElsewhere:
		use := music.ChannelUse(a.text(optionWho))
		if use != music.UseEveryone && use != music.UseNobody {
			r = invalid(SettingElsewhere)
		}
		c.Elsewhere = &use
	case settingsReset:
		c.Reset = true
	}
	return music.ChangeSettings{Change: c}, a.unlessBroken(r)
}

// unlessBroken keeps what cannot be read from being refused as a wrong value.
func (a *arguments) unlessBroken(r *music.Refusal) *music.Refusal {
	if a.broken {
		return nil
	}
	return r
}

func (a *arguments) language() (*string, *music.Refusal) {
	l := a.text(optionLanguage)
	switch {
	case l == languageAuto:
		l = ""
	case !slices.Contains(music.Languages(), l):
		return nil, invalid(SettingLanguage)
	}
	return &l, nil
}

func (a *arguments) minutes(setting string) (*time.Duration, *music.Refusal) {
	n := a.number(optionMinutes, 0)
	if n < 1 || n > maxMinutes {
		return nil, invalid(setting)
	}
	d := time.Duration(n) * time.Minute
	return &d, nil
}

// rule reads who may use a channel. Roles are named exactly where the rule is
// one for roles: a list that would be ignored is more likely a slip.
func (a *arguments) rule() (*music.ChannelRule, *music.Refusal) {
	rule := &music.ChannelRule{Channel: music.ChannelID(a.id(optionChannel))}
	switch who := a.text(optionWho); who {
	case whoDefault:
	case string(music.UseEveryone), string(music.UseRoles), string(music.UseNobody):
		rule.Use = music.ChannelUse(who)
	default:
		return nil, invalid(SettingRule)
	}
	for _, name := range []string{optionRole, optionRole2, optionRole3} {
		if id := music.RoleID(a.id(name)); id != "" && !slices.Contains(rule.Roles, id) {
			rule.Roles = append(rule.Roles, id)
		}
	}
	if (rule.Use == music.UseRoles) != (len(rule.Roles) > 0) {
		return nil, invalid(SettingRoles)
	}
	return rule, nil
}
