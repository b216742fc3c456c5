package page_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryWordIsThere holds the catalog and its use together: a key that is
// used has words in both languages, and one that has words is used.
func TestEveryWordIsThere(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("web/js/words.js")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][2]string{}
	for _, m := range regexp.MustCompile(`(?m)^  "([a-z.]+)": \["(.+)", "(.+)"\],$`).FindAllStringSubmatch(string(raw), -1) {
		known[m[1]] = [2]string{m[2], m[3]}
	}
	if lines := strings.Count(string(raw), "\n  \""); lines != len(known) || lines == 0 {
		t.Errorf("%d lines of words, %d understood", lines, len(known))
	}
	holes := regexp.MustCompile(`\{\w+\}`)
	for key, text := range known {
		if en, es := holes.FindAllString(text[0], -1), holes.FindAllString(text[1], -1); len(en) != len(es) {
			t.Errorf("%s has other gaps in Spanish: %v, %v", key, en, es)
		}
	}
	files, err := filepath.Glob("web/js/*.js")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range files {
		if filepath.Base(name) == "words.js" {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	code := all.String()
	for _, m := range regexp.MustCompile(`\bt\("([a-z.]+)"[,)]`).FindAllStringSubmatch(code, -1) {
		if _, ok := known[m[1]]; !ok {
			t.Errorf("%s has no words", m[1])
		}
	}
	for key := range known {
		// theme.… and area.… are put together where they are used.
		group, _, _ := strings.Cut(key, ".")
		if !strings.Contains(code, `"`+key+`"`) && !strings.Contains(code, `"`+group+`." + `) {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// TestEveryModuleIsPreloaded holds the page's list of modules to what there is,
// so that the first paint waits for no chain of imports.
func TestEveryModuleIsPreloaded(t *testing.T) {
	t.Parallel()
	html, err := os.ReadFile("web/index.html")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("web/js/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file := filepath.Base(name)
		if file == "pitch-worklet.js" { // loaded when a pitch is asked for
			continue
		}
		if !strings.Contains(string(html), `"js/`+file+`"`) {
			t.Errorf("%s is not preloaded", file)
		}
	}
}
