package cli

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestBriefSaysWhatAPersonWantsToKnow(t *testing.T) {
	for data, want := range map[string]string{
		`{"bot":"1","slot":"s","query":"ocean","by":"2"}`:                         "query=ocean",
		`{"bot":"1","position":1,"track":{"title":"Ocean\n Floor","author":"x"}}`: "title=Ocean Floor position=1",
		`{"bot":"1","name":"The Archive","added":190,"total":5000,"slots":["a"]}`: "name=The Archive added=190 total=5000",
		`{"bot":"1","play":"p","reason":"skipped","heard_ms":1200}`:               "reason=skipped heard_ms=1200",
		`{"bot":"1","node":""}`: "",
		`no JSON`:               "",
	} {
		got := brief([]byte(data), names{})
		if strings.ReplaceAll(got, "\n", " ") != want {
			t.Errorf("%s: %q, want %q", data, got, want)
		}
	}
	if got := brief([]byte(`{"query":"`+strings.Repeat("ñ", 500)+`"}`), names{}); utf8.RuneCountInString(got) != maxBrief || !utf8.ValidString(got) {
		t.Errorf("a long one has %d characters", utf8.RuneCountInString(got))
	}
}
