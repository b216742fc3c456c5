package compat

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

func (c *comparer) required(at string, old, now map[string]any) error {
	before, _, err := listOf(at, old["required"])
	if err != nil {
		return err
	}
	after, _, err := listOf(at, now["required"])
	if err != nil {
		return err
	}
	for _, name := range without(after, before) {
		c.breaks(at, Required, fmt.Sprintf("%v has to be there now; older events lack it", name))
	}
	for _, name := range without(before, after) {
		c.breaks(at, NoLongerRequired, fmt.Sprintf("%v may be missing now; readers rely on it", name))
	}
	return nil
}

func (c *comparer) properties(at string, old, now map[string]any) error {
	before, err := schemasOf(at, old["properties"])
	if err != nil {
		return err
	}
	after, err := schemasOf(at, now["properties"])
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		place := at + "/" + escape(name)
		current, ok := after[name]
		if !ok {
			c.breaks(place, FieldRemoved, "the property is gone")
			continue
		}
		if err := c.schema(place, before[name], current); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[name]; ok {
			continue
		}
		place := at + "/" + escape(name)
		if opennessOf(old) != open {
			c.breaks(place, FieldAdded, "the property is new and the released contract refuses what it does not know")
			continue
		}
		c.allows(place, FieldAdded, "the property is new")
	}
	return nil
}

func schemasOf(at string, v any) (map[string]any, error) {
	if v == nil {
		return map[string]any{}, nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("at %q: it must be an object", at)
	}
	return m, nil
}

// openness says what an object does with properties that it does not name.
type openness int

const (
	open openness = iota
	bound
	shut
)

func opennessOf(schema map[string]any) openness {
	switch v := schema["additionalProperties"].(type) {
	case bool:
		if !v {
			return shut
		}
	case map[string]any:
		if len(v) > 0 {
			return bound
		}
	}
	return open
}

func (c *comparer) additional(at string, old, now map[string]any) error {
	before, after := opennessOf(old), opennessOf(now)
	switch {
	case before == bound && after == bound:
		return c.schema(at, old["additionalProperties"], now["additionalProperties"])
	case before < after:
		c.breaks(at, Closed, "properties that were passed over are refused or bound now")
	case before > after:
		c.allows(at, Opened, "properties that were refused or bound are passed over now")
	}
	return nil
}

// list compares lists of schemas place by place.
func (c *comparer) list(at, name string, old, now map[string]any) error {
	before, _, err := listOf(at, old[name])
	if err != nil {
		return err
	}
	after, _, err := listOf(at, now[name])
	if err != nil {
		return err
	}
	if len(before) != len(after) {
		kind := Unjudged
		if name == "prefixItems" {
			kind = ItemsChanged
		}
		c.breaks(at, kind, fmt.Sprintf("%d schemas became %d", len(before), len(after)))
		return nil
	}
	for i := range before {
		if err := c.schema(at+"/"+strconv.Itoa(i), before[i], after[i]); err != nil {
			return err
		}
	}
	return nil
}
