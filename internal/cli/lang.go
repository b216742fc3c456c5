package cli

import (
	"fmt"
	"strings"

	"github.com/atrilhq/platform/internal/config/locate"
	"github.com/atrilhq/platform/internal/fault"
)

// say returns a text in the language of the run, formatted where there are
// arguments. English is the key; a text that has no translation stays English.
type say func(text string, args ...any) string

// speaker returns the voice of a language.
func speaker(lang string) say {
	var words map[string]string
	if lang == "es" {
		words = spanish()
	}
	return func(text string, args ...any) string {
		if t, ok := words[text]; ok {
			text = t
		}
		if len(args) == 0 {
			return text
		}
		return fmt.Sprintf(text, args...)
	}
}

// chooseLanguage looks for --lang before anything is parsed, because the help
// of the flags is in that language too, then at the locale.
func chooseLanguage(args, env []string) (string, error) {
	for i, a := range args {
		v, ok := strings.CutPrefix(a, "--lang=")
		if a == "--lang" && i+1 < len(args) {
			v, ok = args[i+1], true
		}
		if a == "--" {
			break
		}
		if !ok {
			continue
		}
		if v != "en" && v != "es" {
			return "en", fault.New(fault.Invalid, "cli", fmt.Sprintf("there is no language %q", v)).WithHint("the languages are en and es")
		}
		return v, nil
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := locate.Get(env, name); v != "" {
			if v == "es" || strings.HasPrefix(v, "es_") || strings.HasPrefix(v, "es.") {
				return "es", nil
			}
			break
		}
	}
	return "en", nil
}
