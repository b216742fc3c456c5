// Package lavalink simulates one Lavalink v4 node on the wire: its REST API,
// its WebSocket, its resume rules and its sense of time. It sends no sound to
// anybody: what a listener would hear is told by Node.Players and Node.OnChange,
// and the music of each track is a file of its Catalog.
//
// A Node behaves as the server's source (v4.2.2) does, quirks included, so that
// a client that was never told about it completes a session. Where the real
// server is careless the node is strict: a field that it does not know or a
// value out of range is refused with 400 and a message that names the field,
// because a simulator that swallows mistakes proves nothing.
//
// Tracks play by the injected clock. All state sits under one lock, and
// everything that is due is kept in one heap. Whoever takes the lock first runs
// what became due, in order and stamped with the moment it was due, so that
// what an observer sees never depends on when a timer's goroutine was scheduled.
//
// What can be broken is listed by Node.Faults; the node is a faults.Set.
//
// The node knows nothing of the platform that is tested against it. Whether
// voice credentials are real is asked of Options.Verify.
package lavalink
