package command_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/core/music"
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

type wireOption struct {
	Type        int               `json:"type"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Localised   map[string]string `json:"description_localizations"`
	Required    bool              `json:"required"`
	Options     []wireOption      `json:"options"`
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
	name := regexp.MustCompile(`^[a-z]{1,32}$`)
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

func TestEveryActionHasACommandOfItsName(t *testing.T) {
	var all []wireOption
	if err := json.Unmarshal(registered(t), &all); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range all {
		got = append(got, c.Name)
	}
	want := []string{command.Help}
	for _, a := range []music.Action{
		music.Enqueue{},
		music.Pause{},
		music.Resume{},
		music.Skip{},
		music.Stop{},
		music.Leave{},
		music.Join{},
		music.ShowQueue{},
		music.ShowNowPlaying{},
		music.SetVolume{},
	} {
		want = append(want, music.ActionName(a))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestLinesShowWhatToType(t *testing.T) {
	b := bundle(t)
	en, es := command.Lines(b.For("en-US")), command.Lines(b.For("es-ES"))
	if len(en) != len(command.Register(b)) || len(es) != len(en) {
		t.Fatalf("%d commands, %d and %d lines", len(command.Register(b)), len(en), len(es))
	}
	if en[0] != (command.Line{Usage: "/play query [next]", Description: "Play a track or a playlist, or add it to the queue"}) {
		t.Errorf("got %+v", en[0])
	}
	for i := range en {
		if en[i].Usage != es[i].Usage || en[i].Description == es[i].Description {
			t.Errorf("the usage is the same everywhere, the description is not: %+v %+v", en[i], es[i])
		}
	}
}
