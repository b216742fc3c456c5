package compat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// document is a whole contract; its references lead to places within it.
type document struct{ root any }

// maxHops is how many references may follow one upon the other.
const maxHops = 32

func parse(raw []byte) (any, error) {
	if len(raw) > MaxContract {
		return nil, errors.New("it is larger than 1 MiB")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // bounds may be larger than a float64 holds
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows it")
	}
	return v, nil
}

// follow returns the schema that a local reference leads to, and the reference.
// A reference that has other constraints beside it, or leads out of the
// document, stays what it is.
func (d document) follow(path string, schema any) (any, string, error) {
	var last string
	for range maxHops {
		m, ok := schema.(map[string]any)
		if !ok {
			return schema, last, nil
		}
		ref, ok := m["$ref"].(string)
		if !ok || !strings.HasPrefix(ref, "#") || constrained(m) {
			return schema, last, nil
		}
		target, err := d.lookup(ref)
		if err != nil {
			return nil, "", fmt.Errorf("at %q: %w", path, err)
		}
		schema, last = target, ref
	}
	return nil, "", fmt.Errorf("at %q: too many references follow one upon the other", path)
}

// constrained is true for a reference that does not stand alone.
func constrained(m map[string]any) bool {
	for name := range m {
		switch name {
		case "$ref", "title", "description", "$comment", "examples", "deprecated", "readOnly", "writeOnly":
		default:
			return true
		}
	}
	return false
}

// lookup finds what a reference names: a JSON Pointer in a URI fragment.
func (d document) lookup(ref string) (any, error) {
	pointer, err := url.PathUnescape(strings.TrimPrefix(ref, "#"))
	if err != nil {
		return nil, fmt.Errorf("the reference %q: %w", ref, err)
	}
	at := d.root
	if pointer == "" {
		return at, nil
	}
	if !strings.HasPrefix(pointer, "/") {
		return nil, fmt.Errorf("the reference %q is not a JSON Pointer", ref)
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		var ok bool
		switch v := at.(type) {
		case map[string]any:
			at, ok = v[token]
		case []any:
			var i int
			if i, err = strconv.Atoi(token); err == nil && i >= 0 && i < len(v) {
				at, ok = v[i], true
			}
		}
		if !ok {
			return nil, fmt.Errorf("the reference %q leads nowhere", ref)
		}
	}
	return at, nil
}

// identity tells schemas apart while two contracts are walked through: by the
// reference that led there, or else by the place in memory.
func identity(ref string, schema any) string {
	if m, ok := schema.(map[string]any); ok && ref == "" {
		return fmt.Sprintf("%p", m)
	}
	return fmt.Sprint(ref, schema == true)
}

// object returns a schema as an object; true is the empty one, false is told apart.
func object(path string, schema any) (m map[string]any, isFalse bool, err error) {
	switch v := schema.(type) {
	case map[string]any:
		return v, false, nil
	case bool:
		return map[string]any{}, !v, nil
	}
	return nil, false, fmt.Errorf("at %q: a schema must be an object or a boolean", path)
}

// orTrue returns the schema that an absent one stands for.
func orTrue(schema any) any {
	if schema == nil {
		return true
	}
	return schema
}

// refsIn returns the local references within a value, in order.
func refsIn(v any) []string {
	found := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && strings.HasPrefix(ref, "#") {
				found[ref] = true
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(v)
	return slices.Sorted(maps.Keys(found))
}

// escape writes a name as a token of a JSON Pointer.
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// same is equality of JSON values: 1 is 1.0, the order of members does not matter.
func same(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && compareNumbers(x, y) == 0
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, same)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, same)
	}
	switch b.(type) {
	case json.Number, map[string]any, []any:
		return false
	}
	return a == b
}

// sameKeyword is true where both schemas have the keyword with the same value,
// or neither has it.
func sameKeyword(name string, old, now map[string]any) bool {
	before, had := old[name]
	after, has := now[name]
	return had == has && same(before, after)
}

// compareNumbers compares JSON numbers beyond the precision of float64.
func compareNumbers(a, b json.Number) int {
	x, _, errX := big.ParseFloat(a.String(), 10, 256, big.ToNearestEven)
	y, _, errY := big.ParseFloat(b.String(), 10, 256, big.ToNearestEven)
	if errX != nil || errY != nil {
		return strings.Compare(a.String(), b.String())
	}
	return x.Cmp(y)
}
