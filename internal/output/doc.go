// Package output prints for the command line: data to stdout, talk to stderr.
// One value is printed as a table for people, or as JSON, JSON lines, YAML or
// bare names for programs. Keys keep the order of the Go types.
package output
