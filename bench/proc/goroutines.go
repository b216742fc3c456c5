package proc

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// Goroutines returns how many goroutines there are, without those that only keep
// a connection of an HTTP client open, and how many such connections there are:
// a transport keeps as many as were busy at once, up to its limit, so their
// number follows the load of the machine and not the age of the process. A
// connection whose answer was not read to its end is not among them.
func (d *Platform) Goroutines(ctx context.Context) (goroutines, open float64, err error) {
	at, err := d.operations(ctx)
	if err != nil {
		return 0, 0, err
	}
	text, err := fetch(ctx, "http://"+at+"/debug/pprof/goroutine?debug=1")
	if err != nil {
		return 0, 0, err
	}
	return countGoroutines(text)
}

var stacks = regexp.MustCompile(`^(\d+) @ `)

// countGoroutines reads a profile of goroutines as text: a head, then stacks
// with the number of goroutines that have each.
func countGoroutines(text string) (goroutines, open float64, err error) {
	for block := range strings.SplitSeq(text, "\n\n") {
		if head, rest, ok := strings.Cut(block, "\n"); ok && strings.HasPrefix(head, "goroutine profile") {
			block = rest
		}
		m := stacks.FindStringSubmatch(block)
		if m == nil {
			continue
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, 0, err
		}
		goroutines += n
		if strings.Contains(block, "net/http.(*persistConn).readLoop") && strings.Contains(block, "bufio.(*Reader).Peek") {
			open += n
		}
	}
	if goroutines == 0 {
		return 0, 0, errors.New("there is no goroutine in the profile")
	}
	return goroutines - 2*open, open, nil // one that reads, one that writes
}
