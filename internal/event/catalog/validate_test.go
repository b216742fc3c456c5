package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/event/catalog"
)

func compile(t testing.TB, e catalog.Entry) *jsonschema.Schema {
	t.Helper()
	raw, err := json.Marshal(contractOf(t, e))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(e.DataSchema, doc); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile(e.DataSchema)
	if err != nil {
		t.Fatalf("%s is no JSON Schema: %v", e.File, err)
	}
	return s
}

// drawInto fills a value with anything that the contract allows.
func drawInto(t *rapid.T, at string, v reflect.Value, n, root node) {
	n = n.resolve(root)
	bound := func(key string, otherwise int64) int64 {
		if f, ok := n[key].(float64); ok {
			return int64(f)
		}
		return otherwise
	}
	switch v.Kind() {
	case reflect.String:
		if allowed, ok := n["enum"].([]any); ok {
			v.SetString(fmt.Sprint(rapid.SampledFrom(allowed).Draw(t, at)))
			return
		}
		v.SetString(rapid.StringN(int(bound("minLength", 0)), 20, -1).Draw(t, at))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, at))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(bound("minimum", -1<<53), bound("maximum", 1<<53)).Draw(t, at))
	case reflect.Slice:
		items, _ := n["items"].(map[string]any)
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 4).Draw(t, at), 4))
		for i := range v.Len() {
			drawInto(t, fmt.Sprintf("%s[%d]", at, i), v.Index(i), items, root)
		}
	case reflect.Struct:
		props := n.properties()
		fields := fieldsOf(v.Type())
		for _, name := range slices.Sorted(maps.Keys(fields)) { // in one order, so that a failure can be drawn again
			f := fields[name]
			if f.optional && rapid.Bool().Draw(t, at+"."+name+" is absent") {
				continue
			}
			drawInto(t, at+"."+name, v.Field(f.index), props[name], root)
			if part := v.Field(f.index); f.optional && part.Kind() == reflect.Slice && part.Len() == 0 {
				part.SetZero() // it is left out, and reads back as none
			}
		}
	default:
		t.Fatalf("%s: a contract cannot speak of %v", at, v.Type())
	}
}

func TestRandomPayloadsKeepTheirContract(t *testing.T) {
	c := newCatalog(t)
	for _, name := range c.Types() {
		t.Run(name, func(t *testing.T) {
			e, _ := c.Lookup(name)
			contract, s := contractOf(t, e), compile(t, e)
			rapid.Check(t, func(t *rapid.T) {
				v := reflect.New(e.GoType).Elem()
				drawInto(t, "data", v, contract, contract)
				p, ok := reflect.TypeAssert[catalog.Payload](v)
				if !ok {
					t.Fatalf("%v is no payload", e.GoType)
				}
				raw, err := c.Wrap(meta(), p)
				if err != nil {
					t.Fatal(err)
				}
				h, back, err := c.Open(raw)
				if err != nil || !reflect.DeepEqual(back, p) {
					t.Fatalf("wrote %+v, read %+v, %v", p, back, err)
				}
				doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(h.Data))
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Validate(doc); err != nil {
					t.Fatalf("%s breaks the contract: %v", h.Data, err)
				}
				refusesDamage(t, s, contract, doc)
			})
		})
	}
}

// refusesDamage shows that the contract bites: each required property is needed
// and each property has one type only.
func refusesDamage(t *rapid.T, s *jsonschema.Schema, contract node, doc any) {
	members, ok := doc.(map[string]any)
	if !ok {
		t.Fatalf("%v is no object", doc)
	}
	for _, name := range contract.required() {
		kept := members[name]
		delete(members, name)
		if s.Validate(members) == nil {
			t.Fatalf("without %s it is still valid", name)
		}
		members[name] = kept
	}
	for name, kept := range members {
		for _, wrong := range []any{nil, 1.5, []any{1.5}, map[string]any{}} {
			members[name] = wrong
			if s.Validate(members) == nil {
				t.Fatalf("%s may be %v", name, wrong)
			}
		}
		members[name] = kept
	}
	members["later"] = []any{"a property of a later time"}
	if err := s.Validate(members); err != nil {
		t.Fatalf("an additional property is refused: %v", err)
	}
}

func TestContractsRefuseNumbersOutOfBounds(t *testing.T) {
	c := newCatalog(t)
	for name, bad := range map[string]string{
		"music.player.volume_changed": `{"bot":"1","by":"2","volume":1001}`,
		"music.player.paused":         `{"bot":"1","play":"2","position_ms":-1}`,
		"music.voice.left":            `{"bot":"1","channel":"2","reason":"bored"}`,
		"music.bot.left":              `{"bot":""}`,
		"music.player.loop_changed":   `{"bot":"1","loop":"sometimes"}`,
		"music.queue.moved":           `{"bot":"1","slot":"2","from":0,"to":1,"by":"3"}`,
		"music.settings.changed":      `{"volume":1,"idle_ms":1,"empty_ms":1,"elsewhere":"nobody","rules":[{"channel":"1","use":"some"}]}`,
		"music.play.ended":            `{"bot":"1","play":"2","slot":"3","reason":"finished","heard_ms":1,"listened_ms":-1}`,
	} {
		e, ok := c.Lookup(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(bad)))
		if err != nil {
			t.Fatal(err)
		}
		if compile(t, e).Validate(doc) == nil {
			t.Errorf("%s allows %s", name, bad)
		}
	}
}
