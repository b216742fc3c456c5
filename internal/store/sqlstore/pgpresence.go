package sqlstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	// freedChannel is where a server tells that leases became free.
	freedChannel = "platform_leases"
	// beat is how often a session that says nothing is asked whether it is there.
	beat = time.Second
)

// sessionSettings are those of a holder's own session. The server ends it soon
// after the network between the two was cut, and later than the client notices:
// a beat and the time of an operation. None of it applies to a Unix socket,
// which cannot be cut.
const sessionSettings = `SET idle_session_timeout = 0; SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1;
	SET tcp_keepalives_count = 3; SET tcp_user_timeout = 6000; SET synchronous_commit = on; LISTEN ` + freedChannel

// sweepText forgets sessions that are gone and whose holders have nothing left.
const sweepText = `DELETE FROM holder_sessions s WHERE s.holder <> $1
	AND NOT EXISTS (SELECT 1 FROM partitions p WHERE p.holder = s.holder)
	AND NOT EXISTS (SELECT 1 FROM shards p WHERE p.holder = s.holder)
	AND pg_try_advisory_xact_lock_shared(s.session)`

const attendText = `INSERT INTO holder_sessions (holder, session, opened_at) VALUES ($2, $3, {now})
	ON CONFLICT (holder) DO UPDATE SET session = excluded.session, opened_at = excluded.opened_at`

// pgHeld is a connection that keeps a holder's advisory lock. Nothing else is
// done on it, so that it ends with the process and for no other reason.
type pgHeld struct {
	conn *pgx.Conn
	// within bounds how long an answer to a beat is waited for.
	within time.Duration
}

// attendPostgres takes the lock first and names it in the holder's row then:
// whoever finds it in the row and can take it knows that the session is gone.
func attendPostgres(ctx context.Context, cfg *pgx.ConnConfig, db *DB, holder string) (keeper, error) {
	cfg = cfg.Copy()
	cfg.RuntimeParams["application_name"] = "platformd lease"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := claim(ctx, conn, db, holder); err != nil {
		_ = conn.Close(ctx)
		return nil, err
	}
	return &pgHeld{conn: conn, within: db.opts.Timeout}, nil
}

func claim(ctx context.Context, conn *pgx.Conn, db *DB, holder string) error {
	if _, err := conn.PgConn().Exec(ctx, sessionSettings).ReadAll(); err != nil {
		return err
	}
	// A new number each time: nobody can have tried it before it is held.
	session := rand.Int64() //nolint:gosec // a name, no secret
	var taken bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, session).Scan(&taken); err != nil {
		return err
	}
	if !taken {
		return fault.New(fault.Unavailable, "sqlstore.Attend", "the number of the session is taken").WithHint("try again")
	}
	if _, err := conn.Exec(ctx, sweepText, holder); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, db.texts.attend, db.now(), holder, session)
	return err
}

// stay implements keeper.
func (h *pgHeld) stay(ctx context.Context, freed func()) {
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.within)
		defer cancel()
		_ = h.conn.Close(last)
	}()
	for ctx.Err() == nil {
		quiet, cancel := context.WithTimeout(ctx, beat)
		_, err := h.conn.WaitForNotification(quiet)
		cancel()
		switch {
		case err == nil:
			freed()
		case ctx.Err() != nil || h.conn.IsClosed() || !timedOut(err):
			return
		default:
			asked, cancel := context.WithTimeout(ctx, h.within)
			err := h.conn.Ping(asked)
			cancel()
			if err != nil {
				return
			}
		}
	}
}

func timedOut(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	if late, ok := errors.AsType[net.Error](err); ok {
		return late.Timeout()
	}
	return false
}
