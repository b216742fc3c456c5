// Package fleet lets the processes of one installation know of each other and
// ask each other what only a running role knows.
//
// Each process announces itself on a topic, every second and at once when
// somebody new asks who is there. Who wants to know more puts a question on
// another topic: everybody hears it, whoever has an answer tells it to the one
// who asked, and who asked waits until all of those have answered that were
// heard of lately, a second at most. A process that does not answer is named as
// silent; it does not make the others' answers worth less.
//
// Nothing here is a decision: who owns a partition or a shard is in rows, with
// their leases. What is told on a topic may be missed, and is told again.
package fleet
