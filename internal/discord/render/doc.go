// Package render turns the core's answers into Discord messages.
//
// Whatever comes from outside (titles, authors, queries, names, addresses) is
// untrusted: it is cleaned, escaped and cut before it enters a sentence, so that
// it cannot format, link, mention or turn the direction of what stands around
// it. A message never pings anyone, even where it mentions somebody.
//
// Refusals, help, a search and what was grabbed are ephemeral, everything else is
// for all to see. Discord settles at the deferral whether an interaction's first
// answer is ephemeral, and an edit cannot change it. So a command is deferred
// without the flag: its answer is most likely one for all, and most refusals are
// known before a deferral is needed. A refusal that comes after one is edited in
// and stays visible to all; nothing in its words is private. Update therefore
// never carries flags.
//
// What can be pressed carries an id of package command, which also reads it when
// it comes back; a test holds the two together.
package render
