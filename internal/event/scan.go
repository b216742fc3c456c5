package event

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/fault"
)

// Scan reads the attributes of an event in CloudEvents JSON and finds where its
// data stands. Order, white space and escapes do not matter; extension
// attributes that it does not know are passed over, whatever their value; null
// stands for an attribute that is not there, as the JSON format says.
//
// It returns fault.Invalid, naming the attribute, for JSON that is not
// well-formed or not UTF-8 (within data too), for an attribute that is there
// twice, missing, of the wrong type, longer than MaxAttribute or not what it must
// be, for values nested deeper than MaxDepth and for more than MaxEvent bytes.
func Scan(raw []byte) (Header, error) {
	var h Header
	if len(raw) > MaxEvent {
		return Header{}, tooLarge("event.Scan")
	}
	if !utf8.Valid(raw) {
		return Header{}, fault.New(fault.Invalid, "event.Scan", "the event is not valid UTF-8")
	}
	c := cursor{text: raw}
	c.space()
	if !c.eat('{') {
		return Header{}, malformed("the event")
	}
	var seen, set uint32
	c.space()
	for more := !c.eat('}'); more; {
		c.space()
		name, escaped, ok := c.quoted()
		if !ok {
			return Header{}, malformed("the name of an attribute")
		}
		if escaped {
			name = unescape(name)
		}
		a := attributeOf(name)
		if a != attrUnknown && seen&(1<<a) != 0 {
			return Header{}, invalid("event.Scan", a, "is there twice")
		}
		seen |= 1 << a
		c.space()
		if !c.eat(':') {
			return Header{}, invalid("event.Scan", a, "is not followed by a value")
		}
		c.space()
		present, err := h.read(&c, a)
		if err != nil {
			return Header{}, err
		}
		if present {
			set |= 1 << a
		}
		c.space()
		if more = c.eat(','); !more && !c.eat('}') {
			return Header{}, invalid("event.Scan", a, "is not followed by another attribute or the end of the event")
		}
	}
	c.space()
	if c.at != len(raw) {
		return Header{}, malformed("what follows the event")
	}
	if lacks := required &^ set; lacks != 0 {
		return Header{}, missing("event.Scan", firstOf(lacks))
	}
	return h, nil
}

// read passes the value of an attribute and keeps it. It returns false for a
// value that counts as none.
func (h *Header) read(c *cursor, a attribute) (bool, error) {
	start := c.at
	switch {
	case a == attrUnknown:
		if !c.skip(MaxDepth) {
			return false, invalid("event.Scan", a, "is not well-formed JSON or nested too deeply")
		}
		return false, nil
	case c.peek() == 'n' && c.word("null"):
		return false, nil
	case a == attrData:
		if !c.skip(MaxDepth) {
			return false, invalid("event.Scan", a, "is not well-formed JSON or nested too deeply")
		}
		h.Data = c.text[start:c.at:c.at]
		return true, nil
	case a == attrDataBase64:
		return false, invalid("event.Scan", a, "is not supported").WithHint("send JSON in data")
	case c.peek() != '"':
		return false, invalid("event.Scan", a, "must be a string")
	}
	value, escaped, ok := c.quoted()
	if !ok {
		return false, invalid("event.Scan", a, "is not a well-formed JSON string")
	}
	if escaped {
		value = unescape(value)
	}
	if len(value) > MaxAttribute {
		return false, tooLong("event.Scan", a)
	}
	return len(value) > 0, h.keep(a, value)
}

// keep stores the text of an attribute, or checks it where it can be only one thing.
func (h *Header) keep(a attribute, value []byte) error {
	value = slices.Clip(value)
	switch a {
	case attrSpecVersion:
		if len(value) > 0 && string(value) != SpecVersion {
			return invalid("event.Scan", a, "must be 1.0")
		}
	case attrDataContentType:
		if len(value) == 0 || string(value) == ContentType {
			return nil
		}
		if media, _, _ := bytes.Cut(value, []byte{';'}); string(bytes.TrimSpace(media)) != ContentType {
			return invalid("event.Scan", a, "must be application/json")
		}
	case attrTime:
		if len(value) > 0 {
			if err := h.Time.UnmarshalText(value); err != nil {
				return invalid("event.Scan", a, "must be a time as RFC 3339 writes it").
					WithHint("for example 2026-01-31T12:00:00.000Z")
			}
			h.Time = h.Time.UTC()
		}
	case attrID:
		h.ID = value
	case attrSource:
		h.Source = value
	case attrType:
		h.Type = value
	case attrSubject:
		h.Subject = value
	case attrDataSchema:
		h.DataSchema = value
	case attrTraceParent:
		h.TraceParent = value
	case attrPartitionKey:
		h.PartitionKey = value
	case attrTenantID:
		h.TenantID = value
	case attrCausationID:
		h.CausationID = value
	case attrReplayID:
		h.ReplayID = value
	case attrSequence:
		h.Sequence = value
	default: // data is kept where it is found, and what is not known is passed over
	}
	return nil
}

func malformed(what string) error {
	return fault.New(fault.Invalid, "event.Scan", what+" is not well-formed JSON").
		WithHint("an event is one JSON object in the JSON format of CloudEvents 1.0")
}

// firstOf returns the first attribute of a set.
func firstOf(set uint32) attribute {
	for a := range attrUnknown {
		if set&(1<<a) != 0 {
			return a
		}
	}
	return attrUnknown
}
