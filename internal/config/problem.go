package config

import (
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	// Key names the value, as data_dir or discord.bots[0].name.
	Key string
	// Source is where it was set: default, file PATH, environment variable NAME
	// or flag --name.
	Source string
	// What says what is wrong, without the value of a secret.
	What string
	// Allowed says what would be right. It may be empty.
	Allowed string
}

// String is the problem as a line for people.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Key + ": " + p.What)
	if p.Source != "" {
		b.WriteString(" (from " + p.Source + ")")
	}
	if p.Allowed != "" {
		b.WriteString("; allowed: " + p.Allowed)
	}
	return b.String()
}

// Problems is everything that is wrong, in the order of the keys. It is the
// cause of the error that Load returns.
type Problems []Problem //nolint:errname // a list of Problem, which is also the cause

// Error lists them, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// refusal is what Load returns for problems; nil for none.
func (ps Problems) refusal() error {
	if len(ps) == 0 {
		return nil
	}
	return &refused{
		fault:    fault.New(fault.Invalid, "config.Load", ps.Error()).WithHint("correct each value where it was set and start again"),
		problems: ps,
	}
}

// refused shows its text once and gives both views of itself to errors.As.
type refused struct {
	fault    *fault.Error
	problems Problems
}

func (r *refused) Error() string   { return r.fault.Error() }
func (r *refused) Unwrap() []error { return []error{r.fault, r.problems} }

// nearest returns the known key that is most like s, empty where none is. A key
// and its variable are alike, and so are dots, dashes and underscores.
func nearest(s string, known []string) string {
	fold := func(k string) string {
		return strings.NewReplacer("__", "_", "-", "_", ".", "_").Replace(strings.TrimPrefix(k, "platform_"))
	}
	s = fold(strings.ToLower(s))
	best, at := "", max(2, len(s)/3)+1
	for _, k := range known {
		if d := distance(s, fold(k)); d < at {
			best, at = k, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace.
func distance(a, b string) int {
	if len(a) > 128 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, diag+1)
		}
	}
	return row[len(b)]
}
