package i18n

import (
	"maps"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/message"

	"github.com/atrilhq/platform/internal/fault"
)

// Args is what the places of a message are filled with. Every place needs one.
type Args map[string]any

// strict makes a place that was not filled an error, not a hole in a sentence.
var strict = &template.TextParser{Option: "missingkey=error"}

// Printer writes in one language. It may be used by many goroutines.
type Printer struct {
	dialect   dialect
	localizer *goi18n.Localizer
	numbers   *message.Printer
}

func newPrinter(b *goi18n.Bundle, d dialect) *Printer {
	return &Printer{
		dialect:   d,
		localizer: goi18n.NewLocalizer(b, d.catalog.String()),
		numbers:   message.NewPrinter(d.numbers),
	}
}

// Language returns what the printer writes, as BCP 47: en, es-ES or es-419.
func (p *Printer) Language() string { return p.dialect.code }

// Text returns a message with its places filled. A message that cannot be
// written shows its id, so that an answer is given at all; Lookup says why.
func (p *Printer) Text(id ID, args Args) string {
	s, err := p.Lookup(id, args)
	if err != nil {
		return string(id)
	}
	return s
}

// Count returns a message in the plural form that n asks for. It fills the
// place Count with n as the language writes it.
func (p *Printer) Count(id ID, n int, args Args) string {
	s, err := p.LookupCount(id, n, args)
	if err != nil {
		return string(id)
	}
	return s
}

// Lookup is Text that tells what went wrong: fault.Internal for an id that is in
// no catalog and for a place that args does not fill.
func (p *Printer) Lookup(id ID, args Args) (string, error) {
	return p.localize(&goi18n.LocalizeConfig{MessageID: string(id), TemplateData: notNil(args), TemplateParser: strict})
}

// LookupCount is Count that tells what went wrong, as Lookup does.
func (p *Printer) LookupCount(id ID, n int, args Args) (string, error) {
	all := maps.Clone(notNil(args))
	all["Count"] = p.Number(n)
	return p.localize(&goi18n.LocalizeConfig{
		MessageID: string(id), TemplateData: all, PluralCount: n, TemplateParser: strict,
	})
}

func notNil(args Args) Args {
	if args == nil {
		return Args{}
	}
	return args
}

func (p *Printer) localize(c *goi18n.LocalizeConfig) (string, error) {
	s, err := p.localizer.Localize(c)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "i18n.Lookup", "the message "+c.MessageID+" cannot be written")
	}
	return s, nil
}
