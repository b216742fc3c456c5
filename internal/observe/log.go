package observe

import (
	"context"
	"io"
	"log/slog"
)

// LogOptions says how to log.
type LogOptions struct {
	// Level is the least important one that is written.
	Level slog.Level
	// JSON is for machines; otherwise it is text for people.
	JSON bool
	// Secrets are values that must never be written; nil keeps a set of its own.
	Secrets *Secrets
}

// ParseLevel returns the level of a name of the configuration; info for
// anything else.
func ParseLevel(s string) slog.Level {
	var l slog.Level
	if l.UnmarshalText([]byte(s)) != nil {
		return slog.LevelInfo
	}
	return l
}

// NewLogger returns a logger that writes records to w, one Write each. Values
// of keys that name secrets, and registered secrets wherever they stand, are
// written as [redacted]. A trace in the context is written with the record.
func NewLogger(w io.Writer, o LogOptions) *slog.Logger {
	if o.Secrets == nil {
		o.Secrets = &Secrets{}
	}
	ho := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: o.Secrets.redactAttr}
	out := &scrubber{w: w, secrets: o.Secrets}
	if o.JSON {
		return slog.New(traced{slog.NewJSONHandler(out, ho)})
	}
	ho.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
			return slog.String(a.Key, a.Value.Time().Format("2006-01-02T15:04:05.000Z07:00"))
		}
		return o.Secrets.redactAttr(groups, a)
	}
	return slog.New(traced{slog.NewTextHandler(out, ho)})
}

// traced adds the trace of the context to each record.
type traced struct{ slog.Handler }

// Handle adds trace_id and span_id where there is a trace.
func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if t, ok := TraceFrom(ctx); ok {
		r = r.Clone()
		r.AddAttrs(slog.String("trace_id", t.TraceID()), slog.String("span_id", t.SpanID()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps adding the trace.
func (h traced) WithAttrs(a []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(a)} }

// WithGroup keeps adding the trace.
func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }
