package output

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// Format is how data is printed.
type Format string

// The formats.
const (
	FormatTable Format = "table"
	FormatWide  Format = "wide"
	FormatJSON  Format = "json"
	FormatJSONL Format = "jsonl"
	FormatYAML  Format = "yaml"
	FormatName  Format = "name"
)

// Formats lists the formats in the order in which help shows them.
func Formats() []Format {
	return []Format{FormatTable, FormatWide, FormatJSON, FormatJSONL, FormatYAML, FormatName}
}

// ParseFormat returns the format of a name. Errors: Invalid.
func ParseFormat(s string) (Format, error) {
	for _, f := range Formats() {
		if string(f) == s {
			return f, nil
		}
	}
	return "", fault.New(fault.Invalid, "output.ParseFormat", fmt.Sprintf("there is no output format %q", s)).
		WithHint("the formats are table, wide, json, jsonl, yaml and name")
}

// Options says how to print.
type Options struct {
	Format Format
	// Time is how times are shown in tables.
	Time TimeFormat
	// Quiet leaves out what is only talk.
	Quiet bool
	// Color allows colours in tables, ColorTalk on stderr. See Terminal and NoColor.
	Color, ColorTalk bool
	// Width cuts the last column of a table that would be wider; 0 never does.
	Width int
	// ShowProgress allows a line on stderr that changes; only for a terminal.
	ShowProgress bool
	// Now is what relative times refer to.
	Now func() time.Time
}

// Printer prints data and talk.
type Printer struct {
	Options
	out, err io.Writer
}

// New returns a printer. The empty format is a table.
func New(stdout, stderr io.Writer, o Options) *Printer {
	if o.Format == "" {
		o.Format = FormatTable
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Printer{Options: o, out: stdout, err: stderr}
}

// Print prints one value: for people as the table that build returns, for
// programs v itself. A list is printed line by line as JSON lines where items
// is given.
func (p *Printer) Print(v any, items []any, build func() Table) error {
	switch p.Format {
	case FormatJSON:
		return p.json(v, "  ")
	case FormatJSONL:
		if items == nil {
			return p.json(v, "")
		}
		for _, it := range items {
			if err := p.json(it, ""); err != nil {
				return err
			}
		}
		return nil
	case FormatYAML:
		return p.yaml(v)
	case FormatName:
		return p.names(build())
	default: // table and wide, which differ in their columns
		return p.table(build())
	}
}

// Stream prints one value of a stream at once: a line of JSON for programs, a
// row without a header for people.
func (p *Printer) Stream(v any, build func() Table) error {
	switch p.Format {
	case FormatJSON, FormatJSONL:
		return p.json(v, "")
	case FormatYAML:
		if _, err := io.WriteString(p.out, "---\n"); err != nil {
			return written(err)
		}
		return p.yaml(v)
	case FormatName:
		return p.Print(v, nil, build)
	default: // table and wide, which differ in their columns
		t := build()
		t.NoHeader = true
		return p.table(t)
	}
}

func (p *Printer) json(v any, indent string) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return written(enc.Encode(v))
}

// Talk prints a line for people on stderr, unless quiet.
func (p *Printer) Talk(format string, args ...any) {
	if !p.Quiet {
		_, _ = fmt.Fprintln(p.err, Harmless(fmt.Sprintf(format, args...)))
	}
}

// written makes a fault of an output that cannot be written to.
func written(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.Internal, "output", "the output cannot be written")
}
