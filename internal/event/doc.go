// Package event is the envelope that every fact travels in, and its codec.
//
// The format is CloudEvents 1.0 in its JSON form
// (github.com/cloudevents/spec, cloudevents/formats/json-format.md) with a few
// extension attributes of ours: partitionkey orders events, tenantid says whose
// they are, causationid names the input that they came from, traceparent is the
// W3C trace context and replayid is set on what a replay sends again. Names of
// extension attributes have only lower-case letters and digits, as the
// specification asks.
//
// Events are written far more often than their payloads are looked at, so
// writing appends to a buffer of the caller ([AppendEncode]) and reading looks at
// the attributes only ([Scan]): data is checked to be JSON, its extent is handed
// over, and whoever wants it decodes it. Package catalog knows the payloads.
package event
