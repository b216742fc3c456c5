package event

import "time"

// AppendEncode appends the event in CloudEvents JSON to dst and returns the
// longer buffer. It allocates only where dst is too small.
//
// Attributes that are empty are left out, a time is cut to microseconds, invalid
// UTF-8 in an attribute becomes U+FFFD and an empty Data becomes null, so that
// the result is JSON whatever the envelope holds; [Envelope.Validate] tells
// whether it is also an event that [Scan] reads.
func AppendEncode(dst []byte, e *Envelope) []byte {
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
	micro := t.Nanosecond() / 1000
	return append(dst,
		digit(year/1000), digit(year/100), digit(year/10), digit(year), '-',
		digit(int(month)/10), digit(int(month)), '-',
		digit(day/10), digit(day), 'T',
		digit(hour/10), digit(hour), ':',
		digit(minute/10), digit(minute), ':',
		digit(second/10), digit(second), '.',
		digit(micro/100_000), digit(micro/10_000), digit(micro/1000),
		digit(micro/100), digit(micro/10), digit(micro), 'Z')
}

// digit returns the last decimal digit of a number that is not negative.
func digit(n int) byte { return '0' + byte(n%10) } //nolint:gosec // below 10
