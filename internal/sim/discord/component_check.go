package discord

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// Component types (https://discord.com/developers/docs/components/reference).
const (
	compRow       = 1
	compButton    = 2
	compSelect    = 3
	compSection   = 9
	compText      = 10
	compThumbnail = 11
	compGallery   = 12
	compFile      = 13
	compSeparator = 14
	compContainer = 17
)

var emojiCheck = object(fields{
	"id": null(snowflakeID), "name": null(str(0, 64)), "animated": null(boolean),
}, func(v any, p *problems) {
	m, _ := v.(map[string]any)
	if s, _ := m["name"].(string); s == "" && m["id"] == nil {
		p.at("name").add("BASE_TYPE_REQUIRED", "This field is required")
	}
})

var buttonCheck = object(fields{
	"type!": oneOf(compButton), "id": null(integer(0, 1<<31)), "style!": integer(1, 6), "label": null(str(0, 80)),
	"emoji": null(emojiCheck), "custom_id": null(str(1, 100)), "url": null(linkURL), "sku_id": null(snowflakeID), "disabled": null(boolean),
}, func(v any, p *problems) {
	m, _ := v.(map[string]any)
	link, has := intOf(m["style"]) == 5, func(k string) bool { return m[k] != nil && m[k] != "" }
	for k, styles := range map[string][]int{"url": {5}, "sku_id": {6}} {
		if has(k) && !slices.Contains(styles, intOf(m["style"])) {
			p.at(k).add("BUTTON_COMPONENT_INVALID_FIELD", "A button of this style has no such field.")
		}
	}
	for _, k := range []string{"custom_id", "label", "emoji"} {
		if has(k) && intOf(m["style"]) == 6 {
			p.at(k).add("BUTTON_COMPONENT_INVALID_FIELD", "A button of this style has no such field.")
		}
	}
	switch {
	case intOf(m["style"]) == 6 && !has("sku_id"):
		p.at("sku_id").add("BASE_TYPE_REQUIRED", "This field is required")
	case link && !has("url"):
		p.at("url").add("BASE_TYPE_REQUIRED", "This field is required")
	case intOf(m["style"]) < 5 && !has("custom_id"):
		p.at("custom_id").add("BASE_TYPE_REQUIRED", "This field is required")
	case link && has("custom_id"):
		p.at("custom_id").add("COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified")
	}
	if intOf(m["style"]) != 6 && !has("label") && m["emoji"] == nil {
		p.at("label").add("BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or emoji.")
	}
})

func selectCheck(typ int) check {
	f := fields{
		"type!": integer(compSelect, 8), "id": null(integer(0, 1<<31)), "custom_id!": str(1, 100), "placeholder": null(str(0, 150)),
		"min_values": null(integer(0, 25)), "max_values": null(integer(1, 25)), "disabled": null(boolean), "required": null(boolean),
	}
	if typ == compSelect {
		f["options!"] = list(1, 25, object(fields{
			"label!": str(1, 100), "value!": str(1, 100), "description": null(str(0, 100)), "emoji": null(emojiCheck), "default": null(boolean),
		}))
	} else {
		f["default_values"] = null(list(0, 25, object(fields{"id!": snowflakeID, "type!": str(1, 16)})))
	}
	if typ == compChannelSelect {
		f["channel_types"] = null(list(0, 20, integer(0, 16)))
	}
	return object(f, selectRules)
}

