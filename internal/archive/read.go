package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/zstd"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// After returns the events behind a number in the order of theirs, each once,
// with one file open at a time. An error ends it: those of Files, and Invalid,
// naming the file, for one that is damaged; what came before it is as it was
// written.
func (a *Archive) After(ctx context.Context, seq int64) iter.Seq2[*store.JournalRow, error] {
	return func(yield func(*store.JournalRow, error) bool) {
		all, err := a.Files(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, f := range all {
			if f.Last <= seq {
				continue
			}
			for row, err := range f.events(ctx) {
				switch {
				case err != nil:
					yield(nil, err)
					return
				case row.Seq <= seq:
					continue
				}
				if !yield(row, nil) {
					return
				}
			}
			seq = f.Last
		}
	}
}

// Check reads a file to its end and returns whether it has an event of that
// number and id. Errors: Invalid, naming the file, where it is damaged;
// Unavailable, Denied.
func (f File) Check(ctx context.Context, seq int64, id string) (same bool, err error) {
	for row, err := range f.events(ctx) {
		if err != nil {
			return false, err
		}
		same = same || (row.Seq == seq && row.ID == id)
	}
	return same, nil
}

// events returns what a file has, and an error where that is not what its name
// says.
func (f File) events(ctx context.Context) iter.Seq2[*store.JournalRow, error] {
	const op = "archive.Read"
	return func(yield func(*store.JournalRow, error) bool) {
		file, err := f.place.open(ctx, f.name)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = file.Close() }()
		next := f.First
		for l, err := range lines(file) {
			if err == nil {
				err = l.follows(next, f.Last)
			}
			gone, isLost := errors.AsType[*lost](err)
			switch {
			case ctx.Err() != nil:
				yield(nil, fault.Wrap(ctx.Err(), fault.Unavailable, op, "the archive was not read to its end"))
				return
			case isLost:
				yield(nil, fault.Wrap(gone, fault.Unavailable, op, f.Path+" was not read to its end").
					WithHint("the place did not give all of it; it is tried again"))
				return
			case err != nil:
				yield(nil, damaged(err, f))
				return
			}
			if next = l.next(); l.row != nil && !yield(l.row, nil) {
				return
			}
		}
		if next != f.Last+1 {
			yield(nil, damaged(fmt.Errorf("it ends before event %d", next), f))
		}
	}
}

// parsed is what a line has: an event, or numbers that are gone.
type parsed struct {
	row  *store.JournalRow
	gone gap
}

// follows is an error where the line is not what comes at a number.
func (l *parsed) follows(next, last int64) error {
	first := l.gone.From
	if l.row != nil {
		first = l.row.Seq
	}
	switch {
	case first != next:
		return fmt.Errorf("event %d stands where %d has to be", first, next)
	case l.next() > last+1 || (l.row == nil && l.next() > last):
		return fmt.Errorf("event %d is behind the last one of the name", l.next()-1)
	}
	return nil
}

// next is the number behind those of the line.
func (l *parsed) next() int64 {
	if l.row != nil {
		return l.row.Seq + 1
	}
	return l.gone.To + 1
}

func damaged(err error, f File) error {
	return fault.Wrap(err, fault.Invalid, "archive.Read", "the file "+f.Path+" of the archive is damaged").
		WithHint("put an undamaged copy in its place, or move it out of the archive to go on without its events")
}

// lines reads compressed lines.
func lines(r io.Reader) iter.Seq2[*parsed, error] {
	return func(yield func(*parsed, error) bool) {
		zip, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			yield(nil, err)
			return
		}
		defer zip.Close()
		text := bufio.NewReaderSize(zip, 64<<10)
		var long []byte
		for {
			raw, err := text.ReadSlice('\n')
			if len(long) > 0 || errors.Is(err, bufio.ErrBufferFull) {
				long = append(long, raw...)
				raw = long
			}
			switch {
			case len(raw) > MaxLine:
				err = errors.New("a line is too long")
			case errors.Is(err, bufio.ErrBufferFull):
				continue
			case errors.Is(err, io.EOF) && len(raw) == 0:
				return
			case errors.Is(err, io.EOF):
				err = errors.New("its last line has no end")
			}
			l := &parsed{}
			if err == nil {
				err = l.parse(raw)
			}
			long = long[:0]
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

func (l *parsed) parse(raw []byte) (err error) {
	var isGap bool
	if l.gone, isGap = parseGap(raw); isGap {
		return nil
	}
	row, err := ParseLine(raw)
	l.row = &row
	return err
}
