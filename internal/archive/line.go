package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// MaxLine is the longest line that is written and read, in bytes. The largest
// event fits however it is written.
const MaxLine = 4 << 20

// line is an event as a line has it. Event is the envelope as it is; Raw is one
// that is no JSON of one line, which the journal keeps all the same.
type line struct {
	Seq       int64           `json:"seq"`
	ID        string          `json:"id"`
	Type      string          `json:"type"`
	Tenant    string          `json:"tenant,omitempty"`
	Guild     music.GuildID   `json:"guild,omitempty"`
	Partition int             `json:"partition"`
	Epoch     int64           `json:"epoch"`
	At        time.Time       `json:"at"`
	Cause     string          `json:"cause,omitempty"`
	Raw       []byte          `json:"raw,omitempty"`
	Event     json.RawMessage `json:"event,omitempty"`
}

// gap is a line that stands for numbers that had left the journal before the
// file was written: their types are kept for a shorter time.
type gap struct {
	From int64 `json:"gone_from"`
	To   int64 `json:"gone_to"`
}

func appendGap(to []byte, from, last int64) []byte {
	return fmt.Appendf(to, `{"gone_from":%d,"gone_to":%d}`+"\n", from, last)
}

// parseGap reads what appendGap wrote; ok is false for any other line.
func parseGap(raw []byte) (g gap, ok bool) {
	if !bytes.HasPrefix(raw, []byte(`{"gone_from":`)) {
		return g, false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(&g)
	return g, err == nil && !dec.More() && g.From > 0 && g.From <= g.To
}

// AppendLine appends a row of the journal as a line, with its end. Errors:
// Invalid for one that is longer than MaxLine or whose time has no year of four
// digits.
func AppendLine(to []byte, row *store.JournalRow) ([]byte, error) {
	const op = "archive.AppendLine"
	l := line{
		Seq: row.Seq, ID: row.ID, Type: row.Type, Tenant: row.Tenant, Guild: row.Guild, Partition: row.Partition,
		Epoch: row.Epoch, At: row.At.UTC(), Cause: row.Cause,
	}
	// An envelope is written byte by byte: encoding/json would write it anew.
	asIs := json.Valid(row.Envelope) && !bytes.ContainsAny(row.Envelope, "\n\r") &&
		len(bytes.TrimSpace(row.Envelope)) == len(row.Envelope) && row.Envelope[0] == '{'
	if !asIs {
		l.Raw = row.Envelope
	}
	head, err := json.Marshal(l)
	if err != nil {
		return to, fault.Wrap(err, fault.Invalid, op, "the event cannot be written as a line")
	}
	if len(head)+len(row.Envelope) > MaxLine-16 {
		return to, fault.New(fault.Invalid, op, "the event is too long for a line")
	}
	to = append(to, head[:len(head)-1]...)
	if asIs {
		to = append(append(to, `,"event":`...), row.Envelope...)
	}
	return append(to, '}', '\n'), nil
}

// ParseLine reads what AppendLine wrote, with or without its end. Errors:
// Invalid.
func ParseLine(raw []byte) (store.JournalRow, error) {
	const op = "archive.ParseLine"
	var l line
	if len(raw) > MaxLine {
		return store.JournalRow{}, fault.New(fault.Invalid, op, "the line is too long")
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return store.JournalRow{}, fault.Wrap(err, fault.Invalid, op, "the line is no event")
	}
	if l.Seq <= 0 || l.ID == "" || l.Type == "" || l.At.UTC().Year() < 0 || l.At.UTC().Year() > 9999 {
		return store.JournalRow{}, fault.New(fault.Invalid, op, "the line has no number, id or type, or its time cannot be")
	}
	if l.Event != nil && l.Raw != nil {
		return store.JournalRow{}, fault.New(fault.Invalid, op, "the line has two events")
	}
	row := store.JournalRow{Seq: l.Seq, Record: store.Record{
		ID: l.ID, Type: l.Type, Tenant: l.Tenant, Guild: l.Guild, Partition: l.Partition, Epoch: l.Epoch,
		At: l.At.UTC(), Cause: l.Cause, Envelope: l.Raw,
	}}
	if l.Event != nil {
		row.Envelope = l.Event
	}
	return row, nil
}
