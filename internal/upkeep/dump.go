package upkeep

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// dump lets pg_dump write what one transaction sees and reads the same rows in
// that transaction.
func (o Options) dump(ctx context.Context, r *sqlstore.Raw) ([]Count, error) {
	const op = "upkeep.Create"
	tx, err := r.SQL.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op, "the database does not answer")
	}
	defer func() { _ = tx.Rollback() }()
	var snapshot string
	if err := tx.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op, "the database gives no snapshot")
	}
	tables, err := r.Tables(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := countAll(ctx, tx, tables, o.Talk)
	if err != nil {
		return nil, err
	}
	o.Talk("pg_dump")
	err = postgresTool(ctx, r.Server, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+o.File)
	if err != nil {
		return nil, err
	}
	return counts, os.Chmod(o.File, 0o600)
}

// restoreDump lets pg_restore fill an empty database, in one transaction.
func (o Options) restoreDump(ctx context.Context, m Manifest) error {
	const op = "upkeep.Restore"
	r, err := sqlstore.OpenRaw(ctx, o.URL, sqlstore.Change, o.Logger)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if r.Engine != sqlstore.EnginePostgres {
		return otherEngine(m)
	}
	var there int
	err = r.SQL.QueryRowContext(ctx, `SELECT COUNT(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace`).Scan(&there)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the database does not answer")
	}
	if there > 0 {
		return fault.New(fault.Conflict, op, "the database has tables already").WithHint("name an empty one; nothing is overwritten")
	}
	got, err := o.fillFromDump(ctx, r)
	if err != nil {
		return err
	}
	return o.compare(m, got)
}

func (o Options) fillFromDump(ctx context.Context, r *sqlstore.Raw) ([]Count, error) {
	o.Talk("pg_restore")
	err := postgresTool(ctx, r.Server, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
		"--dbname="+r.Server.Database, o.File)
	if err != nil {
		return nil, err
	}
	tables, err := r.Tables(ctx)
	if err != nil {
		return nil, err
	}
	return countAll(ctx, r.SQL, tables, o.Talk)
}

// verifyDump restores into a database of its own, which it removes.
func (o Options) verifyDump(ctx context.Context) (_ []Count, err error) {
	const op = "upkeep.Verify"
	at := o.Scratch
	if at == "" {
		at = o.URL
	}
	server, err := sqlstore.OpenRaw(ctx, at, sqlstore.Look, o.Logger)
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	if server.Engine != sqlstore.EnginePostgres {
		return nil, fault.New(fault.Invalid, op, "a backup of PostgreSQL needs a PostgreSQL server to be restored for a look").
			WithHint("name one with --scratch postgres://…; a database is made there and removed")
	}
	name := "platform_verify_" + strings.ToLower(rand.Text()[:12])
	if _, err := server.SQL.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return nil, fault.Wrap(err, fault.Denied, op, "no scratch database can be made on the server").
			WithHint("name a server and a user that may with --scratch")
	}
	defer func() {
		_, derr := server.SQL.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		err = errors.Join(err, derr)
	}()
	r, err := sqlstore.OpenRaw(ctx, withDatabase(at, name), sqlstore.Look, o.Logger)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return o.fillFromDump(ctx, r)
}

// path finds the path of an address: what names the database.
var path = regexp.MustCompile(`^(postgres(?:ql)?://[^/?]*)(?:/[^?]*)?`)

// withDatabase is an address with another database.
func withDatabase(url, name string) string { return path.ReplaceAllString(url, "$1/"+name) }

// postgresTool runs one of PostgreSQL's own programs. The password goes by the
// environment, which nobody else can read.
func postgresTool(ctx context.Context, c *pgx.ConnConfig, name string, args ...string) error {
	const op = "upkeep.postgresTool"
	program, err := findTool(name)
	if err != nil {
		return fault.Wrap(err, fault.NotFound, op, name+" is not installed").
			WithHint("install the PostgreSQL client of the server's version, or put it into PATH")
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"--no-password"}, args...)...) //nolint:gosec // PostgreSQL's program, arguments of ours
	mode := "prefer"
	if c.TLSConfig != nil {
		if mode = "require"; !c.TLSConfig.InsecureSkipVerify {
			mode = "verify-full"
		}
	}
	if c.TLSConfig == nil && len(c.Fallbacks) == 0 {
		mode = "disable"
	}
	cmd.Env = append(os.Environ(), "PGHOST="+c.Host, "PGPORT="+strconv.Itoa(int(c.Port)), "PGUSER="+c.User, "PGPASSWORD="+c.Password,
		"PGDATABASE="+c.Database, "PGSSLMODE="+mode, "PGCONNECT_TIMEOUT=5", "PGAPPNAME=platformd upkeep", "LC_MESSAGES=C")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		last := strings.TrimSpace(said.String())
		if i := strings.LastIndexByte(last, '\n'); i >= 0 {
			last = last[i+1:]
		}
		if c.Password != "" {
			last = strings.ReplaceAll(last, c.Password, "[redacted]")
		}
		return fault.Wrap(err, fault.Unavailable, op, name+" failed: "+last)
	}
	return nil
}

// findTool looks in PATH, then where packages put PostgreSQL's programs, the
// newest version first.
func findTool(name string) (string, error) {
	program, err := exec.LookPath(name)
	if err == nil {
		return program, nil
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/opt/homebrew/opt/postgresql@*/bin/", "/usr/pgsql-*/bin/"} {
		found, _ := filepath.Glob(pattern + name)
		slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) + strings.Compare(b, a) })
		for _, p := range found {
			if p, err := exec.LookPath(p); err == nil {
				return p, nil
			}
		}
	}
	return "", err
}
