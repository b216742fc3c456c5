package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

const durationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$`

// Schema returns the JSON Schema (2020-12) of a configuration file, as it is
// kept in schema/config.json.
func Schema() ([]byte, error) {
	root := object(fields(reflect.TypeFor[Config]()))
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Configuration of platformd"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("encode the schema of the configuration: %w", err)
	}
	return b.Bytes(), nil
}

// object describes a section; dotted keys become sections of their own.
func object(fs []field) map[string]any {
	properties := make(map[string]any)
	sections := make(map[string][]field)
	var required []string
	for _, f := range fs {
		if head, rest, ok := strings.Cut(f.key, "."); ok {
			f.key = rest
			sections[head] = append(sections[head], f)
			continue
		}
		properties[f.key] = f.schema()
		if f.required {
			required = append(required, f.key)
		}
	}
	for name, inner := range sections {
		properties[name] = object(inner)
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if required != nil {
		out["required"] = required
	}
	return out
}

func (f field) schema() map[string]any {
	s := map[string]any{"description": f.doc}
	if f.allow != "" && f.choices() == nil {
		s["description"] = f.doc + " Allowed: " + f.allowed() + "."
	}
	switch {
	case f.isObjects():
		s["type"], s["items"] = "array", object(f.elem)
		return s
	case f.typ.Kind() == reflect.Slice:
		items := map[string]any{"type": "string"}
		if c := f.choices(); c != nil {
			items["enum"] = c
		}
		s["type"], s["items"], s["uniqueItems"] = "array", items, true
		if f.def != "" {
			s["default"] = strings.Split(f.def, ",")
		}
		return s
	case f.typ.Kind() == reflect.Bool:
		s["type"], s["default"] = "boolean", f.def == "true"
		return s
	case f.typ.Kind() == reflect.Int:
		s["type"] = "integer"
		if low, high, ok := f.bounds(); ok {
			s["minimum"], _ = strconv.Atoi(low)
			s["maximum"], _ = strconv.Atoi(high)
		}
		s["default"], _ = strconv.Atoi(f.def)
		return s
	case f.isTimes():
		s["type"], s["maxProperties"] = "object", maxTimes
		s["additionalProperties"] = map[string]any{"type": "string", "pattern": durationPattern}
		return s
	case f.typ == durationType:
		s["pattern"] = durationPattern
	case f.secret():
		s["writeOnly"] = true
	}
	s["type"] = "string"
	if f.many {
		s["type"], s["items"] = []string{"string", "array"}, map[string]any{"type": "string"}
	}
	if c := f.choices(); c != nil {
		s["enum"] = c
	}
	if f.def != "" {
		s["default"] = f.def
	}
	return s
}
