package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/dirlock"
)

const rawOp = "sqlstore.OpenRaw"

// Engines, as [Raw.Engine] names them.
const (
	EngineSQLite   = "sqlite"
	EnginePostgres = "postgres"
)

// Raw is a database opened as it is, for the work of operators: nothing of it is
// migrated or checked, and no lease is taken.
type Raw struct {
	// SQL is the pool. For SQLite it has one connection.
	SQL *sql.DB
	// Engine is EngineSQLite or EnginePostgres.
	Engine string
	// File is the path of a SQLite file, Server the configuration of a PostgreSQL one.
	File   string
	Server *pgx.ConnConfig

	db *DB
}

// RawUse says what a raw database is opened for.
type RawUse int

// The uses.
const (
	// Look opens a database that is there, to be read, beside whoever uses it.
	Look RawUse = iota
	// Change opens it, or makes the SQLite file, and keeps daemons out: a SQLite
	// file is locked, a PostgreSQL database is refused while leases are held.
	Change
)

// OpenRaw opens a database for the work of operators. Errors: Invalid for an
// address that cannot be; NotFound where there is no such file; Conflict where a
// daemon uses a database that is to be changed; Denied; Unavailable.
func OpenRaw(ctx context.Context, url string, use RawUse, log *slog.Logger) (*Raw, error) {
	to, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	r := &Raw{File: to.file, db: &DB{opts: Options{Logger: log}.withDefaults()}}
	if to.file != "" {
		r.Engine, r.db.dialect = EngineSQLite, &sqliteDialect
		err = r.openFile(ctx, use)
	} else {
		r.Engine, r.db.dialect = EnginePostgres, &postgresDialect
		err = r.openServer(ctx, to.server)
	}
	if err == nil && use == Change {
		err = r.unused(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close gives everything back.
func (r *Raw) Close() error { return r.db.Close() }

func (r *Raw) openFile(ctx context.Context, use RawUse) (err error) {
	dir := filepath.Dir(r.File)
	if use == Look {
		if _, err := os.Stat(r.File); err != nil {
			code := fault.Unavailable
			if errors.Is(err, fs.ErrNotExist) {
				code = fault.NotFound
			}
			return fault.Wrap(err, code, rawOp, "there is no readable database at "+r.File)
		}
		// A file in WAL mode is read through its shared memory: query_only keeps
		// from writing, mode=ro would keep from making that.
		r.SQL, err = r.db.sqlitePool(r.File, 1, "mode=rw", "query_only(1)")
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritable(err, dir)
	}
	lock, err := dirlock.Take(dir, filepath.Base(r.File)+".lock")
	if err != nil {
		return err
	}
	r.db.onClose(lock.Release)
	f, err := os.OpenFile(r.File, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return unwritable(err, dir)
	}
	if err := f.Close(); err != nil {
		return unwritable(err, dir)
	}
	if r.SQL, err = r.db.sqlitePool(r.File, 1, "mode=rw", "synchronous(FULL)", "foreign_keys(1)"); err != nil {
		return err
	}
	if err := checkFile(ctx, r.SQL, r.File); err != nil {
		return err
	}
	_, err = r.SQL.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	return failed(err, rawOp)
}

func (r *Raw) openServer(ctx context.Context, address string) error {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return fault.New(fault.Invalid, rawOp, "the address of the PostgreSQL server cannot be read").
			WithHint("write postgres://user:password@host:5432/database?sslmode=require")
	}
	cfg.ConnectTimeout = 5 * time.Second
	cfg.RuntimeParams["application_name"] = "platformd upkeep"
	r.Server = cfg
	r.SQL = r.db.postgresPool(cfg, 4)
	ping, cancel := context.WithTimeout(ctx, cfg.ConnectTimeout)
	defer cancel()
	if err := r.SQL.PingContext(ping); err != nil {
		return fault.Wrap(err, fault.Unavailable, rawOp, "the PostgreSQL server does not let us in or does not answer").
			WithHint("look at host, port, user and password of the address, and whether the server runs")
	}
	return nil
}

// unused refuses a database whose partitions somebody owns at this moment. For
// SQLite the lock has said so already.
func (r *Raw) unused(ctx context.Context) error {
	if r.Engine == EngineSQLite {
		return nil
	}
	version, err := r.Version(ctx)
	if err != nil || version == 0 {
		return err
	}
	var held int
	err = r.SQL.QueryRowContext(ctx,
		`SELECT COUNT(DISTINCT holder) FROM partitions WHERE holder <> '' AND expires_at > `+postgresDialect.now).Scan(&held)
	if err != nil {
		return failed(err, rawOp)
	}
	if held > 0 {
		return fault.New(fault.Conflict, rawOp, "the database is in use by a daemon").
			WithHint("stop every platformd that uses it; a killed one holds it for some seconds more")
	}
	return nil
}

// Version is the version of the schema, 0 for an empty database. Errors: those
// of the database.
func (r *Raw) Version(ctx context.Context) (int64, error) {
	v, err := r.db.schema(ctx, r.SQL)
	return v, failed(err, rawOp)
}

// Migrations returns what can change the schema. Errors: Internal.
func (r *Raw) Migrations() (*goose.Provider, error) {
	p, err := r.db.provider(r.SQL)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, rawOp, "the migrations cannot be read")
	}
	return p, nil
}

