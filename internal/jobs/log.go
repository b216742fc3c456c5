package jobs

import (
	"context"
	"log/slog"
)

// calmer passes River's records on, its errors as warnings: what it calls an error
// is a database that did not answer once, which it tries again. A job that cannot
// be done is counted and shown, and that is what operators are alarmed by.
type calmer struct{ slog.Handler }

func (h calmer) Handle(ctx context.Context, r slog.Record) error {
	r.Level = min(r.Level, slog.LevelWarn)
	if !h.Enabled(ctx, r.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h calmer) WithAttrs(attrs []slog.Attr) slog.Handler {
	return calmer{h.Handler.WithAttrs(attrs)}
}

func (h calmer) WithGroup(name string) slog.Handler { return calmer{h.Handler.WithGroup(name)} }
