package catalog_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/schema"
)

// node is a JSON Schema object.
type node map[string]any

func contractOf(t testing.TB, e catalog.Entry) node {
	t.Helper()
	raw, err := schema.Events.ReadFile(e.File)
	if err != nil {
		t.Fatal(err)
	}
	var n node
	if err := json.Unmarshal(raw, &n); err != nil {
		t.Fatalf("%s: %v", e.File, err)
	}
	return n
}

// resolve follows a reference within the same file.
func (n node) resolve(root node) node {
	ref, ok := n["$ref"].(string)
	if !ok {
		return n
	}
	name, ok := strings.CutPrefix(ref, "#/$defs/")
	defs, _ := root["$defs"].(map[string]any)
	found, _ := defs[name].(map[string]any)
	if !ok || found == nil {
		return node{"type": "a reference that leads nowhere: " + ref}
	}
	return found
}

func (n node) properties() map[string]node {
	all, _ := n["properties"].(map[string]any)
	out := make(map[string]node, len(all))
	for name, v := range all {
		p, _ := v.(map[string]any)
		out[name] = p
	}
	return out
}

func (n node) required() []string {
	list, _ := n["required"].([]any)
	var names []string
	for _, v := range list {
		names = append(names, fmt.Sprint(v))
	}
	slices.Sort(names)
	return names
}

// field is what encoding/json makes of a field of a struct.
type field struct {
	index    int
	goType   reflect.Type
	optional bool
}

func fieldsOf(t reflect.Type) map[string]field {
	out := map[string]field{}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		rest := strings.Split(options, ",")
		out[name] = field{f.Index[0], f.Type, slices.Contains(rest, "omitempty") || slices.Contains(rest, "omitzero")}
	}
	return out
}

// disagreements compares a Go type with a contract, both ways.
func disagreements(at string, t reflect.Type, n, root node) []string {
	n = n.resolve(root)
	want := map[reflect.Kind]string{
		reflect.String: "string", reflect.Bool: "boolean", reflect.Struct: "object", reflect.Slice: "array",
		reflect.Int: "integer", reflect.Int64: "integer",
	}[t.Kind()]
	if want == "" || n["type"] != want {
		return []string{fmt.Sprintf("%s: the Go type is %v (%s), the contract has %v", at, t, want, n["type"])}
	}
	switch t.Kind() {
	case reflect.Slice:
		items, _ := n["items"].(map[string]any)
		return disagreements(at+"[]", t.Elem(), items, root)
	case reflect.Struct:
		return structDisagreements(at, t, n, root)
	}
	return nil
}

func structDisagreements(at string, t reflect.Type, n, root node) []string {
	var found []string
	fields, props := fieldsOf(t), n.properties()
	var must []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		p, ok := props[name]
		if !ok {
			found = append(found, at+"."+name+": the contract lacks it")
			continue
		}
		if !fields[name].optional {
			must = append(must, name)
		}
		found = append(found, disagreements(at+"."+name, fields[name].goType, p, root)...)
		if text, _ := p.resolve(root)["description"].(string); len(text) < 10 {
			found = append(found, at+"."+name+": the contract does not describe it")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if _, ok := fields[name]; !ok {
			found = append(found, at+"."+name+": the Go type lacks it")
		}
	}
	if got := n.required(); !slices.Equal(got, must) {
		found = append(found, fmt.Sprintf("%s: required is %v, the Go type always writes %v", at, got, must))
	}
	if n["additionalProperties"] != true {
		found = append(found, at+": additionalProperties must be true, readers tolerate more")
	}
	return found
}

func TestGoTypesAndContractsAgree(t *testing.T) {
	c := newCatalog(t)
	for _, name := range c.Types() {
		t.Run(name, func(t *testing.T) {
			e, _ := c.Lookup(name)
			n := contractOf(t, e)
			for _, d := range disagreements("data", e.GoType, n, n) {
				t.Error(d)
			}
			if n["$schema"] != "https://json-schema.org/draft/2020-12/schema" || n["title"] != name {
				t.Errorf("$schema is %v, title %v", n["$schema"], n["title"])
			}
		})
	}
}

// TestDisagreementsAreSeen holds the comparison itself against types and
// contracts that do not fit.
func TestDisagreementsAreSeen(t *testing.T) {
	type inner struct {
		N int `json:"n"`
	}
	type outer struct {
		A string  `json:"a"`
		B []inner `json:"b,omitempty"`
	}
	const good = `{"type":"object","properties":{"a":{"description":"a description","type":"string"},
		"b":{"description":"a description","type":"array","items":{"$ref":"#/$defs/inner"}}},"required":["a"],"additionalProperties":true,
		"$defs":{"inner":{"type":"object","properties":{"n":{"description":"a description","type":"integer"}},"required":["n"],"additionalProperties":true}}}`
	for change, want := range map[string]string{
		"":                                 "",
		`"type":"string"→"type":"integer"`: "data.a: the Go type is string",
		`"required":["a"]→"required":["a","b"]`:                    "data: required is [a b]",
		`"required":["a"]→"required":[]`:                           "data: required is []",
		`"a":{→"c":{`:                                              "data.a: the contract lacks it",
		`"n":{→"n":{"type":"integer"},"m":{`:                       "data.b[].m: the Go type lacks it",
		`"type":"integer"→"type":"number"`:                         "data.b[].n: the Go type is int",
		`#/$defs/inner→#/$defs/other`:                              "leads nowhere",
		`"required":["n"]→"required":[]`:                           "data.b[]: required is []",
		`"additionalProperties":true→"additionalProperties":false`: "additionalProperties must be true",
		`"description":"a description"→"description":""`:           "data.a: the contract does not describe it",
	} {
		before, after, _ := strings.Cut(change, "→")
		var n node
		if err := json.Unmarshal([]byte(strings.Replace(good, before, after, 1)), &n); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(disagreements("data", reflect.TypeFor[outer](), n, n), "\n")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", change, got, want)
		}
	}
}
