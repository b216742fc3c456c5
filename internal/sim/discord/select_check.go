package discord

import (
	"strconv"
	"strings"
)

// linkURL is the target of a link button
// (https://discord.com/developers/docs/components/reference#button).
func linkURL(v any, p *problems) {
	str(1, 512)(v, p)
	if s, _ := v.(string); p.empty() && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "discord://") {
		p.add("URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")
	}
}

// selectRules are those of a select menu whose fields depend on each other.
func selectRules(v any, p *problems) {
	m, _ := v.(map[string]any)
	lo, hi := 1, 1
	if m["min_values"] != nil {
		lo = intOf(m["min_values"])
	}
	if m["max_values"] != nil {
		hi = intOf(m["max_values"])
	}
	if lo > hi {
		p.at("min_values").add("SELECT_COMPONENT_MIN_VALUES", "The minimum is greater than the maximum.")
	}
	defaults, _ := m["default_values"].([]any)
	n := len(defaults)
	if options, ok := m["options"].([]any); ok {
		if hi > len(options) {
			p.at("max_values").add("SELECT_COMPONENT_MAX_VALUES", "There are fewer options than the maximum.")
		}
		n += optionRulesOf(options, p.at("options"))
	}
	if n > hi {
		p.add("SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "More values are chosen by default than the maximum.")
	}
}

// optionRulesOf refuses two options with one value and counts the defaults.
func optionRulesOf(options []any, p *problems) (defaults int) {
	seen := map[string]bool{}
	for i, o := range options {
		m, _ := o.(map[string]any)
		value, _ := m["value"].(string)
		if seen[value] {
			p.at(strconv.Itoa(i)).at("value").add("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		seen[value] = true
		if m["default"] == true {
			defaults++
		}
	}
	return defaults
}
