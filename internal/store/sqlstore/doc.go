// Package sqlstore keeps everything that package store asks for in SQLite or in
// PostgreSQL.
//
// There is one SQL text for both engines. What differs is in [dialect]: how the
// database's clock is read, how its errors are classified, how a connection is
// made; and in the migrations.
//
// Every write is a list of statements, each with the number of rows that it
// must affect. Batches are encoded by their callers into such lists and handed
// to one writer: those that wait while it is busy share the next transaction
// and its one fsync. Batches of different partitions are merged into the same
// multi-row statements; when anything in such a group is refused, the group is
// rolled back and repeated with a savepoint around each member, so that only
// the culprit fails. On SQLite, where there is one writer anyway, all other
// writes go the same way; on PostgreSQL they have connections of their own. A
// transaction is two round trips there: one for BEGIN and all statements, one
// for COMMIT.
//
// The fence is an UPDATE of the partition's row on its epoch and batch number.
// It takes the row's lock, and taking the lease updates the same row, so no
// interleaving lets an old holder write after a newer epoch exists.
package sqlstore
