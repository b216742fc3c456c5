package render_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/disgoorg/disgo/discord"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
)

var (
	escape = regexp.MustCompile(`\\[^0-9A-Za-z\s]`)
	// ours are the marks that this package itself makes: bold around a title and a
	// link, the number of a line, a mention by id.
	ours = regexp.MustCompile(`\]\(<(https?://[^()<>\s]+)>\)|<(@|#|@&)[0-9]{2,20}>|<t:[0-9]{2,12}:R>|` + "`-?[0-9.,]+\\.`")
	link = regexp.MustCompile(`\]\s*\(|https?://|\bwww\.|[@<#]`)
)

// injected returns what of a text is markdown that untrusted text brought in.
func injected(s string) string {
	s = escape.ReplaceAllString(s, "·")
	s = ours.ReplaceAllString(s, "")
	return link.FindString(s)
}

func TestWhateverComesInTheMessageIsOneDiscordTakes(t *testing.T) {
	kinds := append(constants(t, "answer.go", "AnswerKind"), "?")
	reasons := append(constants(t, "refusal.go", "Reason"), "?")
	for _, locale := range append(languages, "es-419") {
		p := printer(t, locale)
		rapid.Check(t, func(t *rapid.T) {
			a := drawAnswer(t, kinds, reasons)
			harmless(t, render.Answer(p, a).Create())
			harmless(t, render.Panel(p, *a.Now, drawTime(t)).Create())
			harmless(t, render.Bots(p, *a.Bots, func(music.BotID) string { return address().Draw(t, "invite") }).Create())
			harmless(t, render.Grab(p, *a.Now).Create())
			harmless(t, render.GrabClosed(p, *a.Now).Create())
		})
	}
}

func harmless(t *rapid.T, m discord.MessageCreate) {
	t.Helper()
	within := func(what, s string, limit int) {
		if length(s) > limit || !utf8.ValidString(s) {
			t.Fatalf("%s has %d characters of %d, or is not UTF-8: %q", what, length(s), limit, s)
		}
		if got := injected(s); got != "" {
			t.Fatalf("%s has %q in it: %q", what, got, s)
		}
		if strings.Count(escape.ReplaceAllString(s, ""), "**")%2 != 0 {
			t.Fatalf("%s leaves bold open: %q", what, s)
		}
	}
	if m.Content == "" && len(m.Embeds) == 0 {
		t.Fatal("an empty message")
	}
	within("the content", m.Content, render.MaxContent)
	total := 0
	for _, e := range m.Embeds {
		if e.Title == "" && e.Description == "" {
			t.Fatal("an empty embed")
		}
		within("the title", e.Title, render.MaxTitle)
		within("the description", e.Description, render.MaxDescription)
		total += length(e.Title) + length(e.Description)
		if e.Thumbnail != nil && (e.Thumbnail.URL == "" || render.URL(e.Thumbnail.URL) != e.Thumbnail.URL) {
			t.Fatalf("the picture is at %q", e.Thumbnail.URL)
		}
		if e.URL != "" && render.URL(e.URL) != e.URL {
			t.Fatalf("the title leads to %q", e.URL)
		}
		for _, f := range e.Fields {
			within("a field's name", f.Name, render.MaxFieldName)
			within("a field", f.Value, render.MaxFieldValue)
			if strings.TrimSpace(f.Value) == "" {
				t.Fatalf("the field %s is empty", f.Name)
			}
			total += length(f.Name) + length(f.Value)
		}
		if e.Footer != nil {
			within("the footer", e.Footer.Text, render.MaxFooter)
			total += length(e.Footer.Text)
		}
		if e.Author != nil {
			within("the status", e.Author.Name, render.MaxAuthor)
			total += length(e.Author.Name)
		}
	}
	if total > render.MaxEmbed {
		t.Fatalf("the embed has %d characters", total)
	}
	usable(t, m.Components)
	raw, err := json.Marshal(m.AllowedMentions)
	if err != nil || string(raw) != `{"parse":[],"roles":[],"users":[],"replied_user":false}` {
		t.Fatalf("someone may be pinged: %s, %v", raw, err)
	}
}

func TestInjectedKnowsAnAttack(t *testing.T) {
	for _, s := range []string{
		"[x](https://evil.example)", "**[a](b)**", "https://evil.example", "hi @everyone", "<@&1>", "<@1>", "<#1>", `\\[x](<javascript:1>)`, `a\\@here`,
	} {
		if injected(s) == "" {
			t.Errorf("%q passes", s)
		}
	}
	if got := injected("`1.` **[a \\@b](<https://music.example/a>)** · <@12> <@&34> <#56> <t:123:R>"); got != "" {
		t.Errorf("our own %q does not pass", got)
	}
}
