package render_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		limit int
		want  string
	}{
		"plain":                 {"Ocean Drive, Pt. 2 (feat. Ana)", 100, "Ocean Drive, Pt. 2 (feat. Ana)"},
		"accents and emoji":     {"Canción 🎵 日本語", 100, "Canción 🎵 日本語"},
		"formatting":            {"*a* _b_ ~~c~~ `d` ||e|| \\", 100, `\*a\* \_b\_ \~\~c\~\~ \` + "`d\\`" + ` \|\|e\|\| \\`},
		"heading":               {"# big", 100, `\# big`},
		"small print":           {"-# small", 100, `\-\# small`},
		"quote":                 {"> quote", 100, `\> quote`},
		"dash inside":           {"a - b", 100, "a - b"},
		"link":                  {"[free](https://evil.example)", 100, `\[free\](https:\/\/evil.example)`},
		"address":               {"https://evil.example/a", 100, `https:\/\/evil.example\/a`},
		"everyone":              {"@everyone <@1> <#2> <@&3> <t:1>", 100, `\@everyone \<\@1\> \<\#2\> \<\@&3\> \<t:1\>`},
		"lines":                 {" a\r\n\tb\u2028c\u00a0 d ", 100, "a b c d"},
		"control characters":    {"a\x00b\x1b[31mc", 100, `ab\[31mc`},
		"direction":             {"a\u202eb\u2066c\u200fd", 100, "abcd"},
		"unseen":                {"a\u200b\ufeff\u00ad\U000e0041b", 100, "ab"},
		"joined emoji":          {"👩\u200d🚀", 100, "👩\u200d🚀"},
		"invalid bytes":         {"a\xffb\xc3", 100, "ab"},
		"piled marks":           {"e" + strings.Repeat("\u0301", 50) + "x", 100, "e\u0301\u0301\u0301\u0301x"},
		"nothing":               {"", 100, ""},
		"nothing to see":        {" \u200d\u3164\u2800\u0301\ufe0f ", 100, ""},
		"no room":               {"abc", 0, ""},
		"fits":                  {"abcde", 5, "abcde"},
		"cut":                   {"abcdef", 5, "abcd…"},
		"cut at a space":        {"abc def", 5, "abc…"},
		"cut before an escape":  {"abc***", 5, "abc…"},
		"cut counts surrogates": {"🎵🎵🎵", 5, "🎵🎵…"},
		"huge":                  {strings.Repeat("a", 10<<20), 4, "aaa…"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := render.Text(c.in, c.limit); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func length(s string) int { return len(utf16.Encode([]rune(s))) }

// bare returns what markdown makes of s, and whether it had a character with a
// meaning that was not escaped.
func bare(s string) (text string, ok bool) {
	var b strings.Builder
	rs := []rune(s)
	for i := 0; i < len(rs); i++ {
		switch {
		case rs[i] == '\\':
			if i++; i == len(rs) || rs[i] > 127 || unicode.IsLetter(rs[i]) || unicode.IsDigit(rs[i]) || unicode.IsSpace(rs[i]) {
				return "", false
			}
		case strings.ContainsRune("*_~`|<>[]#@/", rs[i]):
			return "", false
		}
		b.WriteRune(rs[i])
	}
	return b.String(), true
}

func TestTextStandsForItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := hostile().Draw(t, "text")
		limit := rapid.IntRange(1, 120).Draw(t, "limit")
		got := render.Text(in, limit)
		if length(got) > limit || !utf8.ValidString(got) {
			t.Fatalf("%q is longer than %d or not UTF-8", got, limit)
		}
		text, ok := bare(got)
		if !ok {
			t.Fatalf("%q has markdown", got)
		}
		if strings.ContainsFunc(text, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
		}) {
			t.Fatalf("%q has characters that are no text", text)
		}
		// What is shown is what was written: the visible characters, in order.
		rest := in
		for _, r := range strings.TrimSuffix(text, "…") {
			if r == ' ' {
				continue
			}
			i := strings.IndexRune(rest, r)
			if i < 0 {
				t.Fatalf("%q is not from %q", text, in)
			}
			rest = rest[i+utf8.RuneLen(r):]
		}
	})
}

func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://music.example/a?b=c&d=e#f":             "https://music.example/a?b=c&d=e#f",
		"http://Music.Example:8080/%C3%A1":              "http://music.example:8080/%C3%A1",
		"https://music.example":                         "https://music.example",
		"https://music.example/@ana/a_b~c-d.e":          "https://music.example/@ana/a_b~c-d.e",
		"https://music.example/a(b)*c":                  "https://music.example/a%28b%29%2Ac",
		"https://music.example/a b>c\\d|e`f[g]'h":       "https://music.example/a%20b%3Ec%5Cd%7Ce%60f%5Bg%5D%27h",
		"https://music.example/?q=a b)](<x":             "https://music.example/?q=a%20b%29%5D%28%3Cx",
		"https://music.example/?q=100%":                 "https://music.example/?q=100%25",
		"https://music.example/ocean#a)":                "https://music.example/ocean#a%29",
		"https://music.example/canción":                 "https://music.example/canci%C3%B3n",
		"":                                              "",
		"ocean":                                         "",
		"javascript:alert(1)":                           "",
		"ftp://music.example/a":                         "",
		"https:music.example":                           "",
		"https:///a":                                    "",
		"https://ana:secret@music.example/":             "",
		"https://localhost/a":                           "",
		"https://[::1]/a":                               "",
		"https://músic.example/":                        "",
		"https://a_b.example/":                          "",
		"https://-a.example/":                           "",
		"https://a..example/":                           "",
		"https://music.example:0/":                      "",
		"https://music.example:99999/":                  "",
		"https://music.example/\x00":                    "",
		"https://music.example/\n@everyone":             "",
		"https://a.example/" + strings.Repeat("a", 600): "",
		"https://a.example/" + strings.Repeat("(", 300): "",
	} {
		if got := render.URL(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestMentionsAreOfIDsOnly(t *testing.T) {
	p := printer(t, "en-US")
	for id, want := range map[music.ChannelID]string{
		"300000000000000001":                        "<#300000000000000001>",
		"18446744073709551615":                      "<#18446744073709551615>",
		"184467440737095516150":                     "184467440737095516150",
		"1> @everyone":                              `1\> \@everyone`,
		music.ChannelID(strings.Repeat("a\n", 300)): strings.Repeat("a ", 49) + "a…",
	} {
		got := render.Answer(p, music.Answer{Kind: music.AnswerLeft, Channel: id}).Content
		if got != "👋 Left "+want+". See you soon!" {
			t.Errorf("%.40q: got %q", id, got)
		}
	}
}

func TestURLIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := address().Draw(t, "address")
		got := render.URL(in)
		if got == "" {
			return
		}
		if strings.ContainsAny(got, "()<>[]\\|`*'\" \n") || len(got) > 512 {
			t.Fatalf("%q became %q", in, got)
		}
		u, err := url.Parse(got)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Host == "" {
			t.Fatalf("%q became %q: %v", in, got, err)
		}
		if again := render.URL(got); again != got {
			t.Fatalf("%q became %q and then %q", in, got, again)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("[a](https://evil.example) @everyone", 20)
	f.Add("\xff\u202e`", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := render.Text(s, limit)
		if _, ok := bare(got); !ok || length(got) > max(limit, 0) || !utf8.ValidString(got) {
			t.Fatalf("%q at most %d became %q", s, limit, got)
		}
	})
}
