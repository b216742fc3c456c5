package e2e_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// missedNothing fails the test where a command, a subcommand or an option that
// Discord knows of was not typed, or a control that the product knows of was not
// pressed.
func (g *guide) missedNothing() {
	g.t.Helper()
	have, err := g.r.Control().Commands(g.t.Context(), "demo")
	g.must(err)
	for _, c := range have {
		g.typedAll("/"+c.Name, c.Options)
	}
	controls := g.controls()
	if len(have) < 20 || len(controls) < 20 {
		g.t.Errorf("%d commands and %d controls were looked for: that is not all", len(have), len(controls))
	}
	for name, id := range controls {
		if !g.pressed[id] {
			g.t.Errorf("nobody pressed %s (%s)", name, id)
		}
	}
	if !g.pressed["modal"] {
		g.t.Error("nobody filled in the form")
	}
}

func (g *guide) typedAll(path string, options []discord.Option) {
	g.t.Helper()
	if len(options) > 0 && options[0].Type <= discord.OptGroup {
		for _, o := range options {
			g.typedAll(path+" "+o.Name, o.Options)
		}
		return
	}
	did := func(part string) bool {
		for line := range g.typed {
			if rest, ok := strings.CutPrefix(line+" ", path+" "); ok && strings.Contains(" "+rest, part) {
				return true
			}
		}
		return false
	}
	if !did("") {
		g.t.Errorf("nobody typed %s", path)
	}
	bare := false // the first text that is needed may be typed without its name
	for _, o := range options {
		if !bare && o.Required && o.Type == discord.OptString {
			bare = true
			continue
		}
		if !did(" " + o.Name + ":") {
			g.t.Errorf("nobody typed the option %s of %s", o.Name, path)
		}
		for _, c := range o.Choices {
			if v, _ := c.Value.(string); !did(" " + o.Name + ":" + v) {
				g.t.Errorf("nobody typed %s %s:%s", path, o.Name, v)
			}
		}
	}
}

// controls are the constants of the type Control in the package of the commands.
func (g *guide) controls() map[string]string {
	g.t.Helper()
	const file = "../discord/command/press.go"
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	g.must(err)
	out := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		kind, _ := v.Type.(*ast.Ident)
		value, _ := v.Values[0].(*ast.BasicLit)
		if kind != nil && kind.Name == "Control" && value != nil {
			out[v.Names[0].Name], err = strconv.Unquote(value.Value)
			g.must(err)
		}
		return true
	})
	return out
}
