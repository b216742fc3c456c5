package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/secret"
)

// field is one key as the tags of the structs describe it.
type field struct {
	key      string
	index    []int
	typ      reflect.Type
	doc      string
	def      string
	allow    string
	required bool
	// many is true for text that may be given as a list, which is joined by commas.
	many bool
	// elem are the keys of an element, for a list of structs.
	elem []field
}

var (
	secretType   = reflect.TypeFor[secret.Text]()
	durationType = reflect.TypeFor[time.Duration]()
)

// fields walks a struct and returns its keys in the order of the source.
func fields(t reflect.Type) []field { return appendFields(nil, t, "", nil) }

func appendFields(out []field, t reflect.Type, prefix string, at []int) []field {
	for i := range t.NumField() {
		sf := t.Field(i)
		key := sf.Tag.Get("key")
		if key == "" {
			continue
		}
		index := append(slices.Clone(at), i)
		if sf.Type.Kind() == reflect.Struct && sf.Type != secretType {
			out = appendFields(out, sf.Type, prefix+key+".", index)
			continue
		}
		f := field{
			key: prefix + key, index: index, typ: sf.Type, doc: sf.Tag.Get("doc"), def: sf.Tag.Get("default"),
			allow: sf.Tag.Get("allow"), required: sf.Tag.Get("required") == "true",
			many: sf.Tag.Get("many") == "true",
		}
		if f.isObjects() {
			f.elem = fields(sf.Type.Elem())
		}
		out = append(out, f)
	}
	return out
}

// isObjects is true for a list of structs.
func (f field) isObjects() bool {
	return f.typ.Kind() == reflect.Slice && f.typ.Elem().Kind() == reflect.Struct
}

func (f field) secret() bool { return f.typ == secretType }

// choices returns the set of what is allowed, nil where it is not a set.
func (f field) choices() []string {
	if f.typ.Kind() == reflect.Bool || !strings.Contains(f.allow, "|") || strings.Contains(f.allow, " ") {
		return nil
	}
	return strings.Split(f.allow, "|")
}

var rangePattern = regexp.MustCompile(`^([0-9]+[a-z]*)\.\.([0-9]+[a-z]*)$`)

// bounds returns the ends of what is allowed as they are written.
func (f field) bounds() (low, high string, ok bool) {
	m := rangePattern.FindStringSubmatch(f.allow)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// allowed says in words what a value may be.
func (f field) allowed() string {
	if c := f.choices(); c != nil {
		return oneOf(c)
	}
	if low, high, ok := f.bounds(); ok {
		return low + " to " + high
	}
	switch {
	case f.allow == "true|false":
		return "true or false"
	case f.allow != "":
		return f.allow
	case f.typ == durationType:
		return "a duration such as 30s or 5m"
	}
	return ""
}

func oneOf(c []string) string {
	if len(c) == 1 {
		return c[0]
	}
	return strings.Join(c[:len(c)-1], ", ") + " or " + c[len(c)-1]
}

// set decodes a value as a source gave it into dst. The error says what is
// wrong, never the value of a secret.
func (f field) set(dst reflect.Value, raw any) error {
	if f.typ.Kind() == reflect.Slice {
		return f.setList(dst, raw)
	}
	if f.isTimes() {
		return f.setTimes(dst, raw)
	}
	if f.typ == durationType {
		return f.setDuration(dst, raw)
	}
	switch f.typ.Kind() {
	case reflect.Bool:
		return f.setBool(dst, raw)
	case reflect.Int:
		return f.setInt(dst, raw)
	}
	s, ok := raw.(string)
	if f.many && !ok {
		s, ok = joined(raw)
	}
	if !ok {
		return fmt.Errorf("has to be text; put it in quotes")
	}
	if len(s) > 4096 {
		return fmt.Errorf("is longer than 4096 bytes")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("contains a control character")
	}
	if f.secret() {
		dst.Set(reflect.ValueOf(secret.New(s)))
		return nil
	}
	if c := f.choices(); c != nil && !slices.Contains(c, s) {
		return fmt.Errorf("%s is not allowed", quote(s))
	}
	dst.SetString(s)
	return nil
}

// joined puts a list of text together, false for anything else.
func joined(raw any) (string, bool) {
	list, ok := raw.([]any)
	parts := make([]string, 0, len(list))
	for _, e := range list {
		s, text := e.(string)
		ok = ok && text && !strings.Contains(s, ",")
		parts = append(parts, s)
	}
	return strings.Join(parts, ","), ok
}

func (f field) setBool(dst reflect.Value, raw any) error {
	switch v := raw.(type) {
	case bool:
		dst.SetBool(v)
		return nil
	case string:
		if v == "true" || v == "false" {
			dst.SetBool(v == "true")
			return nil
		}
	}
	return fmt.Errorf("%s is neither true nor false", quote(raw))
}

func (f field) setInt(dst reflect.Value, raw any) error {
	var n int
	switch v := raw.(type) {
	case int:
		n = v
	case string:
		var err error
		if n, err = strconv.Atoi(v); err != nil {
			return fmt.Errorf("%s is not a whole number", quote(v))
		}
	default:
		return fmt.Errorf("%s is not a whole number", quote(raw))
	}
	if low, high, ok := f.bounds(); ok {
		a, _ := strconv.Atoi(low)
		b, _ := strconv.Atoi(high)
		if n < a || n > b {
			return fmt.Errorf("%d is out of range", n)
		}
	}
	dst.SetInt(int64(n))
	return nil
}

func (f field) setDuration(dst reflect.Value, raw any) error {
	var d time.Duration
	switch v := raw.(type) {
	case time.Duration:
		d = v
	case string:
		var err error
		if d, err = time.ParseDuration(v); err != nil {
			return fmt.Errorf("%s is not a duration such as 30s or 5m", quote(v))
		}
	default:
		return fmt.Errorf("%s is not a duration such as 30s or 5m", quote(raw))
	}
	if low, high, ok := f.bounds(); ok {
		a, _ := time.ParseDuration(low)
		b, _ := time.ParseDuration(high)
		if d < a || d > b {
			return fmt.Errorf("%s is out of range", d)
		}
	}
	dst.SetInt(int64(d))
	return nil
}

// setList decodes a list of text; lists of structs are decoded in load.go.
func (f field) setList(dst reflect.Value, raw any) error {
	var items []string
	switch v := raw.(type) {
	case []string:
		items = v
	case string:
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				items = append(items, part)
			}
		}
	case []any:
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return fmt.Errorf("has to be a list of text; put %s in quotes", quote(e))
			}
			items = append(items, s)
		}
	default:
		return fmt.Errorf("has to be a list")
	}
	if len(items) > 256 {
		return fmt.Errorf("has more than 256 entries")
	}
	for i, s := range items {
		if c := f.choices(); c != nil && !slices.Contains(c, s) {
			return fmt.Errorf("%s is not allowed", quote(s))
		}
		if slices.Contains(items[:i], s) {
			return fmt.Errorf("%s stands there twice", quote(s))
		}
	}
	dst.Set(reflect.ValueOf(slices.Clone(items)))
	return nil
}

// quote shows a value of a source, shortened.
func quote(v any) string {
	s := fmt.Sprint(v)
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:57], "") + "…"
	}
	return strconv.Quote(s)
}
