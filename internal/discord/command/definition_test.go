package command_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

func bundle(t testing.TB) *i18n.Bundle {
	t.Helper()
	b, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func registered(t *testing.T) []byte {
	t.Helper()
	raw, err := json.MarshalIndent(command.Register(bundle(t)), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(raw, '\n')
}

func TestRegisteredCommandsAreTheGoldenFile(t *testing.T) {
	path := filepath.Join("testdata", "commands.json")
	got := registered(t)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("what is registered changed; look at the difference, then run the test with -update:\n%s", got)
	}
}

type wireChoice struct {
	Name      string            `json:"name"`
	Localised map[string]string `json:"name_localizations"`
	Value     string            `json:"value"`
}

type wireOption struct {
	Type        int               `json:"type"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Localised   map[string]string `json:"description_localizations"`
	Required    bool              `json:"required"`
	Options     []wireOption      `json:"options"`
	Choices     []wireChoice      `json:"choices"`
	Complete    bool              `json:"autocomplete"`
	Channels    []int             `json:"channel_types"`
	Contexts    []int             `json:"contexts"`
	Integration []int             `json:"integration_types"`
	MinValue    *int              `json:"min_value"`
	MaxValue    *int              `json:"max_value"`
}

// The limits are those of Discord's application commands: names of 1 to 32
// lower-case characters, descriptions of 1 to 100, required options first.
func TestDiscordAcceptsTheCommands(t *testing.T) {
	var all []wireOption
	if err := json.Unmarshal(registered(t), &all); err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^[a-z0-9]{1,32}$`)
	var check func(path string, o wireOption)
	check = func(path string, o wireOption) {
		path += "/" + o.Name
		if !name.MatchString(o.Name) {
			t.Errorf("%s is not a name", path)
		}
		if len(o.Localised) != 2 || o.Localised["es-ES"] == "" || o.Localised["es-419"] == "" || o.Localised["es-ES"] == o.Description {
			t.Errorf("%s is not described in Spanish: %v", path, o.Localised)
		}
		for _, d := range append([]string{o.Description}, o.Localised["es-ES"], o.Localised["es-419"]) {
			if n := utf8.RuneCountInString(d); n < 1 || n > 100 || strings.Contains(d, ".") {
				t.Errorf("%s: %q has %d characters or is not one phrase", path, d, n)
			}
		}
		if !slices.IsSortedFunc(o.Options, func(a, b wireOption) int {
			switch {
			case a.Required && !b.Required:
				return -1
			case b.Required && !a.Required:
				return 1
			}
			return 0
		}) {
			t.Errorf("%s: required options come first", path)
		}
		for _, c := range o.Choices {
			if c.Name == "" || len(c.Name) > 100 || c.Value == "" || len(c.Localised) != 2 || c.Localised["es-ES"] == c.Name {
				t.Errorf("%s: the choice %+v is not complete", path, c)
			}
		}
		if len(o.Choices) > 25 || len(o.Options) > 25 || len(o.Choices) > 0 && o.Complete {
			t.Errorf("%s: %d choices, %d options, suggestions %v", path, len(o.Choices), len(o.Options), o.Complete)
		}
		for _, sub := range o.Options {
			check(path, sub)
		}
	}
	for _, c := range all {
		check("", c)
		if c.Type != 1 || !slices.Equal(c.Contexts, []int{0}) || !slices.Equal(c.Integration, []int{0}) {
			t.Errorf("%s: type %d, contexts %v, integrations %v", c.Name, c.Type, c.Contexts, c.Integration)
		}
		if c.Name == command.Volume && (*c.Options[0].MinValue != 0 || *c.Options[0].MaxValue != command.MaxVolume) {
			t.Errorf("volume takes %d to %d", *c.Options[0].MinValue, *c.Options[0].MaxValue)
		}
	}
}

// TestEveryActionCanBeAskedFor reads the actions from the core's source: one
// that no command and no component brings fails here.
func TestEveryActionCanBeAskedFor(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../core/music/command.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]bool{}
	for _, c := range parses() {
		if c.want != nil {
			reached[reflect.TypeOf(c.want).Name()] = true
		}
	}
	n := 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != "action" {
			continue
		}
		n++
		if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok && !reached[id.Name] {
			t.Errorf("no command asks for %s", id.Name)
		}
	}
	if n < 20 {
		t.Fatalf("%d actions found in the core", n)
	}
}

func TestEveryCommandIsParsedSomewhere(t *testing.T) {
	b := bundle(t)
	tried := map[string]bool{}
	for _, c := range parses() {
		usage := "/" + c.name
		if len(c.options) > 0 && c.options[0].Type == sub {
			usage += " " + c.options[0].Name
		}
		tried[usage] = true
	}
	for _, l := range command.Lines(b.For("en")) {
		words := strings.Fields(l.Usage)
		if !tried[words[0]] && !tried[strings.Join(words[:min(len(words), 2)], " ")] {
			t.Errorf("no test parses %s", l.Usage)
		}
	}
}

func TestLinesShowWhatToType(t *testing.T) {
	b := bundle(t)
	en, es := command.Lines(b.For("en-US")), command.Lines(b.For("es-ES"))
	if len(en) != len(command.Register(b))-2+4+9 || len(es) != len(en) {
		t.Fatalf("%d commands, %d and %d lines", len(command.Register(b)), len(en), len(es))
	}
	if en[0] != (command.Line{Usage: "/play query [next]", Description: "Play a track or a playlist, or add it to the queue"}) {
		t.Errorf("got %+v", en[0])
	}
	seen := map[string]bool{}
	for i := range en {
		if en[i].Usage != es[i].Usage || en[i].Description == es[i].Description {
			t.Errorf("the usage is the same everywhere, the description is not: %+v %+v", en[i], es[i])
		}
		seen[en[i].Usage] = true
	}
	for _, want := range []string{
		"/remove range from to", "/settings channel " + "channel who [role] [role2] [role3]", "/settings announcements [channel]", "/seek position",
	} {
		if !seen[want] {
			t.Errorf("%s is not shown", want)
		}
	}
}

func TestCompletes(t *testing.T) {
	for _, c := range []struct {
		name, option string
		want         bool
	}{
		{"play", "query", true},
		{"playnext", "query", true},
		{"play", "next", false},
		{"search", "query", false},
		{"seek", "position", false},
		{"dance", "query", false},
	} {
		if got := command.Completes(c.name, c.option); got != c.want {
			t.Errorf("%s %s: got %v", c.name, c.option, got)
		}
	}
}
