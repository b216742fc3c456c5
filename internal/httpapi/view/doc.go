// Package view is the JSON of the admin API: what the daemon fills and what the
// command line and the console read. It imports nothing of ours and no
// framework, so a client that only decodes stays small and quick to start.
//
// Names are snake_case, times RFC 3339 in UTC, durations whole milliseconds in
// fields that end in _ms. The doc tags become the descriptions in
// schema/openapi.yaml.
package view
