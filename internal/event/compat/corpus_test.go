package compat_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/event/compat"
)

// change is one change of the corpus: a patch of testdata/base.json (operations
// as RFC 6902 has them) and every difference that must be reported for it.
type change struct {
	Why   string `json:"why"`
	Patch []struct {
		Op    string          `json:"op"`
		Path  string          `json:"path"`
		Value json.RawMessage `json:"value"`
	} `json:"patch"`
	Want []string `json:"want"`
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// apply returns the document with one operation carried out at a path.
func apply(doc any, op string, path []string, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	token, last := unescape(path[0]), len(path) == 1
	switch at := doc.(type) {
	case map[string]any:
		inner, there := at[token]
		if there == (last && op == "add") {
			return nil, fmt.Errorf("%s: %s is there: %v", op, token, there)
		}
		if last && op == "remove" {
			delete(at, token)
			return at, nil
		}
		now, err := apply(inner, op, path[1:], value)
		at[token] = now
		return at, err
	case []any:
		if token == "-" && last && op == "add" {
			return append(at, value), nil
		}
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(at) {
			return nil, fmt.Errorf("%s: there is no element %s", op, token)
		}
		if last && op == "remove" {
			return slices.Delete(at, i, i+1), nil
		}
		at[i], err = apply(at[i], op, path[1:], value)
		return at, err
	}
	return nil, fmt.Errorf("%s: %s is in no object and no list", op, token)
}

func unescape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

// number keeps digits as they are written.
func decode(t testing.TB, raw []byte) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func patched(t testing.TB, base []byte, c change) []byte {
	t.Helper()
	doc := decode(t, base)
	for _, p := range c.Patch {
		var value any
		if len(p.Value) > 0 {
			value = decode(t, p.Value)
		}
		var err error
		if doc, err = apply(doc, p.Op, strings.Split(p.Path, "/")[1:], value); err != nil {
			t.Fatalf("the patch %s does not fit: %v", p.Path, err)
		}
	}
	return encode(t, doc)
}

func TestCorpus(t *testing.T) {
	base := read(t, "testdata/base.json")
	for verdict, least := range map[string]int{"breaking": 20, "allowed": 8} {
		files, err := filepath.Glob("testdata/" + verdict + "/*.json")
		if err != nil || len(files) < least {
			t.Fatalf("%d %s changes, want %d: %v", len(files), verdict, least, err)
		}
		for _, file := range files {
			t.Run(verdict+"/"+strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
				var c change
				if err := json.Unmarshal(read(t, file), &c); err != nil {
					t.Fatal(err)
				}
				if c.Why == "" || len(c.Patch) == 0 {
					t.Fatal("a change needs a reason and a patch")
				}
				changes, err := compat.Compare(base, patched(t, base, c))
				if err != nil {
					t.Fatal(err)
				}
				if breaks := len(compat.OnlyBreaking(changes)) > 0; breaks != (verdict == "breaking") {
					t.Errorf("judged wrongly: %v", changes)
				}
				var got []string
				for _, one := range changes {
					got = append(got, string(one.Kind)+" "+one.Path)
					if one.Detail == "" {
						t.Errorf("%v does not say what happened", one)
					}
				}
				slices.Sort(got)
				slices.Sort(c.Want)
				if !slices.Equal(got, c.Want) {
					t.Errorf("got\n %s\nwant\n %s", strings.Join(got, "\n "), strings.Join(c.Want, "\n "))
				}
			})
		}
	}
}
