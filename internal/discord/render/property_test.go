package render_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/disgoorg/disgo/discord"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/discord/render"
)

// hostile is text that means harm, mixed with any other.
func hostile() *rapid.Generator[string] {
	attack := rapid.SampledFrom([]string{
		"[x](https://evil.example)", "](<https://evil.example>)", "](https://evil.example) [", "https://evil.example/a",
		"<https://evil.example>", "@everyone", "@here", "<@1>", "<@&1>", "<#1>", "<t:1:R>", "</a:1>", "**", "__", "~~", "`", "```\n", "||",
		"\\", "\\\\", "\n# h", "\n> q", "\n-# s", "- ", "\u202e", "\u2066", "\x00", "\xff", "\u200d", "\u0301", "🎵", "{{.Title}}",
		"discord.gg/evil", ")", "(", "]", "[", strings.Repeat("w", 3_000), strings.Repeat("*", 3_000), strings.Repeat("\u0301", 900),
	})
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(attack, rapid.String()), 0, 12), func(p []string) string { return strings.Join(p, "") })
}

func address() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Map(hostile(), func(s string) string { return "https://music.example/" + s }),
		rapid.Map(hostile(), func(s string) string { return "https://music.example/?q=" + s }),
		rapid.Map(hostile(), func(s string) string { return "http://" + s }),
		hostile(),
	)
}

func drawTrack(t *rapid.T) *music.Track {
	if rapid.IntRange(0, 9).Draw(t, "no track") == 0 {
		return nil
	}
	return &music.Track{
		Title: hostile().Draw(t, "title"), Author: hostile().Draw(t, "author"), URI: address().Draw(t, "uri"),
		Length: time.Duration(rapid.Int64().Draw(t, "length")), Stream: rapid.Bool().Draw(t, "stream"),
	}
}

func drawNow(t *rapid.T) music.NowView {
	return music.NowView{
		Track: drawTrack(t), By: music.UserID(hostile().Draw(t, "by")), Paused: rapid.Bool().Draw(t, "paused"),
		Position: time.Duration(rapid.Int64().Draw(t, "at")), Volume: rapid.Int().Draw(t, "volume"),
		Waiting: rapid.Int().Draw(t, "waiting"), NoNode: rapid.Bool().Draw(t, "no node"),
	}
}

func drawQueue(t *rapid.T) *music.QueueView {
	q := &music.QueueView{
		Now: drawNow(t), Page: rapid.Int().Draw(t, "page"), Pages: rapid.Int().Draw(t, "pages"),
		Total: rapid.IntRange(0, 1e6).Draw(t, "total"), Length: time.Duration(rapid.Int64().Draw(t, "all")),
	}
	for range rapid.IntRange(0, 30).Draw(t, "slots") {
		q.Slots = append(q.Slots, music.QueueLine{
			Position: rapid.Int().Draw(t, "n"), Title: hostile().Draw(t, "title"), URI: address().Draw(t, "uri"),
			State:  rapid.SampledFrom([]music.SlotState{music.SlotPending, music.SlotWaiting, music.SlotReady, "?"}).Draw(t, "state"),
			Length: time.Duration(rapid.Int64().Draw(t, "length")), By: music.UserID(hostile().Draw(t, "by")),
		})
	}
	return q
}

func drawAnswer(t *rapid.T, kinds, reasons []string) music.Answer {
	now := drawNow(t)
	return music.Answer{
		Kind: music.AnswerKind(rapid.SampledFrom(kinds).Draw(t, "kind")), Track: drawTrack(t),
		Title: hostile().Draw(t, "playlist"), Position: rapid.Int().Draw(t, "position"), Count: rapid.Int().Draw(t, "count"),
		Added: rapid.Int().Draw(t, "added"), Total: rapid.Int().Draw(t, "total"), Limit: rapid.Int().Draw(t, "limit"), Plan: plan.Name(hostile().Draw(t, "lifts")),
		Channel: music.ChannelID(hostile().Draw(t, "channel")), Now: &now, Queue: drawQueue(t),
		Refusal: &music.Refusal{
			Reason: music.Reason(rapid.SampledFrom(reasons).Draw(t, "reason")), Limit: rapid.Int().Draw(t, "bound"),
			Plan: plan.Name(hostile().Draw(t, "plan")), Channel: music.ChannelID(hostile().Draw(t, "where")),
			User: music.UserID(hostile().Draw(t, "who")), Query: hostile().Draw(t, "query"),
		},
	}
}

var (
	escape = regexp.MustCompile(`\\[^0-9A-Za-z\s]`)
	// ours are the marks that this package itself makes: bold around a title and a
	// link, the number of a line, a mention by id.
	ours = regexp.MustCompile(`\]\(<(https?://[^()<>\s]+)>\)|<[@#][0-9]{1,20}>|` + "`-?[0-9.,]+\\.`")
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
			harmless(t, render.Panel(p, *a.Now).Create())
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
	raw, err := json.Marshal(m.AllowedMentions)
	if err != nil || string(raw) != `{"parse":[],"roles":[],"users":[],"replied_user":false}` {
		t.Fatalf("someone may be pinged: %s, %v", raw, err)
	}
}

func TestInjectedKnowsAnAttack(t *testing.T) {
	for _, s := range []string{
		"[x](https://evil.example)", "**[a](b)**", "https://evil.example", "hi @everyone", "<@&1>", `\\[x](<javascript:1>)`, `a\\@here`,
	} {
		if injected(s) == "" {
			t.Errorf("%q passes", s)
		}
	}
	if got := injected("`1.` **[a \\@b](<https://music.example/a>)** · <@1>"); got != "" {
		t.Errorf("our own %q does not pass", got)
	}
}
