package catalog

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/fault"
)

// Meta is what an event needs besides its payload.
type Meta struct {
	// ID names the event; Source is a URI reference to what it came from.
	ID     string
	Source string
	// Subject is what the event is about. It may be empty.
	Subject string
	// Time is when it happened.
	Time time.Time
	// Trace is a W3C traceparent. It may be empty.
	Trace string
	// Tenant is who pays. It is empty for a guild that nobody owns.
	Tenant string
	// Guild is the guild that the event belongs to; its events keep their order.
	Guild string
	// Cause is the id of the input that the event came from. It may be empty.
	Cause string
	// Replay names the replay that sends the event again; empty for the first time.
	Replay string
}

// maxKept is the largest buffer that is kept for the next event, in bytes.
const maxKept = 64 << 10

// Wrap returns the event of a payload as the journal and the bus carry it: the
// payload in its envelope, encoded. It returns fault.NotFound for a payload that
// the catalog does not know and fault.Invalid, naming the attribute, for a Meta
// or a payload that makes no event.
func (c *Catalog) Wrap(m Meta, p Payload) ([]byte, error) {
	return c.AppendWrap(nil, m, p)
}

// AppendWrap is [Catalog.Wrap] that appends to a buffer of the caller. On
// failure it returns dst as it was.
func (c *Catalog) AppendWrap(dst []byte, m Meta, p Payload) ([]byte, error) {
	if p == nil {
		return dst, fault.New(fault.Invalid, "catalog.Wrap", "there is no payload")
	}
	e, err := c.entry("catalog.Wrap", p.EventType())
	if err != nil {
		return dst, err
	}
	b, ok := c.buffers.Get().(*buffer)
	if !ok {
		b = newBuffer()
	}
	defer func() {
		if b.Cap() <= maxKept {
			c.buffers.Put(b)
		}
	}()
	data, err := b.encode(e, p)
	if err != nil {
		return dst, fault.Wrap(err, fault.Invalid, "catalog.Wrap", "the payload of "+e.Type+" cannot be encoded")
	}
	env := event.Envelope{
		ID: m.ID, Source: m.Source, Type: e.Type, Subject: m.Subject, Time: m.Time, DataSchema: e.DataSchema,
		TraceParent: m.Trace, PartitionKey: m.Guild, TenantID: m.Tenant, CausationID: m.Cause, ReplayID: m.Replay,
		Data: data,
	}
	if err := env.Validate(); err != nil {
		return dst, err
	}
	start := len(dst)
	out := event.AppendEncode(dst, &env)
	if len(out)-start > event.MaxEvent {
		return out[:start], fault.New(fault.Invalid, "catalog.Wrap", "the event is larger than 1 MiB").
			WithHint("store what is large elsewhere and put its address into the payload")
	}
	return out, nil
}

// Decode returns the payload that data holds, as the Go type of the event type's
// current version, by value. Properties that the type lacks are passed over. It
// returns fault.NotFound for a type that the catalog does not know and
// fault.Invalid for data that does not fit.
func (c *Catalog) Decode(eventType string, data []byte) (Payload, error) {
	e, err := c.entry("catalog.Decode", eventType)
	if err != nil {
		return nil, err
	}
	if len(data) > event.MaxEvent {
		return nil, fault.New(fault.Invalid, "catalog.Decode", "the payload is larger than 1 MiB")
	}
	v := reflect.New(e.GoType)
	if err := json.Unmarshal(data, v.Interface()); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "catalog.Decode", "the payload of "+e.Type+" cannot be read")
	}
	p, ok := reflect.TypeAssert[Payload](v.Elem())
	if !ok {
		return nil, fault.New(fault.Internal, "catalog.Decode", "the Go type of "+e.Type+" is not a payload")
	}
	return p, nil
}

// Open scans an event and decodes its payload as the current version of its
// type: one of an older version is brought to it first, and what a newer writer
// added within the version is passed over. Besides what [event.Scan] and
// [Catalog.Decode] return it returns fault.Invalid for an event whose dataschema
// is none of its type's contracts, or one of a version that is not known yet
// ([Newer]). The header points into raw.
func (c *Catalog) Open(raw []byte) (event.Header, Payload, error) {
	h, err := event.Scan(raw)
	if err != nil {
		return event.Header{}, nil, err
	}
	e, err := c.entry("catalog.Open", string(h.Type))
	if err != nil {
		return event.Header{}, nil, err
	}
	data := h.Data
	if string(h.DataSchema) != e.DataSchema {
		version, err := VersionOf(e.Type, string(h.DataSchema))
		if err != nil {
			return event.Header{}, nil, err
		}
		if version > e.Version {
			return event.Header{}, nil, Newer("catalog.Open", e.Type, version, e.Version)
		}
		if data, err = e.raise(version, data); err != nil {
			return event.Header{}, nil, err
		}
	}
	p, err := c.Decode(e.Type, data)
	if err != nil {
		return event.Header{}, nil, err
	}
	return h, p, nil
}
