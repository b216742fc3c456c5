package sqlstore

import (
	"strconv"
	"strings"
)

// anonymous writes ? for $1, $2, $3, … where they stand in this order, each
// once. SQLite looks for the name of each parameter in a list of all names,
// which for a statement of a thousand costs more than carrying it out. Texts of
// another kind come back as they are.
func anonymous(text string) string {
	var b strings.Builder
	next := 1
	for rest := text; ; {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		if n, err := strconv.Atoi(after[:digits]); err != nil || n != next {
			return text
		}
		b.WriteByte('?')
		rest = after[digits:]
		next++
	}
}
