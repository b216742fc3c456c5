package music

import (
	"iter"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// check refuses a change whose values can never be kept. It names the setting,
// and its bound where that was met; times are in seconds.
func (ch *SettingsChange) check(e plan.Entitlements) *Refusal {
	bad := func(setting string, limit int) *Refusal {
		return &Refusal{Reason: ReasonSettingInvalid, Query: setting, Limit: limit}
	}
	if v := ch.Volume; v != nil && (*v < 0 || *v > e.MaxVolume) {
		r := bad("volume", e.MaxVolume)
		r.Plan = liftsVolume(*v, e)
		return r
	}
	for _, t := range []struct {
		name  string
		value *time.Duration
	}{{"idle", ch.Idle}, {"empty", ch.Empty}} {
		switch {
		case t.value == nil:
		case *t.value < MinIdle:
			return bad(t.name, int(MinIdle/time.Second))
		case *t.value > MaxIdle:
			return bad(t.name, int(MaxIdle/time.Second))
		}
	}
	switch {
	case ch.Announce != nil && *ch.Announce != "" && !named(string(*ch.Announce)):
		return bad("announce", 0)
	case ch.Language != nil && *ch.Language != "" && !slices.Contains(Languages(), *ch.Language):
		return bad("language", 0)
	case ch.Elsewhere != nil && !slices.Contains([]ChannelUse{"", UseEveryone, UseNobody}, *ch.Elsewhere):
		return bad("elsewhere", 0)
	case len(ch.Rules) > MaxRules:
		return bad("rule", MaxRules)
	}
	for r := range ch.rules() {
		if refusal := r.check(); refusal != nil {
			return refusal
		}
	}
	return nil
}

// rules are those that a change sets.
func (ch *SettingsChange) rules() iter.Seq[*ChannelRule] {
	return func(yield func(*ChannelRule) bool) {
		if ch.Rule != nil && !yield(ch.Rule) {
			return
		}
		for i := range ch.Rules {
			if !yield(&ch.Rules[i]) {
				return
			}
		}
	}
}

// apply returns settings after the change.
func (ch *SettingsChange) apply(to Settings, e plan.Entitlements) (Settings, *Refusal) {
	if ch.Reset {
		to = DefaultSettings()
		to.Volume = min(to.Volume, e.MaxVolume)
	}
	put(&to.Volume, ch.Volume)
	put(&to.Idle, ch.Idle)
	put(&to.Empty, ch.Empty)
	put(&to.Announce, ch.Announce)
	put(&to.Language, ch.Language)
	put(&to.Elsewhere, ch.Elsewhere)
	if to.Elsewhere == UseEveryone {
		to.Elsewhere = ""
	}
	for r := range ch.rules() {
		var refusal *Refusal
		if to, refusal = r.set(to); refusal != nil {
			return to, refusal
		}
	}
	return to, nil
}

func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (set *Settings) equal(o *Settings) bool {
	return set.Volume == o.Volume && set.Idle == o.Idle && set.Empty == o.Empty && set.Announce == o.Announce &&
		set.Language == o.Language && set.Elsewhere == o.Elsewhere &&
		slices.EqualFunc(set.Rules, o.Rules, func(a, b ChannelRule) bool {
			return a.Channel == b.Channel && a.Use == b.Use && slices.Equal(a.Roles, b.Roles)
		})
}

// settingsAnswer shows the settings as a value that nobody else holds.
func (s *step) settingsAnswer(k AnswerKind) Answer {
	set := s.g.Settings
	set.Rules = slices.Clone(set.Rules)
	return Answer{Kind: k, Settings: &set}
}

func (s *step) showSettings(c Command) {
	s.respond(c.Reply, s.settingsAnswer(AnswerSettings))
}

func (s *step) changeSettings(c Command, ch SettingsChange) {
	set, r := ch.apply(s.g.Settings, s.g.Entitlements)
	if r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	s.settings(set, c.Actor.User)
	s.respond(c.Reply, s.settingsAnswer(AnswerSettingsSet))
}

// settings takes settings over, and lets the players follow at once.
func (s *step) settings(set Settings, by UserID) {
	was := s.g.Settings
	if set.equal(&was) {
		return
	}
	s.g.Settings, s.changed = set, true
	e := SettingsChanged{
		Volume: set.Volume, IdleMS: set.Idle.Milliseconds(), EmptyMS: set.Empty.Milliseconds(),
		Announce: set.Announce, Language: set.Language, Elsewhere: set.Elsewhere, By: by,
		Rules: make([]RuleInfo, len(set.Rules)),
	}
	for i, r := range set.Rules {
		e.Rules[i] = RuleInfo(r)
	}
	if e.Elsewhere == "" {
		e.Elsewhere = UseEveryone
	}
	s.emit(e)
	for _, held := range slices.Clone(s.g.Players) {
		s.follow(held, &was, by)
	}
}

// follow lets a player follow changed settings: its deadlines are told anew
// from when they began to run, and its panel goes to the new channel and is in
// the new language. One that is in no channel will start with the new volume.
func (s *step) follow(held *Player, was *Settings, by UserID) {
	set := &s.g.Settings
	if set.Language != was.Language {
		s.touch(held.Bot, AspectPanel)
	}
	later := func(t time.Time, by time.Duration) time.Time {
		if t = t.Add(by); t.Before(s.now) {
			return s.now
		}
		return t
	}
	if by := set.Idle - was.Idle; by != 0 && !held.IdleAt.IsZero() {
		p := s.edit(held.Bot)
		p.IdleAt = later(p.IdleAt, by)
	}
	if by := set.Empty - was.Empty; by != 0 && !held.EmptyAt.IsZero() {
		p := s.edit(held.Bot)
		p.EmptyAt = later(p.EmptyAt, by)
	}
	if v := s.startVolume(); set.Volume != was.Volume && held.Voice.Want == "" && held.Volume != v {
		s.edit(held.Bot).Volume = v
		s.emit(VolumeChanged{Bot: held.Bot, Volume: v, By: by})
	}
	if set.Announce != "" && set.Announce != held.Text {
		s.settleText(s.edit(held.Bot), set.Announce)
	}
}

// forgetChannel takes a channel that was deleted out of the settings.
func (s *step) forgetChannel(ch ChannelID) {
	set := s.g.Settings
	if set.Announce == ch {
		set.Announce = ""
	}
	if i := set.rule(ch); i >= 0 {
		none := ChannelRule{Channel: ch}
		set, _ = none.set(set)
	}
	s.settings(set, "")
}
