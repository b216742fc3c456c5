package output_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/output"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type thing struct {
	Zebra string            `json:"zebra"`
	Apple int64             `json:"apple"`
	Ratio float64           `json:"ratio"`
	On    bool              `json:"on"`
	None  *int              `json:"none"`
	List  []string          `json:"list"`
	Empty map[string]string `json:"empty"`
}

var sample = thing{Zebra: "no", Apple: 1 << 53, Ratio: 0.5, On: true, List: []string{"a<b", "7", "multi\nline"}, Empty: map[string]string{}}

func table() output.Table {
	return output.Table{
		Columns: []output.Column{{Title: "NAME"}, {Title: "N", Right: true}, {Title: "MORE", Wide: true}, {Title: "LAST"}},
		Rows: [][]output.Cell{
			{{Text: "日本"}, {Text: "5"}, {Text: "m"}, {Text: "x", Tone: output.Bad}},
			output.Text("b", "1000", "", ""),
		},
		Empty: "nothing there",
	}
}

func printer(o output.Options) (*output.Printer, *bytes.Buffer, *bytes.Buffer) {
	var out, talk bytes.Buffer
	o.Now = func() time.Time { return now }
	return output.New(&out, &talk, o), &out, &talk
}

func TestFormats(t *testing.T) {
	cases := []struct {
		name string
		o    output.Options
		want string
	}{
		{"table", output.Options{}, "NAME     N  LAST\n日本     5  x\nb     1000\n"},
		{"wide", output.Options{Format: output.FormatWide}, "NAME     N  MORE  LAST\n日本     5  m     x\nb     1000\n"},
		{"colours", output.Options{Color: true}, "\x1b[2mNAME\x1b[0m     \x1b[2mN\x1b[0m  \x1b[2mLAST\x1b[0m\n日本     5  \x1b[31mx\x1b[0m\nb     1000\n"},
		{"name", output.Options{Format: output.FormatName}, "日本\nb\n"},
		{"json", output.Options{Format: output.FormatJSON}, "{\n  \"zebra\": \"no\",\n  \"apple\": 9007199254740992,\n  \"ratio\": 0.5,\n  \"on\": true,\n  \"none\": null,\n  \"list\": [\n    \"a<b\",\n    \"7\",\n    \"multi\\nline\"\n  ],\n  \"empty\": {}\n}\n"},
		{"jsonl", output.Options{Format: output.FormatJSONL}, "1\n\"two\"\n"},
		{"yaml", output.Options{Format: output.FormatYAML}, "zebra: \"no\"\napple: 9007199254740992\nratio: 0.5\n\"on\": true\nnone: null\nlist:\n  - a<b\n  - \"7\"\n  - |-\n    multi\n    line\nempty: {}\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, out, talk := printer(c.o)
			if err := p.Print(sample, []any{1, "two"}, table); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want {
				t.Errorf("got\n%q\nwant\n%q", out, c.want)
			}
			if talk.Len() != 0 {
				t.Errorf("talk: %q", talk)
			}
		})
	}
}

func TestEmptyTableTalksOnly(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		p, out, talk := printer(output.Options{Quiet: quiet})
		if err := p.Print(nil, nil, func() output.Table { return output.Table{Empty: "nothing 100% there"} }); err != nil {
			t.Fatal(err)
		}
		if out.Len() != 0 || (talk.String() == "nothing 100% there\n") == quiet {
			t.Errorf("quiet %v: %q %q", quiet, out, talk)
		}
	}
}

func TestStream(t *testing.T) {
	for format, want := range map[output.Format]string{
		output.FormatTable: "日本     5  x\nb     1000\n",
		output.FormatJSON:  "{\"a\":1}\n",
		output.FormatJSONL: "{\"a\":1}\n",
		output.FormatYAML:  "---\na: 1\n",
		output.FormatName:  "日本\nb\n",
	} {
		p, out, _ := printer(output.Options{Format: format})
		if err := p.Stream(map[string]int{"a": 1}, table); err != nil {
			t.Fatal(err)
		}
		// A row of a stream has no header, so its columns are as wide as itself.
		if out.String() != want {
			t.Errorf("%s: %q", format, out)
		}
	}
}

