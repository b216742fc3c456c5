// Package music is the aggregate that decisions about music are made over: a
// guild with its settings, its entitlements, its listeners and all its players.
//
// It is pure. [Step] takes a guild, an input and the time, and returns the next
// guild, the facts that became true and the effects to carry out. It does no
// I/O, reads no clock and draws no random number, so the same inputs give the
// same outputs, always: that is what replay, the seeded simulation and the
// promise of at-least-once delivery rest on.
//
// Values are immutable once a guild holds them. Step never writes to memory
// that the guild it was given can reach; it copies what it changes. A commit
// that fails therefore only has to forget the result.
//
// Effects come in two kinds. What a node plays, where a bot's voice is and what
// a panel shows are levels: the wanted state is in the guild, and [Converge]
// only says that it changed. Answers and notices are edges: they are stored
// with a key and sent at least once.
package music
