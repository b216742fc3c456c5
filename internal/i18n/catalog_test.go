package i18n_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/i18n"
)

// message is one entry of a catalog file: its forms by their CLDR names.
type message map[string]string

func (m *message) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*m = message{"other": s}
		return nil
	}
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return err
	}
	*m = forms
	return nil
}

func catalog(t *testing.T, lang string) map[string]message {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("catalog", lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]message
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// places returns the names of the places in a template, sorted.
func places(t *testing.T, id, src string) []string {
	t.Helper()
	tmpl, err := template.New(id).Parse(src)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	found := map[string]bool{}
	var walk func(parse.Node)
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, c := range n.Nodes {
					walk(c)
				}
			}
		case *parse.IfNode:
			walk(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				for _, a := range c.Args {
					walk(a)
				}
			}
		case *parse.FieldNode:
			found[strings.Join(n.Ident, ".")] = true
		case *parse.TextNode:
		default:
			t.Errorf("%s: a template of a sentence has only places and if, not %T", id, n)
		}
	}
	walk(tmpl.Root)
	return slices.Sorted(maps.Keys(found))
}

func TestCatalogsHaveEveryMessageAndNoOther(t *testing.T) {
	var want []string
	for _, id := range i18n.All() {
		want = append(want, string(id))
	}
	slices.Sort(want)
	if len(slices.Compact(slices.Clone(want))) != len(want) {
		t.Error("an id is listed twice")
	}
	for _, lang := range []string{"en", "es"} {
		if got := slices.Sorted(maps.Keys(catalog(t, lang))); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", lang, got, want)
		}
	}
}

func TestLanguagesHaveTheSamePlacesAndTheirOwnForms(t *testing.T) {
	en, es := catalog(t, "en"), catalog(t, "es")
	forms := map[string][]string{"en": {"one", "other"}, "es": {"many", "one", "other"}}
	for _, id := range i18n.All() {
		plural := len(en[string(id)]) > 1
		var first []string
		for lang, c := range map[string]map[string]message{"en": en, "es": es} {
			m := c[string(id)]
			if got := slices.Sorted(maps.Keys(m)); plural && !slices.Equal(got, forms[lang]) {
				t.Errorf("%s %s: forms %v, want %v", lang, id, got, forms[lang])
			} else if !plural && !slices.Equal(got, []string{"other"}) {
				t.Errorf("%s %s: forms %v without a plural in English", lang, id, got)
			}
			for form, text := range m {
				got := places(t, string(id), text)
				// "the last track" says one without a number.
				if form == "one" && !slices.Contains(got, "Count") {
					got = slices.Sorted(slices.Values(append(got, "Count")))
				}
				if first == nil {
					first = append([]string{}, got...)
				}
				if !slices.Equal(got, first) {
					t.Errorf("%s %s %s: places %v, elsewhere %v", lang, id, form, got, first)
				}
				if strings.TrimSpace(text) != text || text == "" || !utf8.ValidString(text) {
					t.Errorf("%s %s %s: %q is empty, has space around it or is not UTF-8", lang, id, form, text)
				}
			}
		}
	}
}

func TestSpanishIsTranslated(t *testing.T) {
	en, es := catalog(t, "en"), catalog(t, "es")
	for id, m := range en {
		if m["other"] == es[id]["other"] && !strings.HasPrefix(id, "plan.") {
			t.Errorf("%s says the same in both languages: %q", id, m["other"])
		}
	}
}

// TestEveryMessageIsUsed reads the sources of the other packages: an id that
// none of them names is a sentence that nobody ever sees.
func TestEveryMessageIsUsed(t *testing.T) {
	declared := map[string]bool{}
	used := map[string]bool{}
	fset := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		own := file.Name.Name == "i18n"
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if id, ok := n.Type.(*ast.Ident); own && ok && id.Name == "ID" {
					declared[n.Names[0].Name] = true
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "i18n" {
					used[n.Sel.Name] = true
				}
			case *ast.CallExpr: // the package's own: numbers and lengths of time
				for _, a := range n.Args {
					if id, ok := a.(*ast.Ident); own && ok {
						used[id.Name] = true
					}
				}
			case *ast.CompositeLit:
				if len(n.Elts) > 0 && own && filepath.Base(path) == "number.go" {
					if id, ok := n.Elts[0].(*ast.Ident); ok {
						used[id.Name] = true
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(declared) != len(i18n.All()) {
		t.Errorf("%d ids are declared and %d listed in All", len(declared), len(i18n.All()))
	}
	for name := range declared {
		if !used[name] {
			t.Errorf("no package uses %s", name)
		}
	}
}