func TestNothingSteersTheTerminal(t *testing.T) {
	p, out, _ := printer(output.Options{})
	evil := "a\x1b[2J\u202eb\x07\nc\u2066d\x00"
	if err := p.Print(nil, nil, func() output.Table { return output.Fields(output.Text(evil, evil)) }); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\x00\u202e\u2066") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("%q", out)
	}
}

func TestWidthCutsTheLastColumn(t *testing.T) {
	p, out, _ := printer(output.Options{Width: 20})
	if err := p.Print(nil, nil, func() output.Table { return output.Fields(output.Text("key", strings.Repeat("日", 30))) }); err != nil {
		t.Fatal(err)
	}
	if out.String() != "key  "+strings.Repeat("日", 7)+"…\n" {
		t.Errorf("%q", out)
	}
}

func TestTimes(t *testing.T) {
	for in, want := range map[time.Duration]string{
		0: "now", -59 * time.Second: "59s ago", -61 * time.Second: "1m1s ago", -2 * time.Hour: "2h ago", -(26*time.Hour + time.Minute): "1d2h ago", 90 * time.Second: "in 1m30s",
	} {
		p, _, _ := printer(output.Options{Time: output.TimeRelative})
		if got := p.When(now.Add(in)); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	p, _, _ := printer(output.Options{Time: output.TimeISO})
	if got := p.When(now.In(time.FixedZone("x", 3600))); got != "2026-03-01T12:00:00Z" {
		t.Errorf("iso %q", got)
	}
	p, _, _ = printer(output.Options{Time: output.TimeRaw})
	if got := p.When(now); got != "1772366400000" || p.When(time.Time{}) != "-" {
		t.Errorf("raw %q", got)
	}
	for ms, want := range map[int64]string{0: "0:00", -5: "0:00", 61_999: "1:01", 3_723_000: "1:02:03"} {
		if got := output.Clock(ms); got != want {
			t.Errorf("%d: %q, want %q", ms, got, want)
		}
	}
}

func TestNamesOfFormats(t *testing.T) {
	for _, f := range output.Formats() {
		if got, err := output.ParseFormat(string(f)); err != nil || got != f {
			t.Errorf("%s: %v", f, err)
		}
	}
	if _, err := output.ParseFormat("xml"); !errors.Is(err, fault.Of(fault.Invalid)) {
		t.Errorf("xml: %v", err)
	}
	if _, err := output.ParseTimeFormat("soon"); !errors.Is(err, fault.Of(fault.Invalid)) {
		t.Errorf("soon: %v", err)
	}
}

func TestColours(t *testing.T) {
	for _, c := range []struct {
		terminal      bool
		noColor, term string
		want          bool
	}{{true, "", "xterm", true}, {false, "", "xterm", false}, {true, "1", "xterm", false}, {true, "", "dumb", false}} {
		if got := output.Colors(c.terminal, c.noColor, c.term); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if _, ok := output.Terminal(&bytes.Buffer{}); ok {
		t.Error("a buffer is a terminal")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("pipe") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, f := range output.Formats() {
		p := output.New(broken{}, &bytes.Buffer{}, output.Options{Format: f})
		if err := p.Print(sample, []any{1}, table); fault.CodeOf(err) != fault.Internal || err == nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestProgressOnlyOnATerminal(t *testing.T) {
	p, _, talk := printer(output.Options{})
	p.Progress("waiting")()
	p, _, _ = printer(output.Options{ShowProgress: true})
	done := p.Progress("waiting")
	done()
	done()
	if talk.Len() != 0 {
		t.Errorf("%q", talk)
	}
}
