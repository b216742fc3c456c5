package redis

import (
	"encoding/binary"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

// codecVersion is the first byte of an entry and of what is told on a topic.
const codecVersion = 1

// Bounds of what a message may be, in bytes.
const (
	// MaxData bounds the data of a message.
	MaxData = 1 << 20
	// MaxText bounds each of the other fields.
	MaxText = 4 << 10
)

var errMessage = fault.New(fault.Invalid, "redis.decode", "an entry of the bus cannot be read").
	WithHint("was it written by a newer release, or by something else?")

// appendMessage appends a message to dst: its texts and its data, each behind
// its length, and its number, all in variable length.
func appendMessage(dst []byte, m *bus.Message) []byte {
	for _, s := range [...]string{m.Key, m.Kind, m.Trace, m.Source, m.Generation} {
		dst = binary.AppendUvarint(dst, uint64(len(s)))
		dst = append(dst, s...)
	}
	dst = binary.AppendVarint(dst, m.Number)
	dst = binary.AppendUvarint(dst, uint64(len(m.Data)))
	return append(dst, m.Data...)
}

// sizeOf is at least how many bytes appendMessage appends.
func sizeOf(m *bus.Message) int {
	return len(m.Key) + len(m.Kind) + len(m.Trace) + len(m.Source) + len(m.Generation) + len(m.Data) + 7*binary.MaxVarintLen32 + binary.MaxVarintLen64
}

// check writes a value that was not written yet, and refuses what is too large to
// be carried. Errors: Invalid, those of the value.
func check(m *bus.Message) (err error) {
	if m.Data, err = m.Bytes(); err != nil {
		return err
	}
	if len(m.Data) > MaxData {
		return fault.New(fault.Invalid, "redis.encode", "the data of a message is larger than 1 MiB")
	}
	for _, s := range [...]string{m.Key, m.Kind, m.Trace, m.Source, m.Generation} {
		if len(s) > MaxText {
			return fault.New(fault.Invalid, "redis.encode", "a field of a message is larger than 4 KiB")
		}
	}
	return nil
}

// decoder reads an entry. Texts and data share the entry's memory, which they
// keep alive; data is a copy that its reader may change.
type decoder struct {
	text string
	data []byte
}

// decode returns the messages of an entry, of which there is at least one.
// Errors: Invalid.
func decode(entry string) ([]bus.Message, error) {
	if len(entry) == 0 || entry[0] != codecVersion {
		return nil, errMessage
	}
	d := decoder{text: entry[1:], data: []byte(entry[1:])}
	out := make([]bus.Message, 0, 1)
	for len(d.text) > 0 {
		var m bus.Message
		if !d.message(&m) {
			return nil, errMessage
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil, errMessage
	}
	return out, nil
}

func (d *decoder) message(m *bus.Message) bool {
	for _, s := range [...]*string{&m.Key, &m.Kind, &m.Trace, &m.Source, &m.Generation} {
		n, ok := d.length(MaxText)
		if !ok {
			return false
		}
		*s = d.text[:n]
		d.skip(n)
	}
	number, n := binary.Varint(d.data)
	if n <= 0 {
		return false
	}
	m.Number = number
	d.skip(n)
	n, ok := d.length(MaxData)
	if !ok {
		return false
	}
	if n > 0 {
		m.Data = d.data[:n:n]
	}
	d.skip(n)
	return true
}

// length reads how long the next field is.
func (d *decoder) length(most uint64) (int, bool) {
	v, n := binary.Uvarint(d.data)
	if n <= 0 || v > most {
		return 0, false
	}
	d.skip(n)
	length := int(v) //nolint:gosec // at most 1 MiB
	return length, length <= len(d.data)
}

func (d *decoder) skip(n int) { d.text, d.data = d.text[n:], d.data[n:] }
