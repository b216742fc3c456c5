package lavalink

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// A text is what encoding/json makes of a string, however it is written.
func TestTextIsWhatItsStringSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]{0,40}`)).Draw(rt, "text")
		raw, err := json.Marshal(want)
		if err != nil {
			rt.Fatal(err)
		}
		var plain string
		var got text
		if err := json.Unmarshal(raw, &plain); err != nil {
			rt.Fatal(err)
		}
		if err := json.Unmarshal(raw, &got); err != nil || string(got) != plain {
			rt.Errorf("%s: got %q, %v, want %q", raw, got, err, plain)
		}
	})
}

func TestTextOfOtherForms(t *testing.T) {
	for raw, want := range map[string]text{
		`"a"`: "a", `""`: "", `"a\"b"`: `a"b`, `"a\\"`: `a\`, `"é"`: "é", `"\u00e9"`: "é", "\"\xff\"": "\ufffd", "\"a\x7f\"": "a\x7f",
		`12`: "12", `-1.5`: "-1.5", `true`: "", `null`: "", `["a"]`: "", `{"a":"b"}`: "",
	} {
		got := text("before")
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			if raw == "null" && err == nil && got == "before" {
				continue // encoding/json does not ask for a null
			}
			t.Errorf("%s: got %q, %v, want %q", raw, got, err, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{`"a"`, `"a\"b"`, `"`, `""`, `"\u12"`, "\"\x00\"", `7`, `"a"b"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var want string
		if !json.Valid(raw) || json.Unmarshal(raw, &want) != nil || raw[0] != '"' {
			return
		}
		var got text
		if err := got.UnmarshalJSON(raw); err != nil || string(got) != want {
			t.Errorf("%q: got %q, %v, want %q", raw, got, err, want)
		}
	})
}