// rowCheck: a row holds up to five buttons or one select menu.
var rowCheck = object(fields{"type!": oneOf(compRow), "id": null(integer(0, 1<<31)), "components!": list(1, 5, func(v any, p *problems) {
	m, _ := v.(map[string]any)
	switch typ := intOf(m["type"]); {
	case typ == compButton:
		buttonCheck(v, p)
	case isSelect(typ):
		selectCheck(typ)(v, p)
	default:
		p.at("type").add("BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).")
	}
})}, func(v any, p *problems) {
	row, _ := v.(map[string]any)
	all, _ := row["components"].([]any)
	for _, c := range all {
		if m, _ := c.(map[string]any); intOf(m["type"]) != compButton && len(all) > 1 {
			p.at("components").add("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
		}
	}
})

// componentsCheck checks the components of a message: up to five rows, or with
// the flag for components V2 up to forty of all kinds.
func componentsCheck(v2 bool) check {
	top, most := rowCheck, 5
	if v2 {
		top, most = layoutCheck, 40
	}
	return func(v any, p *problems) {
		list(0, most, top)(v, p)
		uniqueIDs(v, p)
		n, text := 0, 0
		for c := range eachComponent(v) {
			n++
			if s, ok := c["content"].(string); ok {
				text += utf8.RuneCountInString(s)
			}
		}
		if v2 && n > 40 {
			p.add("COMPONENT_MAX_TOTAL_COMPONENTS", "A message has at most 40 components in all.")
		}
		if text > 4000 {
			p.add("COMPONENT_MAX_TOTAL_TEXT", "The texts of a message have at most 4000 characters in all.")
		}
	}
}

func layoutCheck(v any, p *problems) { layout(v, p, 2) }

// layout checks one component of V2; containers and sections hold others.
func layout(v any, p *problems, depth int) {
	m, _ := v.(map[string]any)
	id, media := null(integer(0, 1<<31)), fields{"media!": mediaCheck, "description": null(str(0, 1024)), "spoiler": null(boolean)}
	inner := func(v any, p *problems) {
		if depth == 0 {
			p.add("COMPONENT_LAYOUT_DEPTH", "Components are nested too deeply")
			return
		}
		layout(v, p, depth-1)
	}
	single := maps.Clone(media)
	single["type!"], single["id"] = oneOf(compThumbnail), id
	switch intOf(m["type"]) {
	case compRow:
		rowCheck(v, p)
	case compButton:
		buttonCheck(v, p)
	case compText:
		object(fields{"type!": oneOf(compText), "id": id, "content!": str(1, 4000)})(v, p)
	case compSeparator:
		object(fields{"type!": oneOf(compSeparator), "id": id, "divider": null(boolean), "spacing": null(integer(1, 2))})(v, p)
	case compThumbnail:
		object(single)(v, p)
	case compFile:
		object(fields{"type!": oneOf(compFile), "id": id, "file!": mediaCheck, "spoiler": null(boolean)})(v, p)
	case compGallery:
		object(fields{"type!": oneOf(compGallery), "id": id, "items!": list(1, 10, object(media))})(v, p)
	case compSection:
		object(fields{"type!": oneOf(compSection), "id": id, "components!": list(1, 3, inner), "accessory!": inner})(v, p)
	case compContainer:
		object(fields{
			"type!": oneOf(compContainer), "id": id, "components!": list(1, 40, inner),
			"accent_color": null(integer(0, 0xFFFFFF)), "spoiler": null(boolean),
		})(v, p)
	default:
		p.at("type").add("BASE_TYPE_CHOICES", "This component type is not known here.")
	}
}

// eachComponent walks over all components, nested ones too.
func eachComponent(v any) func(yield func(map[string]any) bool) {
	return func(yield func(map[string]any) bool) { walk(v, yield) }
}

func walk(v any, yield func(map[string]any) bool) bool {
	switch t := v.(type) {
	case []any:
		return !slices.ContainsFunc(t, func(e any) bool { return !walk(e, yield) })
	case map[string]any:
		return yield(t) && walk(t["components"], yield) && walk(t["accessory"], yield) && walk(t["component"], yield)
	}
	return true
}

// numbered fills in what Discord's answers have and requests may leave out: an
// id for every component, the defaults of select menus.
func numbered(in []any, next *int) []any {
	for c := range eachComponent(in) {
		*next++
		if c["id"] == nil {
			c["id"] = *next
		}
		if typ := intOf(c["type"]); isSelect(typ) {
			for k, v := range map[string]any{"min_values": 1.0, "max_values": 1.0, "disabled": false} {
				if c[k] == nil {
					c[k] = v
				}
			}
		}
	}
	return in
}
