package event

import (
	"slices"
	"time"
)

// frame is more than all names, the punctuation and the time together take.
const frame = 320

// AppendEncode appends the event in CloudEvents JSON to dst and returns the
// longer buffer. It allocates only where dst is too small.
//
// Attributes that are empty are left out, a time is cut to microseconds, invalid
// UTF-8 in an attribute becomes U+FFFD and an empty Data becomes null, so that
// the result is JSON whatever the envelope holds; [Envelope.Validate] tells
// whether it is also an event that [Scan] reads.
func AppendEncode(dst []byte, e *Envelope) []byte {
	dst = slices.Grow(dst, frame+len(e.ID)+len(e.Source)+len(e.Type)+len(e.Subject)+len(e.DataSchema)+len(e.TraceParent)+
		len(e.PartitionKey)+len(e.TenantID)+len(e.CausationID)+len(e.ReplayID)+len(e.Sequence)+len(e.Data))
	dst = append(dst, `{"specversion":"1.0","id":"`...)
	dst = appendText(dst, e.ID)
	dst = append(dst, `","source":"`...)
	dst = appendText(dst, e.Source)
	dst = append(dst, `","type":"`...)
	dst = appendText(dst, e.Type)
	if e.Subject != "" {
		dst = append(dst, `","subject":"`...)
		dst = appendText(dst, e.Subject)
	}
	dst = append(dst, `","time":"`...)
	dst = appendTime(dst, e.Time)
	dst = append(dst, `","datacontenttype":"application/json","dataschema":"`...)
	dst = appendText(dst, e.DataSchema)
	if e.TraceParent != "" {
		dst = append(dst, `","traceparent":"`...)
		dst = appendText(dst, e.TraceParent)
	}
	dst = append(dst, `","partitionkey":"`...)
	dst = appendText(dst, e.PartitionKey)
	if e.TenantID != "" {
		dst = append(dst, `","tenantid":"`...)
		dst = appendText(dst, e.TenantID)
	}
	if e.CausationID != "" {
		dst = append(dst, `","causationid":"`...)
		dst = appendText(dst, e.CausationID)
	}
	if e.ReplayID != "" {
		dst = append(dst, `","replayid":"`...)
		dst = appendText(dst, e.ReplayID)
	}
	if e.Sequence != "" {
		dst = append(dst, `","sequence":"`...)
		dst = appendText(dst, e.Sequence)
	}
	dst = append(dst, `","data":`...)
	if len(e.Data) == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = append(dst, e.Data...)
	}
	return append(dst, '}')
}

// appendTime writes a time as RFC 3339 in UTC with six digits of a second, a
// fixed length, so that the text sorts as the times do.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	year = min(max(year, 0), 9999)
	micro := uint32(t.Nanosecond()) / 1000 //nolint:gosec // below 10^9
	high, low := micro/1000, micro%1000
	y, mo, d := uint32(year), uint32(month), uint32(day)     //nolint:gosec // at most 9999
	h, mi, s := uint32(hour), uint32(minute), uint32(second) //nolint:gosec // at most 60
	return append(dst,
		digit(y/1000), digit(y/100), digit(y/10), digit(y), '-',
		digit(mo/10), digit(mo), '-',
		digit(d/10), digit(d), 'T',
		digit(h/10), digit(h), ':',
		digit(mi/10), digit(mi), ':',
		digit(s/10), digit(s), '.',
		digit(high/100), digit(high/10), digit(high),
		digit(low/100), digit(low/10), digit(low), 'Z')
}

// digit returns the last decimal digit of a number.
func digit(n uint32) byte { return '0' + byte(n%10) }
