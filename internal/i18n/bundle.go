package i18n

import (
	"embed"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/atrilhq/platform/internal/fault"
)

//go:embed catalog/*.json
var catalogs embed.FS

// A dialect is a way to write: the language of the sentences and the tag by
// which numbers are written. Latin America groups digits as English does, Spain
// does not.
type dialect struct {
	code    string
	catalog language.Tag
	numbers language.Tag
}

var (
	english      = dialect{code: "en", catalog: language.English, numbers: language.English}
	spanish      = dialect{code: "es-ES", catalog: language.Spanish, numbers: language.EuropeanSpanish}
	latinSpanish = dialect{code: "es-419", catalog: language.Spanish, numbers: language.LatinAmericanSpanish}
)

// Bundle is the catalogs of all languages, loaded and checked. It does not
// change and may be used by many goroutines.
type Bundle struct {
	english, spanish, latinSpanish *Printer
}

// New loads the catalogs that the program carries. It returns fault.Internal
// where one of them cannot be read, or does not have exactly the messages of All.
func New() (*Bundle, error) {
	b := goi18n.NewBundle(language.English)
	for _, path := range []string{"catalog/en.json", "catalog/es.json"} {
		file, err := b.LoadMessageFileFS(catalogs, path)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "i18n.New", "the catalog "+path+" cannot be read")
		}
		if err := complete(file); err != nil {
			return nil, err
		}
	}
	return &Bundle{
		english:      newPrinter(b, english),
		spanish:      newPrinter(b, spanish),
		latinSpanish: newPrinter(b, latinSpanish),
	}, nil
}

func complete(file *goi18n.MessageFile) error {
	have := make(map[string]bool, len(file.Messages))
	for _, m := range file.Messages {
		have[m.ID] = true
	}
	for _, id := range All() {
		if !have[string(id)] {
			return fault.New(fault.Internal, "i18n.New", "the catalog "+file.Path+" lacks "+string(id))
		}
		delete(have, string(id))
	}
	for id := range have {
		return fault.New(fault.Internal, "i18n.New", "the catalog "+file.Path+" has the unknown message "+id)
	}
	return nil
}

// For returns the printer for a locale as Discord and BCP 47 write it: en-US,
// es-ES, es-419. Any Spanish but that of Spain counts as Latin American; a
// language that there is no catalog for, or that cannot be read, gets English.
func (b *Bundle) For(locale string) *Printer {
	base, region, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	switch {
	case !strings.EqualFold(base, "es"):
		return b.english
	case region == "" || strings.EqualFold(region, "ES"):
		return b.spanish
	}
	return b.latinSpanish
}
