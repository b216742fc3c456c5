package sqlstore

import (
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// Defaults of [Options].
const (
	DefaultPartitions = 16
	DefaultTimeout    = 2 * time.Second
	maxPartitions     = 4096
)

// Options say which database is opened, and how.
type Options struct {
	// URL is sqlite:///path/to/file.db or postgres://user@host/database.
	URL string
	// Partitions is written when the database is made, 16 where it is 0. For a
	// database that is there it must be 0 or the number it was made with.
	Partitions int
	// Timeout bounds each operation, 2 s where it is 0.
	Timeout time.Duration
	// CheckOnly opens only a database whose schema is this version's, instead
	// of migrating an older one.
	CheckOnly bool
	// Logger gets what nobody waits for; nil discards it.
	Logger *slog.Logger
	// Clock replaces the database's clock for leases. It is for tests and for
	// simulations; nil is right everywhere else.
	Clock clockwork.Clock
	// Failpoint, for tests only, is called at each stage of a transaction that
	// holds a batch. An error makes the transaction fail as the stage says.
	Failpoint func(store.Stage) error
	// WALPassive and WALTruncate are the sizes of SQLite's write-ahead log, in
	// bytes, from which it is copied into the database and cut to nothing.
	// 16 MiB and 64 MiB where they are 0.
	WALPassive, WALTruncate int64
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.WALPassive <= 0 {
		o.WALPassive = 16 << 20
	}
	if o.WALTruncate <= 0 {
		o.WALTruncate = 64 << 20
	}
	if o.Failpoint == nil {
		o.Failpoint = func(store.Stage) error { return nil }
	}
	return o
}

// target is what a URL means: a file, or the address of a server.
type target struct {
	file   string
	server string
}

func parseURL(raw string) (target, error) {
	const op = "sqlstore.Open"
	const hint = "write sqlite:///path/to/platform.db or postgres://user@host:5432/platform"
	scheme, _, ok := strings.Cut(raw, ":")
	if !ok {
		return target{}, fault.New(fault.Invalid, op, "the address of the database has no scheme").WithHint(hint)
	}
	switch scheme {
	case "sqlite":
		u, err := url.Parse(raw)
		if err != nil || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || !filepath.IsAbs(u.Path) ||
			strings.HasSuffix(u.Path, "/") || strings.ContainsRune(u.Path, 0) {
			return target{}, fault.New(fault.Invalid, op, "the address of the SQLite file must have an absolute path and nothing else").
				WithHint("write sqlite:///path/to/platform.db, with three slashes")
		}
		return target{file: filepath.Clean(u.Path)}, nil
	case "postgres", "postgresql":
		return target{server: raw}, nil
	}
	return target{}, fault.New(fault.Invalid, op, "the address of the database is of no kind that is supported").WithHint(hint)
}
