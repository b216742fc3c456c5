package compat

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// bounds has the keywords that bound something; true marks lower bounds.
var bounds = map[string]bool{
	"minimum": true, "exclusiveMinimum": true, "minLength": true, "minItems": true, "minProperties": true,
	"maximum": false, "exclusiveMaximum": false, "maxLength": false, "maxItems": false, "maxProperties": false,
}

// typesOf returns the JSON types that a schema allows; integer within number is
// not told apart.
func typesOf(at string, schema map[string]any) (map[string]bool, error) {
	v, ok := schema["type"]
	if !ok {
		v = []any{"null", "boolean", "object", "array", "number", "string"}
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	set := map[string]bool{}
	for _, t := range list {
		name, ok := t.(string)
		if !ok {
			return nil, fmt.Errorf("at %q: a type must be a string", at)
		}
		set[name] = true
	}
	if set["number"] {
		delete(set, "integer")
	}
	return set, nil
}

func (c *comparer) types(at string, old, now map[string]any) error {
	before, err := typesOf(at, old)
	if err != nil {
		return err
	}
	after, err := typesOf(at, now)
	if err != nil {
		return err
	}
	words := fmt.Sprintf("%s became %s", join(before), join(after))
	for t := range after {
		if !before[t] && (t != "integer" || !before["number"]) {
			c.breaks(at, TypeChanged, words)
			return nil
		}
	}
	if !maps.Equal(before, after) {
		c.breaks(at, TypeNarrowed, words)
	}
	return nil
}

func join(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), " or ")
}

func (c *comparer) enum(at string, old, now map[string]any) error {
	before, had, err := listOf(at, old["enum"])
	if err != nil {
		return err
	}
	after, has, err := listOf(at, now["enum"])
	if err != nil {
		return err
	}
	switch {
	case !had:
		c.breaks(at, EnumNarrowed, "only some values are allowed now")
	case !has:
		c.breaks(at, EnumDropped, "any value is allowed now")
	default:
		if lost := without(before, after); len(lost) > 0 {
			c.breaks(at, EnumNarrowed, fmt.Sprintf("no longer allowed: %v", lost))
		}
		if gained := without(after, before); len(gained) > 0 {
			c.allows(at, EnumWidened, fmt.Sprintf("allowed as well: %v", gained))
		}
	}
	return nil
}

func listOf(at string, v any) ([]any, bool, error) {
	if v == nil {
		return nil, false, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false, fmt.Errorf("at %q: it must be a list", at)
	}
	return list, true, nil
}

// without returns what is in a and not in b.
func without(a, b []any) []any {
	return slices.DeleteFunc(slices.Clone(a), func(v any) bool {
		return slices.ContainsFunc(b, func(w any) bool { return same(v, w) })
	})
}

func (c *comparer) defaults(at string, old, now map[string]any) {
	if sameKeyword("default", old, now) {
		return
	}
	if _, had := old["default"]; !had {
		c.allows(at, DefaultAdded, "it says what the absence means")
		return
	}
	c.breaks(at, DefaultChanged, "the absence means something else")
}

// restriction compares keywords of which each value allows less than none.
func (c *comparer) restriction(at, name string, old, now map[string]any) {
	before, after := old[name], now[name]
	if name == "uniqueItems" {
		before, after = orFalse(before), orFalse(after)
	}
	switch {
	case same(before, after):
	case after == nil || after == false:
		c.allows(at, BoundLoosened, "the restriction is gone")
	default:
		c.breaks(at, BoundTightened, "the restriction is new or another one")
	}
}

// orFalse returns nil for false too, what an absent uniqueItems stands for.
func orFalse(v any) any {
	if v == false {
		return nil
	}
	return v
}

func (c *comparer) bound(at, name string, lower bool, old, now map[string]any) error {
	before, err := numberOf(at, name, old)
	if err != nil {
		return err
	}
	after, err := numberOf(at, name, now)
	if err != nil {
		return err
	}
	switch {
	case before == "" && after == "":
	case before == "":
		c.breaks(at, BoundTightened, "the bound "+after.String()+" is new")
	case after == "":
		c.allows(at, BoundLoosened, "the bound "+before.String()+" is gone")
	default:
		words := before.String() + " became " + after.String()
		switch order := compareNumbers(before, after); {
		case order == 0:
		case order < 0 == lower:
			c.breaks(at, BoundTightened, words)
		default:
			c.allows(at, BoundLoosened, words)
		}
	}
	return nil
}

// numberOf returns a bound, or "" where it bounds nothing.
func numberOf(at, name string, schema map[string]any) (json.Number, error) {
	v, ok := schema[name]
	if !ok {
		return "", nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return "", fmt.Errorf("at %q: a bound must be a number", at)
	}
	switch name {
	case "minLength", "minItems", "minProperties":
		if compareNumbers(n, "0") <= 0 {
			return "", nil
		}
	}
	return n, nil
}
