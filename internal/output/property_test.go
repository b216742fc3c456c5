package output_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/output"
)

// anything draws a value that JSON can write.
func anything(t *rapid.T, depth int) any {
	kinds := 4
	if depth > 0 {
		kinds = 6
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.OneOf(rapid.SampledFrom([]string{"no", "yes", "on", "~", "null", "1", "1e3", "0x1f", "1:30", "2026-03-01", "", " ", "- a", "a: b", "#x", "'", "\"", "<<", "=", "!!str"}), rapid.StringMatching(`[ -~áé\n\t日]{0,20}`)).Draw(t, "text")
	case 1:
		return float64(rapid.Int32().Draw(t, "number"))
	case 2:
		return rapid.Bool().Draw(t, "bool")
	case 3:
		return nil
	case 4:
		n := rapid.IntRange(0, 4).Draw(t, "length")
		list := make([]any, n)
		for i := range list {
			list[i] = anything(t, depth-1)
		}
		return list
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "size") {
		m[rapid.SampledFrom([]string{"on", "name", "a b", "1", "no", "x:y"}).Draw(t, "key")] = anything(t, depth-1)
	}
	return m
}

// What is printed as YAML is what is printed as JSON.
func TestYAMLSaysWhatJSONSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := map[string]any{"value": anything(t, 3)}
		p, out, _ := printer(output.Options{Format: output.FormatYAML})
		if err := p.Print(in, nil, nil); err != nil {
			t.Fatal(err)
		}
		var back any
		if err := yaml.Unmarshal(out.Bytes(), &back); err != nil {
			t.Fatalf("%v: %q", err, out)
		}
		want, _ := json.Marshal(in)
		got, err := json.Marshal(back)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		_ = json.Unmarshal(want, &a)
		_ = json.Unmarshal(got, &b)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%s became %s by %q", want, got, out)
		}
	})
}

// Whatever text a track has, a table keeps its rows and steers nothing.
func TestTablesKeepTheirShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.String(), 3, 3), 1, 5).Draw(t, "rows")
		tab := output.Table{Columns: []output.Column{{Title: "A"}, {Title: "B", Right: true}, {Title: "C"}}}
		for _, r := range rows {
			tab.Rows = append(tab.Rows, output.Text(r...))
		}
		p, out, _ := printer(output.Options{Width: rapid.IntRange(0, 100).Draw(t, "width")})
		if err := p.Print(nil, nil, func() output.Table { return tab }); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != len(rows)+1 {
			t.Fatalf("%d lines for %d rows: %q", n, len(rows), out)
		}
		for _, r := range out.String() {
			if r != '\n' && unicode.IsControl(r) {
				t.Fatalf("%q steers the terminal", r)
			}
		}
	})
}

func TestFurtherTables(t *testing.T) {
	p, out, _ := printer(output.Options{})
	err := p.Print(nil, nil, func() output.Table {
		tab := output.Fields(output.Text("key", "value"))
		tab.Next = []output.Table{{}, {Columns: []output.Column{{Title: "X"}}, Rows: [][]output.Cell{output.Text("1")}}}
		return tab
	})
	if err != nil || out.String() != "key  value\n\nX\n1\n" {
		t.Errorf("%v %q", err, out)
	}
}
