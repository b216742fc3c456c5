package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/atrilhq/platform/schema"
)

const (
	// maxTimes bounds a list of names with times.
	maxTimes = 64
	// leastKept is the shortest time that a type of event is kept for.
	leastKept = time.Hour
	// leastRead is how long what a projection is made of stays where there is an
	// archive to read it back from: a worker that was away catches up by then.
	leastRead = 24 * time.Hour
)

// projected are the types of events that projections are made of, with what is
// made of them.
func projected() map[string]string { return map[string]string{"music.play.ended": "plays"} }

var schemaPattern = regexp.MustCompile(`^events/(.+)\.v[0-9]+\.json$`)

// eventTypes are the names of all types of events, from the files that describe
// them.
func eventTypes() []string {
	files, err := fs.Glob(schema.Events, "events/*.json")
	if err != nil {
		return nil // the pattern is a constant that is none the less right
	}
	var out []string
	for _, f := range files {
		if m := schemaPattern.FindStringSubmatch(f); m != nil {
			out = append(out, m[1])
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

// isTimes is true for names with a duration each.
func (f field) isTimes() bool { return f.typ == reflect.TypeFor[map[string]time.Duration]() }

// timesText is a section of names and durations as one text, as a variable has
// it. Anything else stays as it is and is refused later.
func timesText(section map[string]any) any {
	parts := make([]string, 0, len(section))
	for _, name := range slices.Sorted(maps.Keys(section)) {
		text, ok := section[name].(string)
		if !ok || strings.ContainsAny(name, "=,") {
			return section
		}
		parts = append(parts, name+"="+text)
	}
	return strings.Join(parts, ",")
}

// setTimes decodes NAME=DURATION with commas between them.
func (f field) setTimes(dst reflect.Value, raw any) error {
	text, ok := raw.(string)
	if !ok {
		return errors.New("has to be names with a duration each, such as 48h")
	}
	out := map[string]time.Duration{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, at, two := strings.Cut(part, "=")
		d, err := time.ParseDuration(at)
		switch _, twice := out[name]; {
		case !two || err != nil:
			return fmt.Errorf("%s is no name with a duration such as 48h", quote(part))
		case twice:
			return fmt.Errorf("%s stands there twice", quote(name))
		case len(out) == maxTimes:
			return fmt.Errorf("has more than %d entries", maxTimes)
		}
		out[name] = d
	}
	dst.Set(reflect.ValueOf(out))
	return nil
}

// showTimes is what setTimes reads.
func showTimes(t map[string]time.Duration) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		parts = append(parts, name+"="+t[name].String())
	}
	return strings.Join(parts, ",")
}

// matches returns the types that a name of retention.types is for.
func matches(name string, types []string) []string {
	prefix, many := strings.CutSuffix(name, "*")
	if !many || !strings.HasSuffix(prefix, ".") {
		prefix, many = name, false
	}
	var out []string
	for _, t := range types {
		if t == name || (many && strings.HasPrefix(t, prefix)) {
			out = append(out, t)
		}
	}
	return out
}

// KeptTypes returns how long types of events are kept that are named in
// retention.types, each by its own name. The longest of several names counts.
func (r Retention) KeptTypes() map[string]time.Duration {
	types := eventTypes()
	out := map[string]time.Duration{}
	names := slices.SortedFunc(maps.Keys(r.Types), func(a, b string) int { return len(a) - len(b) })
	for _, name := range names {
		for _, t := range matches(name, types) {
			out[t] = r.Types[name]
		}
	}
	return out
}

// checkTypes looks at retention.types.
func (l *loader) checkTypes(c *Config) {
	const key = "retention.types"
	if l.settled(key) || l.settled("retention.journal") {
		return
	}
	source, types := c.origin(key), eventTypes()
	journal := time.Duration(c.Retention.Journal) * 24 * time.Hour
	for _, name := range slices.Sorted(maps.Keys(c.Retention.Types)) {
		d := c.Retention.Types[name]
		switch {
		case len(matches(name, types)) == 0:
			allowed := "a name of schema/events, or its beginning and .*"
			if n := nearest(name, types); n != "" {
				allowed = "did you mean " + n + "?"
			}
			l.problem(key+"."+name, source, "there is no such type of event", allowed)
		case d < leastKept || d > journal:
			l.problem(key+"."+name, source, d.String()+" is out of range",
				fmt.Sprintf("%s to the %d days of retention.journal", leastKept, c.Retention.Journal))
		}
	}
	kept := c.Retention.KeptTypes()
	for _, name := range slices.Sorted(maps.Keys(projected())) {
		d, thinned := kept[name]
		need, allowed := journal, fmt.Sprintf("the %d days of retention.journal, or archive.url to read it back from", c.Retention.Journal)
		if c.Archived() {
			need, allowed = min(journal, leastRead), leastRead.String()+" or longer, for a worker that was away to catch up"
		}
		if thinned && d < need && d >= leastKept {
			l.problem(key+"."+name, source, fmt.Sprintf("%s is too short: %s are made of it", d, projected()[name]), allowed)
		}
	}
}
