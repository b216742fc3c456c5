package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// problems is the tree of what is wrong with a body, in the shape that Discord
// answers: {"field": {"0": {"_errors": [{"code", "message"}]}}}
// (https://discord.com/developers/docs/reference#error-messages).
type problems struct {
	list []obj
	kids map[string]*problems
}

func (p *problems) add(code, message string) {
	p.list = append(p.list, obj{"code": code, "message": message})
}

func (p *problems) at(key string) *problems {
	if p.kids == nil {
		p.kids = map[string]*problems{}
	}
	if p.kids[key] == nil {
		p.kids[key] = &problems{}
	}
	return p.kids[key]
}

func (p *problems) empty() bool {
	for _, k := range p.kids {
		if !k.empty() {
			return false
		}
	}
	return len(p.list) == 0
}

func (p *problems) tree() obj {
	o := obj{}
	if len(p.list) > 0 {
		o["_errors"] = p.list
	}
	for key, k := range p.kids {
		if !k.empty() {
			o[key] = k.tree()
		}
	}
	return o
}

// check looks at one decoded JSON value (numbers are json.Number).
type check func(v any, p *problems)

// fields names the fields of an object; a name that ends in ! is required.
type fields map[string]check

// object refuses fields that it does not know: a client that sends them has
// misunderstood something, even where Discord lets it pass.
func object(f fields, more ...check) check {
	known, required := map[string]check{}, []string{}
	for name, c := range f {
		bare := strings.TrimSuffix(name, "!")
		known[bare] = c
		if bare != name {
			required = append(required, bare)
		}
	}
	return func(v any, p *problems) {
		m, ok := v.(map[string]any)
		if !ok {
			p.add("MODEL_TYPE_CONVERT", "Only dictionaries may be used here.")
			return
		}
		for _, name := range required {
			if _, ok := m[name]; !ok {
				p.at(name).add("BASE_TYPE_REQUIRED", "This field is required")
			}
		}
		for name, val := range m {
			if c := known[name]; c != nil {
				c(val, p.at(name))
			} else {
				p.at(clip(name)).add("UNKNOWN_FIELD", "There is no such field.")
			}
		}
		if p.empty() {
			for _, c := range more {
				c(v, p)
			}
		}
	}
}

// clip keeps what is repeated from a request short.
func clip(s string) string {
	if len(s) <= 64 {
		return s
	}
	return strings.ToValidUTF8(s[:64], "") + "…"
}

func str(lo, hi int) check {
	return func(v any, p *problems) {
		s, ok := v.(string)
		if !ok {
			p.add("STRING_TYPE_CONVERT", "Could not interpret this as string.")
			return
		}
		if n := utf8.RuneCountInString(s); lo > 0 && (n < lo || n > hi) {
			p.add("BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", lo, hi))
		} else if n > hi {
			p.add("BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", hi))
		}
	}
}

func webURL(v any, p *problems) {
	str(1, 2048)(v, p)
	s, _ := v.(string)
	if scheme, _, ok := strings.Cut(s, "://"); p.empty() && (!ok || !slices.Contains([]string{"http", "https", "attachment", "discord"}, scheme)) {
		p.add("URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').")
	}
}

func integer(lo, hi int64) check {
	return func(v any, p *problems) {
		n, ok := v.(json.Number)
		i, err := n.Int64()
		switch {
		case !ok || err != nil:
			p.add("NUMBER_TYPE_COERCE", "Value is not int.")
		case i < lo:
			p.add("NUMBER_TYPE_MIN", fmt.Sprintf("int value should be greater than or equal to %d.", lo))
		case i > hi:
			p.add("NUMBER_TYPE_MAX", fmt.Sprintf("int value should be less than or equal to %d.", hi))
		}
	}
}

func number(v any, p *problems) {
	if _, ok := v.(json.Number); !ok {
		p.add("NUMBER_TYPE_COERCE", "Value is not float.")
	}
}

func oneOf(values ...int64) check {
	return func(v any, p *problems) {
		n, _ := v.(json.Number)
		i, err := n.Int64()
		if err != nil || !slices.Contains(values, i) {
			p.add("BASE_TYPE_CHOICES", fmt.Sprintf("Value must be one of %v.", values))
		}
	}
}

func boolean(v any, p *problems) {
	if _, ok := v.(bool); !ok {
		p.add("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
}

func snowflakeID(v any, p *problems) {
	s := fmt.Sprint(v)
	_, isString := v.(string)
	_, isNumber := v.(json.Number)
	if _, err := strconv.ParseUint(s, 10, 64); err != nil || !isString && !isNumber {
		p.add("NUMBER_TYPE_COERCE", fmt.Sprintf("Value %q is not snowflake.", clip(s)))
	}
}

func list(lo, hi int, elem check) check {
	return func(v any, p *problems) {
		l, ok := v.([]any)
		switch {
		case !ok:
			p.add("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		case len(l) < lo || len(l) > hi:
			p.add("BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", lo, hi))
		default:
			for i, e := range l {
				elem(e, p.at(strconv.Itoa(i)))
			}
		}
	}
}

func null(c check) check {
	return func(v any, p *problems) {
		if v != nil {
			c(v, p)
		}
	}
}

// locales are the languages of Discord's client
// (https://discord.com/developers/docs/reference#locales).
const locales = " id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko "

// localized checks a dictionary from locales to texts.
func localized(c check) check {
	return null(func(v any, p *problems) {
		m, ok := v.(map[string]any)
		if !ok {
			p.add("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		}
		for loc, text := range m {
			if strings.ContainsRune(loc, ' ') || !strings.Contains(locales, " "+loc+" ") {
				p.at(clip(loc)).add("DICT_TYPE_KEY_INVALID", "This is not a locale of Discord.")
			} else if text != nil {
				c(text, p.at(loc))
			}
		}
	})
}
