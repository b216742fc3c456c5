// Package redis is the bus between processes: it keeps package bus's promises on
// a Redis server or cluster, version 7 or newer.
//
// A stream is a Redis stream and a hash beside it in the same slot. Small scripts
// keep the two together: append, begin, look (does a cursor continue?) and
// release (what is before a cursor is forgotten). An entry carries up to 32 messages, its
// id is the position of the last one and the bytes written so far, so positions
// have no holes and a hole is a loss. An entry's only field is named after the
// generation in which it was written. A generation is a random word and the
// position at which it began; a new one begins where the hash is missing (lost,
// flushed) and where the server that takes an append is another process than the
// last time (restarted, failed over: it may have an earlier state than readers
// saw). A reader gets bus.ErrReset where a position is missing or where an entry
// behind its generation's beginning carries another generation. Entries before
// that beginning are read as they are, so what a server still has is not lost to
// a reset.
//
// Delivery is at least once: an Append whose answer was lost may be in the
// stream although its caller was told that Redis is unavailable, and a reader
// that begins anew sees again whatever was read and not released.
//
// Topics are sharded pub/sub over one connection a process. Nothing is kept for
// whoever does not listen: a cut of that connection loses what is told until it
// stands again, at most a second or so after Redis is back. Roles survive that
// because rows are the truth: what is owed, taken and wanted is swept from the
// store, and a topic only makes it fast. Subscription.Missed counts what a slow
// listener dropped, not what a cut lost; Hooks.Cut tells of those.
//
// Every call ends within Options.Timeout whatever Redis does.
package redis
