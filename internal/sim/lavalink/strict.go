package lavalink

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// object reads a JSON object field by field and remembers the first thing that
// was wrong with it, by the field's path. A field that nobody asked for is
// wrong too.
type object struct {
	path   string
	fields map[string]json.RawMessage
	err    *error // shared with nested objects
}

// fieldError is a mistake in a request's body; its text goes to the client.
type fieldError struct{ path, problem string }

func (e *fieldError) Error() string {
	if e.path == "" {
		return "the body " + e.problem
	}
	return e.path + " " + e.problem
}

func newObject(path string, raw []byte, err *error) *object {
	o := &object{path: path, err: err}
	if *err != nil {
		return o
	}
	if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' || json.Unmarshal(raw, &o.fields) != nil {
		*err = &fieldError{path, "must be a JSON object"}
	}
	return o
}

func (o *object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func (o *object) fail(name, format string, args ...any) {
	if *o.err == nil {
		*o.err = &fieldError{o.at(name), fmt.Sprintf(format, args...)}
	}
}

// take removes a field and returns it.
func (o *object) take(name string) (json.RawMessage, bool) {
	raw, ok := o.fields[name]
	delete(o.fields, name)
	return raw, ok && *o.err == nil
}

// done reports the fields that nobody took.
func (o *object) done() {
	if len(o.fields) > 0 {
		o.fail(slices.Min(slices.Collect(maps.Keys(o.fields))), "is not a field that this node knows")
	}
}

func isNull(raw []byte) bool { return string(raw) == "null" }

func (o *object) text(name string) *string {
	raw, ok := o.take(name)
	if !ok {
		return nil
	}
	var s string
	if isNull(raw) || json.Unmarshal(raw, &s) != nil {
		o.fail(name, "must be a string")
		return nil
	}
	return &s
}

// nullableText tells an absent field from null from a string.
func (o *object) nullableText(name string) (s *string, present bool) {
	if raw, ok := o.fields[name]; ok && isNull(raw) {
		delete(o.fields, name)
		return nil, true
	}
	s = o.text(name)
	return s, s != nil
}

func (o *object) flag(name string) *bool {
	raw, ok := o.take(name)
	if !ok {
		return nil
	}
	var v bool
	if isNull(raw) || json.Unmarshal(raw, &v) != nil {
		o.fail(name, "must be true or false")
		return nil
	}
	return &v
}

// whole reads an integer between low and high, both included.
func (o *object) whole(name string, low, high int64) *int64 {
	raw, ok := o.take(name)
	if !ok {
		return nil
	}
	v, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || v < low || v > high {
		if high == math.MaxInt64 {
			o.fail(name, "must be a whole number of at least %d", low)
		} else {
			o.fail(name, "must be a whole number from %d to %d", low, high)
		}
		return nil
	}
	return &v
}

// span is a range of numbers; an open end is not part of it.
type span struct {
	low, high         float64
	openLow, openHigh bool
}

func (s span) holds(v float64) bool {
	return (v > s.low || v == s.low && !s.openLow) && (v < s.high || v == s.high && !s.openHigh)
}

func (s span) String() string {
	switch {
	case math.IsInf(s.low, 0) && math.IsInf(s.high, 0):
		return "a number"
	case math.IsInf(s.high, 0) && s.openLow:
		return fmt.Sprintf("a number above %g", s.low)
	case math.IsInf(s.high, 0):
		return fmt.Sprintf("a number of at least %g", s.low)
	case s.openLow:
		return fmt.Sprintf("a number above %g, at most %g", s.low, s.high)
	default:
		return fmt.Sprintf("a number from %g to %g", s.low, s.high)
	}
}

// number reads a number within s and keeps def if the field is absent.
func (o *object) number(name string, def float64, s span) float64 {
	raw, ok := o.take(name)
	if !ok {
		return def
	}
	var v float64
	if isNull(raw) || json.Unmarshal(raw, &v) != nil || !s.holds(v) {
		o.fail(name, "must be %s", s)
		return def
	}
	return v
}

// nested reads an object; a null counts as absent where nullable says so.
func (o *object) nested(name string, nullable bool) *object {
	raw, ok := o.take(name)
	if !ok || nullable && isNull(raw) {
		return nil
	}
	return newObject(o.at(name), raw, o.err)
}
