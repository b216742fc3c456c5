package worker

import (
	"context"
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// tries is how often an event is tried before it is put aside.
	tries = 5
	// firstTryAgain is how long the second try waits; each further one waits twice
	// as long as the one before.
	firstTryAgain = 50 * time.Millisecond
	// replayLimit is how many plays of the archive one transaction has, replaySpan
	// how many events it passes at most.
	replayLimit, replaySpan = 1_000, 50_000
)

// LetterKind is the kind of dead letters whose input is an event of the journal
// that plays cannot be made of, as a line of the archive.
const LetterKind = "projection:" + store.PlaysProjection

// A piece is what one transaction projects: the rows that make plays among the
// events behind from up to to.
type piece struct {
	from, to int64
	rows     []store.JournalRow
}

// split parts a piece before the n-th row.
func (p piece) split(n int) (before, after piece) {
	at := p.rows[n-1].Seq
	return piece{p.from, at, p.rows[:n]}, piece{at, p.to, p.rows[n:]}
}

// apply projects a piece. An event that fails is tried 5 times, then it becomes a
// dead letter and the rest goes on. Errors: Conflict where somebody else moved
// the projection; those of the store, none of which is an event's own.
func (r *Role) apply(ctx context.Context, p piece) error {
	plays, err := r.playsOf(ctx, p.rows)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := r.opt.Store.ProjectPlays(ctx, p.from, p.to, plays)
		switch {
		case fault.CodeOf(err) != fault.Invalid || len(p.rows) == 0:
			return err
		case len(p.rows) > 1:
			// One of them is refused: it is found by halves.
			first, second := p.split(len(p.rows) / 2)
			if err := r.apply(ctx, first); err != nil {
				return err
			}
			return r.apply(ctx, second)
		case try == tries:
			if err := r.putAside(ctx, &p.rows[0], err); err != nil {
				return err
			}
			return r.opt.Store.ProjectPlays(ctx, p.from, p.to, nil)
		case !r.pause(ctx, firstTryAgain<<(try-1)):
			return context.Cause(ctx)
		}
	}
}

// playsOf makes plays of rows. Those that fail are tried again together, so that
// many of them take no longer than one.
func (r *Role) playsOf(ctx context.Context, rows []store.JournalRow) ([]store.Play, error) {
	plays := make([]store.Play, 0, len(rows))
	var failed []*store.JournalRow
	var why []error
	try := func(row *store.JournalRow) {
		p, heard, err := playOf(row)
		if err != nil {
			failed, why = append(failed, row), append(why, err)
		} else if heard {
			plays = append(plays, p)
		}
	}
	for i := range rows {
		try(&rows[i])
	}
	for n := 1; n < tries && len(failed) > 0; n++ {
		if !r.pause(ctx, firstTryAgain<<(n-1)) {
			return nil, context.Cause(ctx)
		}
		again := failed
		failed, why = nil, nil
		for _, row := range again {
			try(row)
		}
	}
	for i, row := range failed {
		if err := r.putAside(ctx, row, why[i]); err != nil {
			return nil, err
		}
	}
	return plays, nil
}

// putAside makes a dead letter of an event. It is stored before the projection
// moves on: what comes twice is stored once.
func (r *Role) putAside(ctx context.Context, row *store.JournalRow, cause error) error {
	repeated := *row
	if h, err := event.Scan(row.Envelope); err == nil {
		if id := r.replayOf(row.Seq); id != "" {
			e := h.Envelope()
			e.ReplayID = id
			repeated.Envelope = event.AppendEncode(nil, &e)
		}
	}
	raw, err := archive.AppendLine(nil, &repeated)
	if err != nil {
		return err
	}
	message, _ := fault.Show(cause)
	r.opt.Logger.Error("an event makes no play and was put aside", "event", row.ID, "seq", row.Seq, "replay", r.replayOf(row.Seq), "error", message)
	return r.opt.Store.PutAside(ctx, []store.DeadLetter{{
		ID: LetterKind + ":" + strconv.FormatInt(row.Seq, 10), Guild: row.Guild, Partition: row.Partition, Kind: LetterKind,
		Input: raw, Error: message, At: r.opt.Clock.Now().UTC(),
	}})
}

// Projector is what a dead letter of a projection needs of the database.
type Projector interface {
	Position(ctx context.Context, projection string) (int64, error)
	ProjectPlays(ctx context.Context, from, to int64, plays []store.Play) error
}

// Reapply tries the event of a dead letter again, wherever the projection is
// now. Errors: Invalid where it still makes no play, or the letter is none of
// a projection; those of the store.
func Reapply(ctx context.Context, db Projector, d *store.DeadLetter) error {
	const op = "worker.Reapply"
	if d.Kind != LetterKind {
		return fault.New(fault.Invalid, op, "the dead letter is no event of a projection")
	}
	row, err := archive.ParseLine(d.Input)
	if err != nil {
		return err
	}
	p, heard, err := playOf(&row)
	if err != nil || !heard {
		return err
	}
	for {
		at, err := db.Position(ctx, store.PlaysProjection)
		if err != nil {
			return err
		}
		// The position stays where it is; only the play is written.
		err = db.ProjectPlays(ctx, at, at, []store.Play{p})
		if fault.CodeOf(err) != fault.Conflict || ctx.Err() != nil {
			return err
		}
	}
}
