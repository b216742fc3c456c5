package sqlstore

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// likeEscaper makes a text stand for itself in a pattern of LIKE.
func likeEscaper() *strings.Replacer { return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`) }

// folded is a text without case, accents and compatibility forms, at most
// maxName bytes: what is typed in a hurry finds what is written well.
func folded(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(shown(s, maxName)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return shown(b.String(), maxName)
}

// wordsOf are the different words of a filter, at most maxWords of them.
func wordsOf(filter string) []string {
	words := strings.Fields(folded(filter))
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(len(words), maxWords)]
}
