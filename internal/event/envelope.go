package event

import (
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// The limits and constants of the format.
const (
	// SpecVersion is the version of CloudEvents that is written and read.
	SpecVersion = "1.0"
	// ContentType is the content type of data.
	ContentType = "application/json"
	// MaxEvent is the largest encoded event, in bytes.
	MaxEvent = 1 << 20
	// MaxAttribute is the longest value of one attribute, in bytes of text.
	MaxAttribute = 1 << 10
	// MaxDepth is how deep values may be nested, the event itself not counted.
	MaxDepth = 64
)

// Envelope is one event with its attributes. An attribute that is empty is not
// written.
type Envelope struct {
	// ID names the event; together with Source it is unique. Ours are UUIDs of version 7.
	ID string
	// Source is a URI reference to what the event came from.
	Source string
	// Type is the name of the event, such as music.play.started.
	Type string
	// Subject is what the event is about within its source. It may be empty.
	Subject string
	// Time is when it happened; it is written in UTC and microseconds.
	Time time.Time
	// DataSchema is the URI of the contract of Data, with its version.
	DataSchema string
	// TraceParent is a W3C traceparent. It may be empty.
	TraceParent string
	// PartitionKey orders events: those of one key are seen in their order.
	PartitionKey string
	// TenantID says who pays. It is empty for what nobody owns yet.
	TenantID string
	// CausationID is the id of the input that the event came from. It may be empty.
	CausationID string
	// ReplayID names the replay that sends the event again; empty for the first time.
	ReplayID string
	// Sequence is the extension of that name: a string whose lexical order is
	// the order of the events of a source. It may be empty.
	Sequence string
	// Data is the payload in JSON. It is written as it is.
	Data []byte
}

// Validate returns fault.Invalid, naming the attribute, for an envelope that
// [Scan] would not read back: a required attribute is empty, an attribute or
// Data is too large, or the time cannot be written. That Data is JSON is the
// caller's word.
func (e *Envelope) Validate() error {
	for _, a := range [...]struct {
		name     attribute
		value    string
		required bool
	}{
		{attrID, e.ID, true},
		{attrSource, e.Source, true},
		{attrType, e.Type, true},
		{attrSubject, e.Subject, false},
		{attrDataSchema, e.DataSchema, true},
		{attrTraceParent, e.TraceParent, false},
		{attrPartitionKey, e.PartitionKey, true},
		{attrTenantID, e.TenantID, false},
		{attrCausationID, e.CausationID, false},
		{attrReplayID, e.ReplayID, false},
		{attrSequence, e.Sequence, false},
	} {
		if a.required && a.value == "" {
			return missing("event.Validate", a.name)
		}
		if len(a.value) > MaxAttribute {
			return tooLong("event.Validate", a.name)
		}
	}
	if y := e.Time.UTC().Year(); e.Time.IsZero() || y < 1 || y > 9999 {
		return fault.New(fault.Invalid, "event.Validate", "the attribute time must lie in the years 1 to 9999").
			WithHint("set the time at which the event happened")
	}
	if len(e.Data) == 0 {
		return missing("event.Validate", attrData)
	}
	if len(e.Data) > MaxEvent {
		return tooLarge("event.Validate")
	}
	return nil
}
