// Package catalog knows every event type: its name, its version, the Go type of
// its payload and the file in schema/events that is its contract. It makes whole
// events out of payloads and payloads out of events.
package catalog
