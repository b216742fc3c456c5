package compat_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/event/compat"
	"github.com/atrilhq/platform/schema"
)

// object returns a member of a decoded contract that is an object itself.
func object(t *rapid.T, m map[string]any, name string) map[string]any {
	inner, ok := m[name].(map[string]any)
	if !ok {
		t.Fatalf("%s is no object", name)
	}
	return inner
}

// TestRealContractsUnderRandomChanges changes the contracts that were really
// released: whatever is taken away or asked for breaks, whatever is added does not.
func TestRealContractsUnderRandomChanges(t *testing.T) {
	files, err := fs.Glob(schema.Events, "events/released/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no released contracts", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		raw, err := fs.ReadFile(schema.Events, rapid.SampledFrom(files).Draw(t, "file"))
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		props := object(t, doc, "properties")
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(props))).Draw(t, "property")
		prop := object(t, props, name)
		must, _ := doc["required"].([]any)
		wantBreak := rapid.Bool().Draw(t, "break it")
		if wantBreak {
			switch rapid.IntRange(0, 5).Draw(t, "how") {
			case 0:
				delete(props, name)
			case 1:
				props[name+"2"] = prop
				delete(props, name)
			case 2:
				props[name] = map[string]any{"type": "null"}
			case 3:
				props["extra"] = map[string]any{"type": "string"}
				doc["required"] = append(must, "extra")
			case 4:
				doc["required"] = must[1:]
			case 5:
				doc["additionalProperties"] = false
			}
		} else {
			for range rapid.IntRange(1, 4).Draw(t, "times") {
				switch rapid.IntRange(0, 3).Draw(t, "how") {
				case 0:
					props[rapid.StringMatching(`new_[a-z/~]{1,8}`).Draw(t, "name")] = map[string]any{"type": rapid.SampledFrom([]string{"string", "object", "null"}).Draw(t, "type")}
				case 1:
					prop["description"] = rapid.String().Draw(t, "words")
				case 2:
					if values, ok := prop["enum"].([]any); ok {
						prop["enum"] = append(values, "later")
					}
				case 3:
					delete(prop, "minLength")
					delete(prop, "maximum")
				}
			}
		}
		changed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		changes, err := compat.Compare(raw, changed)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(compat.OnlyBreaking(changes)) > 0; got != wantBreak {
			t.Fatalf("breaking is %v for %s: %v", got, changed, changes)
		}
	})
}

func validator(t testing.TB, raw []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:test:order.placed:1", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:test:order.placed:1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOlderEventsStayValid asks a real validator: what was valid under the
// released contract is valid under each contract of the corpus that is allowed.
func TestOlderEventsStayValid(t *testing.T) {
	base := read(t, "testdata/base.json")
	older := []string{
		`{"id":"0197a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b","kind":"order","state":"new","count":1}`,
		`{"id":"0197a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b","kind":"order","state":"sent","count":100,"price":0.5,"code":"ABC","tags":["a"],
		"note":null,"currency":"USD","address":{"street":"s","zip":"z","more":1},"lines":[{"sku":"s","n":1}],"pair":["a",1],
		"payment":{"card":"c"},"sealed":{"a":"a"},"labels":{"x":"y"},"tree":{"name":"a","children":[{"name":"b"}]},"later":[1]}`,
	}
	files, err := filepath.Glob("testdata/allowed/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no allowed changes", err)
	}
	schemas := map[string]*jsonschema.Schema{"base": validator(t, base)}
	for _, file := range files {
		var c change
		if err := json.Unmarshal(read(t, file), &c); err != nil {
			t.Fatal(err)
		}
		schemas[file] = validator(t, patched(t, base, c))
	}
	for file, s := range schemas {
		for _, raw := range older {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(raw)))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}
