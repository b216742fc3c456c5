package output_test

import (
	"encoding/json"
	"errors"
	"fmt"
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
		return rapid.OneOf(rapid.SampledFrom([]string{"no", "yes", "on", "~", "null", "1", "1e3", "0x1f", "1:30", "2026-03-01", "", " ", "- a", "a: b", "#x", "'", "\"", "<<", "=", "!!str"}), rapid.StringMatching(`[ -~áé\n\t日]{0,20}`), rapid.String()).Draw(t, "text")
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
		key := rapid.OneOf(rapid.SampledFrom([]string{"on", "name", "a b", "1", "no", "x:y"}), rapid.StringMatching(`[ -~\n\t]{0,8}`))
		m[key.Draw(t, "key")] = anything(t, depth-1)
	}
	return m
}

// What is printed as YAML is what is printed as JSON.
func TestYAMLSaysWhatJSONSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameAsJSON(t, map[string]any{"value": anything(t, 3)}) })
}

// Texts that a block of lines or a bare word would lose or could not hold.
func TestYAMLKeepsAwkwardTexts(t *testing.T) {
	for _, s := range []string{
		"\t\n", "\n", "\n\n", " \n", "\n\t", "\n a", "\ta\nb", "  a\nb", "a\n\tb", "a\n  b\n", "a\n\n", "a \n b", "\t", "a\tb", "a\r\nb", "\r",
		"a\u0085b", "a\u2028b\nc", "\ufeffa", "\ufeffa\nb", "a\x00b", "a\u00a0b", "#a\n#b", "---\na", "...\n", "- a\n- b", "|\na", "%a\nb",
	} {
		t.Run(fmt.Sprintf("%q", s), func(t *testing.T) {
			sameAsJSON(t, map[string]any{"value": s, "list": []any{s, []any{s}, map[string]any{s: s}}})
		})
	}
}

// sameAsJSON fails where a value that is printed as YAML is read as another one
// than JSON has.
func sameAsJSON(t rapid.TB, in any) {
	t.Helper()
	p, out, _ := printer(output.Options{Format: output.FormatYAML})
	if err := p.Print(in, nil, nil); err != nil {
		t.Fatal(err)
	}
	var back any
	if err := yaml.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	want, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := errors.Join(json.Unmarshal(want, &a), json.Unmarshal(got, &b)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("%s became %s by %q", want, got, out)
	}
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
