package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	entryMark = "» "
	// waitFor is how long a message may take to become what the book says, and
	// waitMore how long another one may after one did not.
	waitFor, waitMore = 45 * time.Second, 5 * time.Second
)

// entry is one thing that was done, and what was read then.
type entry struct{ head, body string }

// book is what is written down, and what was at first.
type book struct {
	t    *testing.T
	path string
	want []entry
	got  []entry
	// wrong counts the entries that are not as they were.
	wrong int
}

func openBook(t *testing.T, name string) *book {
	t.Helper()
	b := &book{t: t, path: filepath.Join("..", "..", "testdata", "golden", "tour", name+".txt")}
	raw, err := os.ReadFile(b.path)
	if err != nil && !*update {
		t.Fatalf("the golden file cannot be read (write it with -update): %v", err)
	}
	for i, part := range strings.Split("\n"+string(raw), "\n"+entryMark) {
		if i == 0 {
			continue
		}
		head, body, _ := strings.Cut(part, "\n")
		var lines []string
		for l := range strings.Lines(strings.TrimRight(body, "\n")) {
			lines = append(lines, strings.TrimPrefix(strings.TrimRight(l, "\n"), "    "))
		}
		b.want = append(b.want, entry{head, strings.Join(lines, "\n")})
	}
	return b
}

// next is the entry that is to come, as it was.
func (b *book) next() entry {
	if i := len(b.got); i < len(b.want) {
		return b.want[i]
	}
	return entry{}
}

// note writes down what has no answer.
func (b *book) note(head string) { b.add(entry{head: head}) }

// write writes down an answer. Where it was deferred Discord shows to all what
// else only one sees, which depends on how busy the machine is.
func (b *book) write(g *guide, head, body string, deferred bool) {
	b.t.Helper()
	body = g.clean(body)
	if want := b.next(); deferred && plainly(want.body) == plainly(body) {
		body = want.body
	}
	b.add(entry{g.names.Replace(head), body})
}

func plainly(s string) string {
	if strings.HasPrefix(s, "(only ") {
		_, s, _ = strings.Cut(s, "\n")
	}
	return s
}

// await writes down what changes by itself: it looks until it is as it was, and
// when the book is written anew until it stays as it is.
func (b *book) await(g *guide, head string, look func(context.Context) (string, bool)) {
	b.t.Helper()
	within := waitFor
	if b.wrong > 0 {
		within = waitMore
	}
	began, want := time.Now(), b.next().body
	last, since := "", began
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		body, ok := look(b.t.Context())
		body = g.clean(body)
		if body != last {
			last, since = body, time.Now()
		}
		settled := ok && *update && time.Since(since) > settle
		if ok && body == want && !*update || settled || time.Since(began) > within {
			tick.Stop()
			b.add(entry{head, body})
			return
		}
	}
}

func (b *book) add(e entry) {
	b.t.Helper()
	if want := b.next(); !*update && want != e {
		b.wrong++
		b.t.Errorf("entry %d is not as in %s:\n--- was\n%s--- is\n%s", len(b.got)+1, b.path, want, e)
		if want.head != e.head {
			b.t.FailNow() // the tour itself changed
		}
	}
	b.got = append(b.got, e)
}

func (e entry) String() string {
	s := entryMark + e.head + "\n"
	if e.body != "" {
		s += "    " + strings.ReplaceAll(e.body, "\n", "\n    ") + "\n"
	}
	return s
}

// close compares the length and, with -update, writes the book.
func (b *book) close() {
	b.t.Helper()
	if !*update {
		if len(b.got) != len(b.want) {
			b.t.Errorf("%d entries, %s has %d", len(b.got), b.path, len(b.want))
		}
		return
	}
	var out strings.Builder
	for _, e := range b.got {
		if strings.HasPrefix(e.head, "# ") && out.Len() > 0 {
			out.WriteString("\n")
		}
		out.WriteString(e.String())
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o755); err != nil { //nolint:gosec // like the files around it
		b.t.Fatal(err)
	}
	if err := os.WriteFile(b.path, []byte(out.String()), 0o644); err != nil { //nolint:gosec // like the files around it
		b.t.Fatal(err)
	}
}

// clean makes what was read the same in each run.
func (g *guide) clean(s string) string {
	return spaces.ReplaceAllString(stable(g.names.Replace(s), g.held), "\n")
}
