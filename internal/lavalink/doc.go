// Package lavalink is the adapter to Lavalink v4 nodes (4.2 or newer) and to
// servers that speak the same protocol: a [Client] for a node's REST API, a
// [Link] for one session on it, and a [Board] of how busy it is.
//
// # Whose session it is
//
// A session belongs to (partition, node, bot), not to a process. Its id is
// stored before anything is played, so a successor can take it over while the
// music goes on. Before a Link opens a socket for a known session it asks the
// node for the session's players: 200 says that the old socket still stands, so
// the Link steers the players by REST and polls; 404 says that it is gone, so
// the Link resumes the session by its id. A Link never resumes a session other
// than its own, and opens nothing while it does not hold its partition's lease.
//
// # What is true
//
// A node does not acknowledge events and may lose some around a resume. The
// truth is the list of its players, which carries each play's userData
// {play, epoch}. Every (re)connection ends in such a list and a snapshot for each
// player. Reports whose userData is missing or of another form are counted and
// dropped.
//
// What a node says is input like any other. A message that cannot be read, an
// unknown op or an unknown event is counted and skipped; none ends the link.
package lavalink
