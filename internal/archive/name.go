package archive

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	prefix = "journal-"
	suffix = ".jsonl.zst"
	// digits makes names of files sort like their numbers.
	digits = 20
	// unfinished begins the name of a file that is being written.
	unfinished = ".unfinished-"
)

// File is one file of an archive. It has every event from First to Last that the
// journal had when it was written.
type File struct {
	// Path is where it is, as an operator finds it.
	Path        string
	First, Last int64

	name  string
	place place
}

// nameOf is where a file lies below the archive's directory.
func nameOf(first, last int64, at time.Time) string {
	return path.Join(at.UTC().Format("2006/01/02"), fmt.Sprintf("%s%0*d-%0*d%s", prefix, digits, first, digits, last, suffix))
}

// parseName reads the numbers of a file's name. ok is false for any other name.
func parseName(name string) (first, last int64, ok bool) {
	numbers, isEvent := strings.CutPrefix(name, prefix)
	numbers, isZst := strings.CutSuffix(numbers, suffix)
	a, b, two := strings.Cut(numbers, "-")
	if !isEvent || !isZst || !two || len(a) != digits || len(b) != digits {
		return 0, 0, false
	}
	first, ok = number(a)
	if !ok {
		return 0, 0, false
	}
	last, ok = number(b)
	return first, last, ok && first <= last
}

func number(s string) (int64, bool) {
	// ParseInt would take a sign.
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err == nil && n > 0
}
