package compat_test

import (
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/event/compat"
	"github.com/atrilhq/platform/internal/fault"
)

func TestCompareRefuses(t *testing.T) {
	const good = `{"type":"object"}`
	for name, c := range map[string]struct{ raw, want string }{
		"nothing":                   {"", "EOF"},
		"not JSON":                  {"{", "EOF"},
		"two documents":             {"{}{}", "something follows"},
		"a list":                    {"[]", "object or a boolean"},
		"null":                      {"null", "object or a boolean"},
		"too large":                 {`"` + strings.Repeat("x", compat.MaxContract) + `"`, "1 MiB"},
		"a type that is none":       {`{"type":1}`, "a type must be a string"},
		"an enum that is none":      {`{"enum":"a"}`, "must be a list"},
		"required that is none":     {`{"required":"a"}`, "must be a list"},
		"properties that are none":  {`{"properties":[]}`, "must be an object"},
		"a bound that is none":      {`{"minimum":"1"}`, "a bound must be a number"},
		"items that are none":       {`{"items":3}`, "object or a boolean"},
		"a reference to nowhere":    {`{"items":{"$ref":"#/$defs/a"}}`, "leads nowhere"},
		"a reference into a list":   {`{"allOf":[{}],"items":{"$ref":"#/allOf/1"}}`, "leads nowhere"},
		"a reference by anchor":     {`{"items":{"$ref":"#here"}}`, "not a JSON Pointer"},
		"a reference badly written": {`{"items":{"$ref":"#/%zz"}}`, "%zz"},
		"a circle of references":    {`{"items":{"$ref":"#/items"}}`, "too many references"},
	} {
		t.Run(name, func(t *testing.T) {
			for side, pair := range map[string][2]string{"released": {c.raw, good}, "current": {good, c.raw}} {
				_, err := compat.Compare([]byte(pair[0]), []byte(pair[1]))
				if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: got %v, want %q", side, err, c.want)
				}
			}
		})
	}
}

func TestReferences(t *testing.T) {
	for name, c := range map[string]struct{ released, current, want string }{
		"escaped names": {
			`{"items":{"$ref":"#/$defs/a~1b~0c%20d"},"$defs":{"a/b~c d":{"type":"string"}}}`,
			`{"items":{"type":"integer"}}`, "type_changed",
		},
		"a reference to a reference": {
			`{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"type":"string"}}}`,
			`{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"type":"integer"}}}`, "type_changed",
		},
		"into a list": {
			`{"items":{"$ref":"#/allOf/0"},"allOf":[{"type":"array"}]}`,
			`{"items":{"type":"array"},"allOf":[{"type":"array"}]}`, "",
		},
		"beside other keywords": {
			`{"items":{"$ref":"#/$defs/a","maxLength":2},"$defs":{"a":{"type":"string"}}}`,
			`{"items":{"$ref":"#/$defs/a","maxLength":2},"$defs":{"a":{"type":"integer"}}}`, "type_changed",
		},
		"beside words": {
			`{"items":{"$ref":"#/$defs/a","description":"words"},"$defs":{"a":{"type":"string"}}}`,
			`{"items":{"type":"string"}}`, "",
		},
		"within a keyword without a rule": {
			`{"not":{"anyOf":[{"$ref":"#/$defs/a"}]},"$defs":{"a":{"maxLength":2}}}`,
			`{"not":{"anyOf":[{"$ref":"#/$defs/a"}]},"$defs":{"a":{"maxLength":1}}}`, "bound_tightened",
		},
		"out of the document, the same": {`{"items":{"$ref":"urn:a"}}`, `{"items":{"$ref":"urn:a"}}`, ""},
		"out of the document, another":  {`{"items":{"$ref":"urn:a"}}`, `{"items":{"$ref":"urn:b"}}`, "unjudged"},
		"recursion on one side": {
			`{"type":"array"}`, `{"type":"array","items":{"$ref":"#"}}`, "type_narrowed",
		},
		"recursion of different lengths": {
			`{"type":"array","items":{"$ref":"#"}}`,
			`{"type":"array","items":{"type":"array","items":{"$ref":"#"}}}`, "",
		},
		"two that share a current definition": {
			`{"properties":{"a":{"type":"string"},"b":{"type":"integer"}}}`,
			`{"properties":{"a":{"$ref":"#/$defs/s"},"b":{"$ref":"#/$defs/s"}},"$defs":{"s":{"type":"string"}}}`, "type_changed",
		},
		"false on both sides": {`{"items":false}`, `{"items":false}`, ""},
		"false no more":       {`{"items":false}`, `{"items":{"type":"string"}}`, "type_changed"},
	} {
		t.Run(name, func(t *testing.T) {
			changes, err := compat.Compare([]byte(c.released), []byte(c.current))
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(changes) == 0 {
				return
			}
			if len(changes) == 0 || string(changes[0].Kind) != c.want || !changes[0].Breaking {
				t.Fatalf("got %v, want %q", changes, c.want)
			}
		})
	}
}

func TestChangeInWords(t *testing.T) {
	c := compat.Change{Path: "/type", Kind: compat.TypeChanged, Detail: "string became integer", Breaking: true}
	if got := c.String(); got != "breaking type_changed at /type: string became integer" {
		t.Fatalf("got %q", got)
	}
	c.Breaking = false
	if got := c.String(); !strings.HasPrefix(got, "allowed ") {
		t.Fatalf("got %q", got)
	}
	both := []compat.Change{c, {Path: "/x", Breaking: true}}
	if got := compat.OnlyBreaking(both); len(got) != 1 || got[0].Path != "/x" || len(both) != 2 || both[0] != c {
		t.Fatalf("got %v of %v", got, both)
	}
}

func FuzzCompare(f *testing.F) {
	base := read(f, "testdata/base.json")
	f.Add(base, base)
	f.Add([]byte(`{"type":["string","null"],"enum":[1,1.0,null]}`), []byte(`{"$ref":"#/$defs/a","$defs":{"a":{"items":{"$ref":"#"}}}}`))
	f.Add([]byte(`{"minimum":1e400,"allOf":[{"$ref":"#"}]}`), []byte(`true`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		changes, err := compat.Compare(a, b)
		if err != nil && (fault.CodeOf(err) != fault.Invalid || changes != nil) {
			t.Fatalf("got %v, %v", changes, err)
		}
		same, err := compat.Compare(a, a)
		if err == nil && len(same) > 0 {
			t.Fatalf("it differs from itself: %v", same)
		}
	})
}
