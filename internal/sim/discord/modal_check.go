package discord

import (
	"encoding/json"
	"fmt"
	"maps"
)

// Components of modals
// (https://discord.com/developers/docs/components/reference#anatomy-of-a-component).
const (
	compTextInput     = 4
	compUserSelect    = 5
	compRoleSelect    = 6
	compMentionSelect = 7
	compChannelSelect = 8
	compLabel         = 18
)

// textInput checks a text input. In a row it has a label of its own, in a
// label it has none.
func textInput(labelled bool) check {
	f := fields{
		"type!": oneOf(compTextInput), "id": null(integer(0, 1<<31)), "custom_id!": str(1, 100), "style!": integer(1, 2),
		"min_length": null(integer(0, 4000)), "max_length": null(integer(1, 4000)), "required": null(boolean),
		"value": null(str(0, 4000)), "placeholder": null(str(0, 100)),
	}
	if labelled {
		f["label!"] = str(1, 45)
	} else {
		f["label"] = func(v any, p *problems) {
			if v != nil {
				p.add("COMPONENT_LABEL_NOT_ALLOWED", "The label stands at the component around this one.")
			}
		}
	}
	return object(f, func(v any, p *problems) {
		m, _ := v.(map[string]any)
		if m["min_length"] != nil && m["max_length"] != nil && intOf(m["min_length"]) > intOf(m["max_length"]) {
			p.at("min_length").add("TEXT_INPUT_COMPONENT_MIN_LENGTH", "The minimum is greater than the maximum.")
		}
		if s, _ := m["value"].(string); s != "" {
			n := len([]rune(s))
			if m["max_length"] != nil && n > intOf(m["max_length"]) || n < intOf(m["min_length"]) {
				p.at("value").add("BASE_TYPE_BAD_LENGTH", "The value does not have the length that is asked for.")
			}
		}
	})
}

// modalPart checks one component at the top of a modal.
func modalPart(v any, p *problems) {
	m, _ := v.(map[string]any)
	id := null(integer(0, 1<<31))
	switch intOf(m["type"]) {
	case compRow:
		object(fields{"type!": oneOf(compRow), "id": id, "components!": list(1, 1, textInput(true))})(v, p)
	case compLabel:
		object(fields{
			"type!": oneOf(compLabel), "id": id, "label!": str(1, 45), "description": null(str(1, 100)),
			"component!": func(v any, p *problems) {
				in, _ := v.(map[string]any)
				switch typ := intOf(in["type"]); {
				case typ == compTextInput:
					textInput(false)(v, p)
				case isSelect(typ):
					selectCheck(typ)(v, p)
				default:
					p.at("type").add("BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (3, 4, 5, 6, 7, 8).")
				}
			},
		})(v, p)
	case compText:
		object(fields{"type!": oneOf(compText), "id": id, "content!": str(1, 4000)})(v, p)
	default:
		p.at("type").add("BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (1, 10, 18).")
	}
}

func isSelect(typ int) bool {
	return typ == compSelect || typ >= compUserSelect && typ <= compChannelSelect
}

var modalCheck = object(fields{
	"custom_id!": str(1, 100), "title!": str(1, 45), "components!": list(1, 5, modalPart),
}, func(v any, p *problems) {
	m, _ := v.(map[string]any)
	uniqueIDs(m["components"], p.at("components"))
})

// takeModal checks a modal and gives it the id by which it is submitted.
func takeModal(data any, id string) (json.RawMessage, *apiError) {
	q := &request{body: data}
	if e := q.validate(modalCheck); e != nil {
		return nil, e
	}
	m, ok := data.(map[string]any)
	if !ok {
		return nil, refuse(400, 50035, "Invalid Form Body")
	}
	parts, _ := m["components"].([]any)
	next := 0
	out := maps.Clone(m)
	out["id"], out["components"] = id, numbered(parts, &next)
	return mustJSON(out), nil
}

// uniqueIDs refuses two components with one custom id.
func uniqueIDs(v any, p *problems) {
	seen := map[string]bool{}
	for c := range eachComponent(v) {
		id, _ := c["custom_id"].(string)
		if id != "" && seen[id] {
			p.add("COMPONENT_CUSTOM_ID_DUPLICATED", fmt.Sprintf("Component custom id %q cannot be duplicated", clip(id)))
		}
		seen[id] = true
	}
}
