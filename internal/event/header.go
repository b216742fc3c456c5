package event

import (
	"bytes"
	"time"
)

// Header is an event as [Scan] saw it. Its fields point into the scanned bytes
// (or, where an attribute has escapes, into a copy): they hold as long as those
// bytes stay as they are. An attribute that the event does not have is empty.
type Header struct {
	ID           []byte
	Source       []byte
	Type         []byte
	Subject      []byte
	Time         time.Time // in UTC
	DataSchema   []byte
	TraceParent  []byte
	PartitionKey []byte
	TenantID     []byte
	CausationID  []byte
	ReplayID     []byte
	Sequence     []byte
	// Data is the payload as it stands in the event: well-formed JSON that was
	// not decoded. It is never empty and never null.
	Data []byte
}

// Envelope returns a copy that does not depend on the scanned bytes.
func (h *Header) Envelope() Envelope {
	return Envelope{
		ID: string(h.ID), Source: string(h.Source), Type: string(h.Type), Subject: string(h.Subject),
		Time: h.Time, DataSchema: string(h.DataSchema), TraceParent: string(h.TraceParent),
		PartitionKey: string(h.PartitionKey), TenantID: string(h.TenantID), CausationID: string(h.CausationID),
		ReplayID: string(h.ReplayID), Sequence: string(h.Sequence), Data: bytes.Clone(h.Data),
	}
}
