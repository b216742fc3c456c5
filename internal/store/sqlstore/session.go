package sqlstore

import "context"

// session is one connection, on which one transaction after the other is made.
type session interface {
	// begin starts a transaction, or promises to with the first statements.
	begin(ctx context.Context) error
	// run carries out statements in their order; the first that is not as it
	// must be is the reason of the error.
	run(ctx context.Context, list []statement) error
	// plain carries out texts without arguments, also where a statement before
	// has failed.
	plain(ctx context.Context, texts ...string) error
	// commit ends the transaction. An error is read by commitFailed.
	commit(ctx context.Context) error
	// rollback ends the transaction, also one that is over already, and gives
	// up a connection on which that does not succeed.
	rollback(ctx context.Context)
	// drop closes the connection; begin opens another one.
	drop()
}
