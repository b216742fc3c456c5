package archive

import (
	"context"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// window is how far back the compression looks, and with it the memory that
// writing and reading take.
const window = 1 << 20

// Writer writes one file. Nobody sees the file before Finish.
type Writer struct {
	a           *Archive
	draft       draft
	zip         *zstd.Encoder
	line        []byte
	first, last int64
	at          time.Time
	events      int
	bytes       int64
}

// Create begins a file. Whoever does so ends it with Finish or Discard. Errors:
// Unavailable, Denied.
func (a *Archive) Create(ctx context.Context) (*Writer, error) {
	d, err := a.place.create(ctx)
	if err != nil {
		return nil, err
	}
	zip, err := zstd.NewWriter(d, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
	if err != nil {
		d.discard()
		return nil, fault.Wrap(err, fault.Internal, "archive.Create", "the compression cannot begin")
	}
	return &Writer{a: a, draft: d, zip: zip}, nil
}

// Takes is true where an event can be the next of the file: its number is behind
// the last one and the file is not full.
func (w *Writer) Takes(seq int64) bool {
	return seq > 0 && (w.events == 0 || (seq > w.last && w.events < w.a.limits.Events && w.bytes < w.a.limits.Bytes))
}

// Append adds an event. Numbers between the last one and its own are noted as
// gone: the journal gives each number, so they left it before. Errors: Conflict
// for one that the file does not take, Invalid for one that cannot be a line,
// Unavailable where it cannot be written.
func (w *Writer) Append(row *store.JournalRow) error {
	const op = "archive.Append"
	if !w.Takes(row.Seq) {
		return fault.New(fault.Conflict, op, "the event does not follow the last one of the file, or the file is full")
	}
	w.line = w.line[:0]
	if w.events > 0 && row.Seq > w.last+1 {
		w.line = appendGap(w.line, w.last+1, row.Seq-1)
	}
	var err error
	if w.line, err = AppendLine(w.line, row); err != nil {
		return err
	}
	if _, err := w.zip.Write(w.line); err != nil {
		return unwritten(err, op)
	}
	if w.events == 0 {
		w.first, w.at = row.Seq, row.At
	}
	w.last, w.events, w.bytes = row.Seq, w.events+1, w.bytes+int64(len(w.line))
	return nil
}

// unwritten keeps a fault of the place as it is.
func unwritten(err error, op string) error {
	if fault.CodeOf(err) != fault.Internal {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, op, "the file of the archive cannot be written")
}

// Finish makes the file durable under its name. Errors: Invalid for a file
// without events; Unavailable, Denied, after which it is as if the file had
// never been begun, or is whole under its name.
func (w *Writer) Finish(ctx context.Context) (File, error) {
	const op = "archive.Finish"
	defer w.Discard()
	if w.events == 0 {
		return File{}, fault.New(fault.Invalid, op, "a file of the archive needs an event")
	}
	err := w.zip.Close()
	w.zip = nil
	if err != nil {
		return File{}, unwritten(err, op)
	}
	name := nameOf(w.first, w.last, w.at)
	if err := w.draft.finish(ctx, name); err != nil {
		return File{}, err
	}
	return File{Path: w.a.place.show(name), First: w.first, Last: w.last, name: name, place: w.a.place}, nil
}

// Discard forgets a file that was not finished. After Finish it does nothing.
func (w *Writer) Discard() {
	w.zip = nil // with one at a time it has nothing to be given back
	w.draft.discard()
}
