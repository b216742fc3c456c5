package discord

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Option types of a slash command
// (https://discord.com/developers/docs/interactions/application-commands).
const (
	OptSubcommand = iota + 1
	OptGroup
	OptString
	OptInteger
	OptBoolean
	OptUser
	OptChannel
	OptRole
	OptMentionable
	OptNumber
	OptAttachment
)

// Choice is a fixed value of an option.
type Choice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	// Value is a string or a number, as the option's type says.
	Value any `json:"value"`
}

// Option is an option of a slash command, or a subcommand, or a group of them.
type Option struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	Choices                  []Choice          `json:"choices,omitempty"`
	Options                  []Option          `json:"options,omitempty"`
	ChannelTypes             []int             `json:"channel_types,omitempty"`
	MinValue                 *float64          `json:"min_value,omitempty"`
	MaxValue                 *float64          `json:"max_value,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
}

// Command is an application command as it is registered.
type Command struct {
	ID                       string            `json:"id"`
	ApplicationID            string            `json:"application_id"`
	GuildID                  string            `json:"guild_id,omitempty"`
	Version                  string            `json:"version"`
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations"`
	Options                  []Option          `json:"options,omitempty"`
	DefaultMemberPermissions *string           `json:"default_member_permissions"`
	DMPermission             *bool             `json:"dm_permission,omitempty"`
	NSFW                     bool              `json:"nsfw"`
	IntegrationTypes         []int             `json:"integration_types"`
	Contexts                 []int             `json:"contexts"`
}

// commandName is Discord's pattern; the name must be lower case too.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func slashName(v any, p *problems) {
	s, ok := v.(string)
	if !ok || !commandName.MatchString(s) || strings.ToLower(s) != s {
		p.add("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

func permissionSet(v any, p *problems) {
	s, ok := v.(string)
	if !ok || s == "" || strings.Trim(s, "0123456789") != "" || len(s) > 20 {
		p.add("BITFIELD_TYPE_CONVERT", "Could not interpret this as a permission set.")
	}
}

var choiceCheck = object(fields{
	"name!": str(1, 100), "name_localizations": localized(str(1, 100)),
	"value!": func(v any, p *problems) {
		if s, ok := v.(string); ok {
			str(0, 100)(s, p)
		} else {
			number(v, p)
		}
	},
})

// optionCheck checks an option that may hold others down to a depth of two.
func optionCheck(depth int) check {
	inner := check(func(_ any, p *problems) {
		p.add("APPLICATION_COMMAND_OPTIONS_TOO_DEEP", "Options may not be nested here.")
	})
	if depth > 0 {
		inner = optionCheck(depth - 1)
	}
	return object(fields{
		"type!": integer(OptSubcommand, OptAttachment), "name!": slashName, "name_localizations": localized(slashName),
		"description!": str(1, 100), "description_localizations": localized(str(1, 100)),
		"required": null(boolean), "autocomplete": null(boolean), "choices": null(list(0, 25, choiceCheck)),
		"options": null(list(0, 25, inner)), "channel_types": null(list(0, 20, integer(0, 16))),
		"min_value": null(number), "max_value": null(number),
		"min_length": null(integer(0, 6000)), "max_length": null(integer(1, 6000)),
	}, optionRules)
}

// optionRules are those of a single option that depend on its type.
func optionRules(v any, p *problems) {
	m, _ := v.(map[string]any)
	typ := intOf(m["type"])
	choices, _ := m["choices"].([]any)
	if len(choices) > 0 && m["autocomplete"] == true {
		p.at("autocomplete").add("APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES", "An option has either choices or autocomplete.")
	}
	if (len(choices) > 0 || m["autocomplete"] == true) && !slices.Contains([]int{OptString, OptInteger, OptNumber}, typ) {
		p.at("choices").add("APPLICATION_COMMAND_OPTION_TYPE", "Only string, integer and number options have choices or autocomplete.")
	}
	for _, c := range choices {
		if _, isText := c.(map[string]any)["value"].(string); isText != (typ == OptString) {
			p.at("choices").add("APPLICATION_COMMAND_OPTION_CHOICE_TYPE", "The values of choices must have the option's type.")
			break
		}
	}
	options, _ := m["options"].([]any)
	if typ > OptGroup && len(options) > 0 {
		p.at("options").add("APPLICATION_COMMAND_OPTION_TYPE", "Only subcommands and groups have options.")
	}
	optionList(options, p.at("options"), typ == OptGroup)
}

// optionList are the rules of options among each other. A group holds
// subcommands only; otherwise subcommands and values do not mix.
func optionList(options []any, p *problems, group bool) {
	seen, optional, subs := map[string]bool{}, false, 0
	for _, o := range options {
		m, ok := o.(map[string]any)
		if !ok {
			return
		}
		name, _ := m["name"].(string)
		if seen[name] {
			p.add("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option names must be unique")
		}
		seen[name] = true
		required := m["required"] == true
		if required && optional {
			p.add("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !required
		if intOf(m["type"]) <= OptGroup {
			subs++
		}
	}
	if subs > 0 && subs < len(options) || group && subs < len(options) {
		p.add("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

func commandFields(create bool) fields {
	f := fields{
		"id": null(snowflakeID), "type": null(integer(1, 3)), "name": str(1, 32), "name_localizations": localized(str(1, 32)),
		"description": null(str(0, 100)), "description_localizations": localized(str(1, 100)),
		"options": null(list(0, 25, optionCheck(2))), "default_member_permissions": null(permissionSet),
		"default_permission": null(boolean), "dm_permission": null(boolean), "nsfw": null(boolean),
		"integration_types": null(list(1, 2, integer(0, 1))), "contexts": null(list(0, 3, integer(0, 2))),
	}
	if create {
		f["name!"] = f["name"]
		delete(f, "name")
	}
	return f
}

// commandRules are those that depend on the command's type.
func commandRules(v any, p *problems) {
	m, _ := v.(map[string]any)
	desc, _ := m["description"].(string)
	if typ := intOf(m["type"]); typ > 1 {
		if desc != "" {
			p.at("description").add("APPLICATION_COMMAND_INVALID_DESCRIPTION", "Context menu commands cannot have a description")
		}
		if options, _ := m["options"].([]any); len(options) > 0 {
			p.at("options").add("APPLICATION_COMMAND_INVALID_OPTIONS", "Context menu commands cannot have options")
		}
		return
	}
	slashName(m["name"], p.at("name"))
	if locs, ok := m["name_localizations"].(map[string]any); ok {
		for loc, name := range locs {
			slashName(name, p.at("name_localizations").at(loc))
		}
	}
	if desc == "" {
		p.at("description").add("BASE_TYPE_REQUIRED", "This field is required")
	}
	options, _ := m["options"].([]any)
	optionList(options, p.at("options"), false)
}

func commandCheck(create bool) check {
	if create {
		return object(commandFields(true), commandRules)
	}
	return object(commandFields(false))
}

// size counts the characters that Discord limits to 8000 in total.
func (c *Command) size() int {
	return utf8.RuneCountInString(c.Name) + utf8.RuneCountInString(c.Description) + optionSize(c.Options)
}

func optionSize(options []Option) int {
	n := 0
	for _, o := range options {
		n += utf8.RuneCountInString(o.Name) + utf8.RuneCountInString(o.Description) + optionSize(o.Options)
		for _, ch := range o.Choices {
			s, _ := ch.Value.(string)
			n += utf8.RuneCountInString(ch.Name) + utf8.RuneCountInString(s)
		}
	}
	return n
}
