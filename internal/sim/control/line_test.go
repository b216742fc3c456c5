package control_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestParseLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]discord.Arg{
		`/play query:"ocean waves" next:true`: {{Name: "query", Value: "ocean waves"}, {Name: "next", Value: "true"}},
		`/play ocean waves`:                   {{Value: "ocean waves"}},
		`/play next:true ocean   waves`:       {{Name: "next", Value: "true"}, {Value: "ocean waves"}},
		`/play https://example.com/a:b?c=d`:   {{Value: "https://example.com/a:b?c=d"}},
		`/play query:https://example.com/x y`: {{Name: "query", Value: "https://example.com/x"}, {Value: "y"}},
		`/play query:"say \"hi\" \\ \n"`:      {{Name: "query", Value: `say "hi" \ \n`}},
		`/play "a: b"`:                        {{Value: "a: b"}},
		`/play query:`:                        {{Name: "query"}},
		`/play query:""`:                      {{Name: "query"}},
		`  /play  `:                           nil,
	} {
		name, args, err := control.ParseLine(line)
		if err != nil || name != "play" || !slices.Equal(args, want) {
			t.Errorf("%s: %q %+v %v", line, name, args, err)
		}
	}
	for _, line := range []string{"", "play", "/", "/ play", `/play "open`, `/play query:"open`, "/play \xff", "/" + strings.Repeat("a", 8001)} {
		if _, _, err := control.ParseLine(line); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%.20q: %v", line, err)
		}
	}
}

func TestAnyQuotedValueSurvives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want []discord.Arg
		line := "/play"
		for i := range rapid.IntRange(0, 5).Draw(t, "n") {
			a := discord.Arg{Name: "o" + string(rune('a'+i)), Value: rapid.String().Draw(t, "value")}
			if !utf8.ValidString(a.Value) || strings.Contains(a.Value, "\n") {
				t.Skip()
			}
			want = append(want, a)
			line += " " + a.Name + `:"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.Value) + `"`
		}
		name, args, err := control.ParseLine(line)
		if err != nil || name != "play" || !slices.Equal(args, want) {
			t.Fatalf("%q: %+v %v", line, args, err)
		}
	})
}

func FuzzParseLine(f *testing.F) {
	for _, s := range []string{`/play query:"ocean"`, `/a b:c d`, `/a "`, `/a :x`, `/a b:"\`, "/a\tb", `/a b:"c"d`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		name, args, err := control.ParseLine(line)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", line, err)
			}
			return
		}
		if name == "" || strings.Contains(name, " ") {
			t.Fatalf("%q: name %q", line, name)
		}
		bare := 0
		for _, a := range args {
			if strings.ContainsAny(a.Name, " \"") || !utf8.ValidString(a.Value) {
				t.Fatalf("%q: %+v", line, a)
			}
			if a.Name == "" {
				bare++
			}
		}
		if bare > 1 {
			t.Fatalf("%q: %d texts without a name", line, bare)
		}
	})
}
