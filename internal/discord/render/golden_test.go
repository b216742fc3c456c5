package render_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, all map[string]any) {
	t.Helper()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(all); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s changed; look at the difference, then run the test with -update:\n%s", name, diff(want, got.Bytes()))
	}
}

// diff returns the lines that only one side has.
func diff(want, got []byte) string {
	count := map[string]int{}
	for l := range strings.Lines(string(want)) {
		count[l]--
	}
	for l := range strings.Lines(string(got)) {
		count[l]++
	}
	var b strings.Builder
	for _, side := range []struct {
		sign, text string
		way        int
	}{{"- ", string(want), -1}, {"+ ", string(got), 1}} {
		for l := range strings.Lines(side.text) {
			if count[l]*side.way > 0 {
				b.WriteString(side.sign + l)
			}
		}
	}
	return b.String()
}

func TestWordsAreTheGoldenFiles(t *testing.T) {
	for _, locale := range languages {
		p := printer(t, locale)
		sets := map[string]map[string]any{"answers": {}, "refusals": {}, "panels": {}, "menus": menus(p)}
		for name, a := range answers() {
			sets["answers"][name] = render.Answer(p, a).Create()
		}
		for name, r := range refusals(t) {
			sets["refusals"][name] = render.Answer(p, music.Answer{Kind: music.AnswerRefused, Refusal: &r}).Create()
		}
		for name, v := range panels() {
			sets["panels"][name] = render.Panel(p, v, noon).Create()
		}
		sets["panels"]["help"] = render.Help(p).Create()
		for name, set := range sets {
			golden(t, name+"."+p.Language()[:2]+".json", set)
		}
	}
}

// TestEveryKindAndReasonHasItsOwnWords reads the constants from the core's
// source: a new one without words, or with those of another, fails here.
func TestEveryKindAndReasonHasItsOwnWords(t *testing.T) {
	track := ocean()
	for _, locale := range languages {
		p := printer(t, locale)
		seen := map[string]string{
			p.Text(i18n.Done, nil):        "the words of no kind",
			p.Text(i18n.NotPossible, nil): "the words of no reason",
		}
		check := func(what string, m render.Message) {
			words := strings.TrimLeft(m.Content, "▶️➕⏳⏸⏭⏹👋🔊⚠✅⏮⏩⏪📥🔁🗑↕🔀🔄✋ ")
			if m.Embed != nil {
				words += m.Embed.Status + m.Embed.Title
			}
			if other, ok := seen[words]; ok || words == "" {
				t.Errorf("%s %s says the same as %s: %q", locale, what, other, words)
			}
			seen[words] = what
		}
		for _, k := range constants(t, "answer.go", "AnswerKind") {
			if k == string(music.AnswerRefused) {
				continue
			}
			check(k, render.Answer(p, music.Answer{
				Kind: music.AnswerKind(k), Track: track, Channel: voice, Count: 3, Position: 2, Added: 2, Total: 2, Volume: 10,
				Title: "Summer", Now: now(), Queue: page(), At: time.Minute, Loop: music.LoopQueue, Other: radio(), User: bruno,
				History: played(), Bots: pool(), Settings: rules(),
			}))
		}
		for _, r := range constants(t, "refusal.go", "Reason") {
			m := render.Refusal(p, &music.Refusal{Reason: music.Reason(r), Limit: 3, Channel: voice, User: ana, Query: "x"})
			check(r, m)
			if !m.Ephemeral {
				t.Errorf("the refusal %s is for the member who asked only", r)
			}
		}
	}
}

// TestNoMessageShowsAnID catches a message whose places were not all filled: it
// would show its id.
func TestNoMessageShowsAnID(t *testing.T) {
	for _, locale := range languages {
		p := printer(t, locale)
		var all []render.Message
		for _, a := range answers() {
			all = append(all, render.Answer(p, a))
		}
		for _, r := range refusals(t) {
			all = append(all, render.Refusal(p, &r))
		}
		for _, v := range panels() {
			all = append(all, render.Panel(p, v, noon))
		}
		all = append(all, render.Help(p), render.GrabSent(p), render.GrabClosed(p, *now()), render.SearchClosed(p))
		all = append(all, render.Search(p, "ocean", []music.Track{*ocean(), *radio()}), render.Bots(p, *pool(), invite))
		for _, m := range all {
			raw, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range i18n.All() {
				if bytes.Contains(raw, []byte(id)) {
					t.Errorf("%s: the id %s is shown in %s", locale, id, raw)
				}
			}
			if bytes.Contains(raw, []byte("<no value>")) || bytes.Contains(raw, []byte("secret handle")) {
				t.Errorf("%s: %s", locale, raw)
			}
		}
	}
}
