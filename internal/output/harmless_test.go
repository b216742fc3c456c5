package output_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/output"
)

func TestHarmlessSteersNoTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"music":                        "music",
		"música 🎵":                     "música 🎵",
		"\x1b[31mred\x1b[0m":           "�[31mred�[0m",
		"bell\a and back\b":            "bell� and back�",
		"one\ttwo":                     "one two",
		"first\nsecond":                "first\nsecond",
		"over\rwritten":                "over�written",
		"\u202egnp.exe":                "�gnp.exe",
		"c1 \u009b31m":                 "c1 �31m",
		"\x1b]0;title\a\nnext \x1b[2J": "�]0;title�\nnext �[2J",
	} {
		if got := output.Harmless(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}

// What is said beside a table goes through it too.
func TestSaidSentencesSteerNoTerminal(t *testing.T) {
	var out, errs bytes.Buffer
	p := output.New(&out, &errs, output.Options{})
	p.Talk("%s is in %s", "ana", "\x1b]0;owned\achannel")
	if got := errs.String(); strings.ContainsAny(got, "\x1b\a") || !strings.Contains(got, "ana is in") || !strings.HasSuffix(got, "\n") {
		t.Errorf("said was %q", got)
	}
}
