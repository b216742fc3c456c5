package archive

import (
	"errors"
	"os"
	"path/filepath"
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
	file        *os.File
	zip         *zstd.Encoder
	line        []byte
	first, last int64
	at          time.Time
	events      int
	bytes       int64
}

// Create begins a file. Whoever does so ends it with Finish or Discard. Errors:
// Unavailable, Denied.
func (a *Archive) Create() (*Writer, error) {
	const op = "archive.Create"
	f, err := a.temporary()
	if err != nil {
		return nil, broken(err, op, a.dir)
	}
	zip, err := zstd.NewWriter(f, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, errors.Join(fault.Wrap(err, fault.Internal, op, "the compression cannot begin"), f.Close(), os.Remove(f.Name()))
	}
	return &Writer{a: a, file: f, zip: zip}, nil
}

// Takes is true where an event can be the next of the file: its number follows
// the last one and the file is not full.
func (w *Writer) Takes(seq int64) bool {
	return seq > 0 && (w.events == 0 || (seq == w.last+1 && w.events < w.a.limits.Events && w.bytes < w.a.limits.Bytes))
}

// Append adds an event. Errors: Conflict for one that the file does not take,
// Invalid for one that cannot be a line, Unavailable where it cannot be written.
func (w *Writer) Append(row *store.JournalRow) error {
	const op = "archive.Append"
	if !w.Takes(row.Seq) {
		return fault.New(fault.Conflict, op, "the event does not follow the last one of the file, or the file is full")
	}
	var err error
	if w.line, err = AppendLine(w.line[:0], row); err != nil {
		return err
	}
	if _, err := w.zip.Write(w.line); err != nil {
		return broken(err, op, w.a.dir)
	}
	if w.events == 0 {
		w.first, w.at = row.Seq, row.At
	}
	w.last, w.events, w.bytes = row.Seq, w.events+1, w.bytes+int64(len(w.line))
	return nil
}

// Finish makes the file durable under its name: its bytes are on the disk before
// it has the name, and the name is before Finish returns. Errors: Invalid for a
// file without events; Unavailable, Denied, after which it is as if the file had
// never been begun, or is whole under its name.
func (w *Writer) Finish() (File, error) {
	const op = "archive.Finish"
	defer w.Discard()
	if w.events == 0 {
		return File{}, fault.New(fault.Invalid, op, "a file of the archive needs an event")
	}
	err := w.zip.Close()
	w.zip = nil
	if err == nil {
		err = w.file.Sync()
	}
	if err != nil {
		return File{}, broken(err, op, w.a.dir)
	}
	temporary := w.file.Name()
	err = w.file.Close()
	w.file = nil
	out := File{Path: filepath.Join(w.a.dir, nameOf(w.first, w.last, w.at)), First: w.first, Last: w.last}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(out.Path), 0o700)
	}
	if err == nil {
		err = os.Rename(temporary, out.Path)
	}
	if err != nil {
		return File{}, errors.Join(broken(err, op, out.Path), os.Remove(temporary))
	}
	// A directory that was made is a name in the one above it.
	for dir := filepath.Dir(out.Path); err == nil; dir = filepath.Dir(dir) {
		if err = syncDir(dir); dir == w.a.dir {
			break
		}
	}
	if err != nil {
		return File{}, broken(err, op, out.Path)
	}
	return out, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Discard forgets a file that was not finished. After Finish it does nothing.
func (w *Writer) Discard() {
	w.zip = nil // with one at a time it has nothing to be given back
	if w.file != nil {
		_ = w.file.Close()
		_ = os.Remove(w.file.Name())
		w.file = nil
	}
}
