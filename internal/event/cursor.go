package event

import (
	"encoding/binary"
	"math/bits"
)

// cursor walks over JSON text (RFC 8259) that is known to be valid UTF-8. Its
// methods return false where the text breaks the grammar; at is then near it.
type cursor struct {
	text []byte
	at   int
}

// peek returns the next byte, or 0 at the end; 0 is never part of the grammar.
func (c *cursor) peek() byte {
	if c.at < len(c.text) {
		return c.text[c.at]
	}
	return 0
}

func (c *cursor) eat(b byte) bool {
	if c.at < len(c.text) && c.text[c.at] == b {
		c.at++
		return true
	}
	return false
}

func (c *cursor) space() {
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

// word passes a literal: true, false or null.
func (c *cursor) word(w string) bool {
	if len(c.text)-c.at < len(w) || string(c.text[c.at:c.at+len(w)]) != w {
		return false
	}
	c.at += len(w)
	return true
}

// quoted passes a string and returns what stands between its quotes, as it
// stands there, and whether there are escapes in it.
func (c *cursor) quoted() (inside []byte, escaped, ok bool) {
	if !c.eat('"') {
		return nil, false, false
	}
	text, start, i := c.text, c.at, c.at
	for {
		for i+8 <= len(text) {
			w := binary.LittleEndian.Uint64(text[i:])
			if found := marks(w) &^ w & highs; found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
			i += 8
		}
		for i < len(text) && text[i] >= 0x20 && text[i] != '"' && text[i] != '\\' {
			i++
		}
		c.at = i
		switch {
		case i == len(text) || text[i] < 0x20:
			return nil, escaped, false
		case text[i] == '"':
			c.at = i + 1
			return text[start:i], escaped, true
		}
		escaped = true
		if i+1 == len(text) {
			return nil, true, false
		}
		switch text[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if _, ok := hex4(text[i+2:]); !ok {
				return nil, true, false
			}
			i += 6
		default:
			return nil, true, false
		}
	}
}

// digits passes one digit or more.
func (c *cursor) digits() bool {
	start := c.at
	for c.at < len(c.text) && c.text[c.at] >= '0' && c.text[c.at] <= '9' {
		c.at++
	}
	return c.at > start
}

func (c *cursor) number() bool {
	c.eat('-')
	if !c.eat('0') && !c.digits() {
		return false
	}
	if c.eat('.') && !c.digits() {
		return false
	}
	if c.eat('e') || c.eat('E') {
		if !c.eat('+') {
			c.eat('-')
		}
		return c.digits()
	}
	return true
}

// skip passes any value that is nested at most depth deep.
func (c *cursor) skip(depth int) bool {
	switch b := c.peek(); b {
	case '"':
		_, _, ok := c.quoted()
		return ok
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	case '{', '[':
		if depth == 0 {
			return false
		}
		c.at++
		if b == '{' {
			return c.members(depth - 1)
		}
		return c.elements(depth - 1)
	}
	return c.number()
}

func (c *cursor) members(depth int) bool {
	c.space()
	if c.eat('}') {
		return true
	}
	for {
		c.space()
		if _, _, ok := c.quoted(); !ok {
			return false
		}
		c.space()
		if !c.eat(':') {
			return false
		}
		c.space()
		if !c.skip(depth) {
			return false
		}
		c.space()
		if !c.eat(',') {
			return c.eat('}')
		}
	}
}

func (c *cursor) elements(depth int) bool {
	c.space()
	if c.eat(']') {
		return true
	}
	for {
		c.space()
		if !c.skip(depth) {
			return false
		}
		c.space()
		if !c.eat(',') {
			return c.eat(']')
		}
	}
}
