package upkeep

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// A Step is one migration of the schema.
type Step struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
	// At is when it was applied, nil where it was not.
	At *time.Time `json:"applied_at,omitempty"`
}

// Schema is where a database stands and what there is.
type Schema struct {
	Engine  string `json:"engine"`
	Version int64  `json:"version"`
	// Known is the newest version that this program knows.
	Known int64 `json:"known"`
	// CompatibleFrom is the step that a program has to know to use the database,
	// 0 where the schema says nothing of it.
	CompatibleFrom int64  `json:"compatible_from,omitempty"`
	Steps          []Step `json:"steps"`
}

// Status says which steps were applied. Nothing is changed. Errors: those of
// sqlstore.OpenRaw, of the database.
func Status(ctx context.Context, url string, log *slog.Logger) (Schema, error) {
	r, err := sqlstore.OpenRaw(ctx, url, sqlstore.Look, log)
	if err != nil {
		return Schema{}, err
	}
	defer func() { _ = r.Close() }()
	return status(ctx, r)
}

func status(ctx context.Context, r *sqlstore.Raw) (Schema, error) {
	s := Schema{Engine: r.Engine}
	version, err := r.Version(ctx)
	if err != nil {
		return s, err
	}
	p, err := r.Migrations()
	if err != nil {
		return s, err
	}
	s.Version = version
	if s.CompatibleFrom, err = r.CompatibleFrom(ctx); err != nil {
		return s, err
	}
	for _, src := range p.ListSources() {
		st := Step{Version: src.Version, Name: filepath.Base(src.Path), Applied: src.Version <= version}
		if st.Applied {
			if st.At, err = appliedAt(ctx, r, src.Version); err != nil {
				return s, err
			}
		}
		s.Steps = append(s.Steps, st)
		s.Known = src.Version
	}
	return s, nil
}

func appliedAt(ctx context.Context, r *sqlstore.Raw, version int64) (*time.Time, error) {
	var at time.Time
	err := r.SQL.QueryRowContext(ctx, `SELECT tstamp FROM goose_db_version WHERE version_id = $1 ORDER BY id DESC LIMIT 1`, version).Scan(&at)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "upkeep.Status", "the record of migrations cannot be read")
	}
	at = at.UTC()
	return &at, nil
}

// Up brings the schema to the version to, to the newest one where it is 0, and
// makes a SQLite file that is not there. Errors: Conflict where a daemon uses
// the database or it is of a newer version; Invalid for a version that is not
// known; Unavailable where a step fails, of which nothing stays.
func Up(ctx context.Context, url string, to int64, log *slog.Logger) (Schema, error) {
	return move(ctx, url, log, func(p *goose.Provider, s Schema) error {
		target := to
		if target == 0 {
			target = s.Known
		}
		switch {
		case s.Version > s.Known:
			return newer(s)
		case target > s.Known || target < s.Version:
			return fault.New(fault.Invalid, "upkeep.Up", fmt.Sprintf("the schema is at %d and can go up to %d, not to %d", s.Version, s.Known, target)).
				WithHint("platformctl migrate status shows the steps")
		}
		_, err := p.UpTo(ctx, target)
		return err
	})
}

// Down takes steps back until the schema is at the version to. What only the
// steps that are taken back could hold is gone. Errors: as Up; Invalid for a
// version below 1, which would be an empty database.
func Down(ctx context.Context, url string, to int64, log *slog.Logger) (Schema, error) {
	return move(ctx, url, log, func(p *goose.Provider, s Schema) error {
		switch {
		case s.Version > s.Known:
			return newer(s)
		case to < 1 || to >= s.Version:
			return fault.New(fault.Invalid, "upkeep.Down", fmt.Sprintf("the schema is at %d and can go down to 1, not to %d", s.Version, to)).
				WithHint("platformctl migrate status shows the steps")
		}
		_, err := p.DownTo(ctx, to)
		return err
	})
}

func newer(s Schema) error {
	return fault.New(fault.Conflict, "upkeep.migrate",
		fmt.Sprintf("the database has schema %d, from a newer version; this one knows %d", s.Version, s.Known)).
		WithHint("use the platformctl of that version")
}

func move(ctx context.Context, url string, log *slog.Logger, f func(*goose.Provider, Schema) error) (Schema, error) {
	r, err := sqlstore.OpenRaw(ctx, url, sqlstore.Change, log)
	if err != nil {
		return Schema{}, err
	}
	defer func() { _ = r.Close() }()
	before, err := status(ctx, r)
	if err != nil {
		return Schema{}, err
	}
	p, err := r.Migrations()
	if err != nil {
		return Schema{}, err
	}
	if err := f(p, before); err != nil {
		if fault.CodeOf(err) != fault.Internal {
			return before, err
		}
		return before, fault.Wrap(err, fault.Unavailable, "upkeep.migrate", "a step of the schema failed; nothing of it stays").
			WithHint("the cause stands behind it; mend it and try again")
	}
	return status(ctx, r)
}