// A RawTable is a table of the schema with its columns and those of its key.
type RawTable struct {
	Name    string
	Columns []string
	Key     []string
}

// CompatibleFrom is the newest step that a program has to know to use the
// database, 0 where the schema says nothing of it. Errors: those of the database.
func (r *Raw) CompatibleFrom(ctx context.Context) (int64, error) {
	current, err := r.Version(ctx)
	if err != nil {
		return 0, err
	}
	v, err := r.db.compatibleFrom(ctx, r.SQL, current)
	return v, failed(err, rawOp)
}

// Tables returns the tables of the schema that hold rows of the installation,
// each after those that it refers to; what describes the schema is not among
// them. Those of the job queue are left out: their columns differ by engine, and
// what is in them comes again by itself.
// Errors: Internal for one that this version does not know; those of the database.
func (r *Raw) Tables(ctx context.Context) ([]RawTable, error) {
	names := []string{}
	list := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT IN ('goose_db_version', 'schema_marks')`
	if r.Engine == EnginePostgres {
		list = `SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
			AND c.relnamespace = current_schema()::regnamespace AND c.relname NOT IN ('goose_db_version', 'schema_marks')`
	}
	err := scanAll(ctx, r.SQL, list, nil, func(scan func(...any) error) error {
		var n string
		defer func() { names = append(names, n) }()
		return scan(&n)
	})
	if err != nil {
		return nil, failed(err, rawOp)
	}
	var out []RawTable
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, jobsTables) })
	for _, n := range RawOrder() {
		if i := slices.Index(names, n); i >= 0 {
			names = slices.Delete(names, i, i+1)
			t, err := r.table(ctx, n)
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	if len(names) > 0 {
		return nil, fault.New(fault.Internal, rawOp, "this version does not know the table "+names[0]).
			WithHint("use the version that made the database")
	}
	return out, nil
}

// RawOrder is the order in which tables can be filled: each after those that it
// refers to.
func RawOrder() []string {
	return []string{
		"meta", "partitions", "guilds", "players", "slots", "history", "journal_head", "journal", "effects", "cursors",
		"dead_letters", "node_sessions", "shards", "guild_snapshots", "panels", "projections", "plays", "heard_tracks", "nodes",
		"members", "holder_sessions", "identify_budgets", "identifies",
		"maintenance",
	}
}

func (r *Raw) table(ctx context.Context, name string) (RawTable, error) {
	t := RawTable{Name: name}
	rows, err := r.SQL.QueryContext(ctx, "SELECT * FROM "+name+" WHERE 1 = 0") //nolint:gosec,unqueryvet // a name of RawOrder, whose columns are asked for
	if err != nil {
		return t, failed(err, rawOp)
	}
	defer func() { _ = rows.Close() }()
	if t.Columns, err = rows.Columns(); err != nil {
		return t, failed(err, rawOp)
	}
	// The next query may need this connection.
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return t, failed(err, rawOp)
	}
	// The order of columns is the engine's business, not the copy's.
	slices.Sort(t.Columns)
	keys := `SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk`
	if r.Engine == EnginePostgres {
		keys = `SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (n, place)
			JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n
			WHERE i.indisprimary AND i.indrelid = to_regclass($1) ORDER BY k.place`
	}
	err = scanAll(ctx, r.SQL, keys, []any{name}, func(scan func(...any) error) error {
		var c string
		defer func() { t.Key = append(t.Key, c) }()
		return scan(&c)
	})
	if err == nil && len(t.Key) == 0 {
		return t, fault.New(fault.Internal, rawOp, "the table "+name+" has no key")
	}
	return t, failed(err, rawOp)
}
