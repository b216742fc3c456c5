package output

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Tone says what a cell means. It becomes a colour only beside its text, never
// instead of it.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Good
	Warn
	Bad
	Dim
)

// Cell is a text with a tone.
type Cell struct {
	Text string
	Tone Tone
}

// Column is a title. A wide one is shown with -o wide only; a right one is set
// to the right, as numbers are.
type Column struct {
	Title string
	Wide  bool
	Right bool
}

// Table is data for people.
type Table struct {
	Columns []Column
	Rows    [][]Cell
	// Empty is said on stderr where there are no rows.
	Empty    string
	NoHeader bool
	// Names are what -o name prints; the first cells where there are none.
	Names []string
	// Next are further tables for people, each after an empty line.
	Next []Table
}

// Text returns cells without a tone.
func Text(values ...string) []Cell {
	cells := make([]Cell, len(values))
	for i, v := range values {
		cells[i].Text = v
	}
	return cells
}

// Fields returns a table of two columns without a header, for one thing.
func Fields(pairs ...[]Cell) Table {
	return Table{Columns: []Column{{}, {}}, Rows: pairs, NoHeader: true}
}

var paint = map[Tone]string{Good: "\x1b[32m", Warn: "\x1b[33m", Bad: "\x1b[31m", Dim: "\x1b[2m"}

func (p *Printer) table(t Table) error {
	if err := p.one(t); err != nil {
		return err
	}
	for _, next := range t.Next {
		if len(next.Rows) == 0 {
			continue
		}
		if _, err := io.WriteString(p.out, "\n"); err != nil {
			return written(err)
		}
		if err := p.one(next); err != nil {
			return err
		}
	}
	return nil
}

func (p *Printer) names(t Table) error {
	names := t.Names
	if names == nil {
		for _, r := range t.Rows {
			names = append(names, r[0].Text)
		}
	}
	for _, n := range names {
		if _, err := io.WriteString(p.out, safe(n)+"\n"); err != nil {
			return written(err)
		}
	}
	return nil
}

func (p *Printer) one(t Table) error {
	if len(t.Rows) == 0 {
		if t.Empty != "" {
			p.Talk("%s", t.Empty)
		}
		return nil
	}
	var shown []int
	for i, c := range t.Columns {
		if !c.Wide || p.Format == FormatWide {
			shown = append(shown, i)
		}
	}
	rows := t.Rows
	if !t.NoHeader {
		head := make([]Cell, len(t.Columns))
		for i, c := range t.Columns {
			head[i] = Cell{Text: c.Title, Tone: Dim}
		}
		rows = append([][]Cell{head}, rows...)
	}
	widths := make([]int, len(t.Columns))
	for _, r := range rows {
		for _, i := range shown {
			widths[i] = max(widths[i], columns(safe(r[i].Text)))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		p.row(&b, t, r, shown, widths)
	}
	_, err := p.out.Write([]byte(b.String()))
	return written(err)
}

func (p *Printer) row(out *strings.Builder, t Table, r []Cell, shown, widths []int) {
	b := &strings.Builder{}
	left := p.Width
	for n, i := range shown {
		text, last := safe(r[i].Text), n == len(shown)-1
		if last && p.Width > 0 {
			text = cut(text, max(left, 8))
		}
		pad := strings.Repeat(" ", max(0, widths[i]-columns(text)))
		if t.Columns[i].Right {
			b.WriteString(pad)
		}
		color := ""
		if p.Color && text != "" {
			color = paint[r[i].Tone]
		}
		b.WriteString(color + text)
		if color != "" {
			b.WriteString("\x1b[0m")
		}
		if !last {
			if !t.Columns[i].Right {
				b.WriteString(pad)
			}
			b.WriteString("  ")
		}
		left -= widths[i] + 2
	}
	out.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

// Harmless takes out of a text what would steer a terminal, line by line: names of
// channels, guilds and members are what others chose.
func Harmless(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = safe(lines[i])
	}
	return strings.Join(lines, "\n")
}

// safe takes out what would steer a terminal: control characters, and marks
// that turn the direction of text.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == utf8.RuneError:
			return '�'
		}
		return r
	}, s)
}

// columns counts the places that a text takes in a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// cut shortens a text to a number of places.
func cut(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		w := columns(string(r))
		if used+w > n-1 {
			return s[:i] + "…"
		}
		used += w
	}
	return s
}
