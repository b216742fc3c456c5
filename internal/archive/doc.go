// Package archive keeps events that left the journal, in compressed files that
// are read back in the journal's order.
//
// A file has a line of JSON for each event, compressed with zstd. It lies below
// the archive's directory by the day of its first event and is named after the
// numbers of its first and its last one:
//
//	2026/11/23/journal-00000000000000000001-00000000000000050000.jsonl.zst
//
// A file has every number between the two, so names alone say what is there.
// Files may overlap, as two workers that were at it at the same time leave them;
// a reader gives each number once. A file gets its name only when it is whole
// and on the disk: what has another name is none, and is removed after a day.
package archive
