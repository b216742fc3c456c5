// Package sqlstore keeps everything that package store asks for in SQLite or in
// PostgreSQL.
//
// There is one SQL text for both engines. What differs is in [dialect]: how the
// database's clock is read, how its errors are classified, how a connection is
// made; and in the migrations.
//
// Every write is a list of statements, each with the number of rows that it
// must affect. On PostgreSQL the list goes to the server in one round trip and
// COMMIT in a second one. On SQLite there is one writer: lists that wait while
// it is busy share the next transaction and its one fsync. Batches of different
// partitions are merged into the same multi-row statements; when anything in
// such a group is refused, the group is rolled back and repeated with a
// savepoint around each member, so that only the culprit fails.
//
// The fence is an UPDATE of the partition's row on its epoch and batch number.
// It takes the row's lock, and taking the lease updates the same row, so no
// interleaving lets an old holder write after a newer epoch exists.
package sqlstore
