package music

import "slices"

// closed refuses an actor whom the rules keep from using a channel. Who may
// manage the guild may use all of them; no channel is open.
func (set *Settings) closed(a Actor, ch ChannelID) *Refusal {
	if ch == "" || a.Admin || a.Operator {
		return nil
	}
	use, roles := set.Elsewhere, []RoleID(nil)
	i := set.rule(ch)
	if i < 0 && ch == a.Text && a.Parent != "" {
		// A thread follows the rule of the channel that it belongs to.
		ch = a.Parent
		i = set.rule(ch)
	}
	if i >= 0 {
		use, roles = set.Rules[i].Use, set.Rules[i].Roles
	}
	switch use {
	case UseNobody:
	case UseRoles:
		if slices.ContainsFunc(a.Roles, func(r RoleID) bool { return slices.Contains(roles, r) }) {
			return nil
		}
	default:
		return nil
	}
	return &Refusal{Reason: ReasonChannelClosed, Channel: ch, Roles: roles}
}

// rule returns where the rule of a channel stands, -1 if there is none.
func (set *Settings) rule(ch ChannelID) int {
	return slices.IndexFunc(set.Rules, func(r ChannelRule) bool { return r.Channel == ch })
}

// check refuses a rule that can never be kept.
func (r *ChannelRule) check() *Refusal {
	bad := &Refusal{Reason: ReasonSettingInvalid, Query: "rule", Channel: r.Channel}
	switch {
	case !named(string(r.Channel)):
		bad.Channel = ""
		return bad
	case r.Use == UseRoles:
		if len(r.Roles) == 0 || len(r.Roles) > MaxRoles {
			bad.Limit = MaxRoles
			return bad
		}
		if slices.ContainsFunc(r.Roles, func(id RoleID) bool { return !named(string(id)) }) {
			return bad
		}
	case len(r.Roles) > 0:
		return bad
	case r.Use != "" && r.Use != UseEveryone && r.Use != UseNobody:
		return bad
	}
	return nil
}

// set returns settings with a rule in place of the one that its channel had.
func (r *ChannelRule) set(to Settings) (Settings, *Refusal) {
	i := to.rule(r.Channel)
	rules := slices.Clone(to.Rules)
	w := *r
	w.Roles = nil
	for _, id := range r.Roles {
		if !slices.Contains(w.Roles, id) {
			w.Roles = append(w.Roles, id)
		}
	}
	switch {
	case r.Use == "" && i >= 0:
		rules = slices.Delete(rules, i, i+1)
	case r.Use == "":
	case i >= 0:
		rules[i] = w
	case len(rules) >= MaxRules:
		return to, &Refusal{Reason: ReasonSettingInvalid, Query: "rule", Limit: MaxRules, Channel: r.Channel}
	default:
		rules = append(rules, w)
	}
	to.Rules = rules
	if len(rules) == 0 {
		to.Rules = nil
	}
	return to, nil
}

// maxName is the longest id of something outside that is kept, in bytes.
const maxName = 64

// named is true for what can be an id outside: printable, without spaces.
func named(id string) bool {
	if id == "" || len(id) > maxName {
		return false
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}
