package worker

import (
	"cmp"
	"context"
	"time"
)

// How long things are kept by default.
const (
	// KeepEffects is how long effects that were carried out are known, so that
	// one that comes again is not carried out twice.
	KeepEffects = 30 * 24 * time.Hour
	// KeepDeadLetters is how long inputs that failed can be looked into.
	KeepDeadLetters = 30 * 24 * time.Hour
	// KeepJournal is how long the past can be read in every detail. What a
	// projection has not read is kept longer.
	KeepJournal = 90 * 24 * time.Hour
	// KeepPlays is how long plays are kept.
	KeepPlays = 400 * 24 * time.Hour
	// KeepHeard is how long is known which tracks a member heard.
	KeepHeard = 400 * 24 * time.Hour
)

// Rows are removed in small pieces with pauses, because SQLite has one writer
// and commands wait for it.
const (
	prunePause = 50 * time.Millisecond
	// pruneLimit is how many rows one piece has; prunePieces is how many pieces
	// of one kind are removed before the next kind has its turn.
	pruneLimit  = 500
	prunePieces = 100
)

// Retention says how long things are kept. What is 0 is kept as long as the
// constants of this package say.
type Retention struct {
	Effects, DeadLetters, Journal, Plays, Heard time.Duration
	// Types are names of types of events that leave the journal before the others,
	// with how long they are kept. None of them is one that plays are made of,
	// unless there is an archive to read it back from.
	Types map[string]time.Duration
}

func (t Retention) withDefaults() Retention {
	return Retention{
		Effects: cmp.Or(t.Effects, KeepEffects), DeadLetters: cmp.Or(t.DeadLetters, KeepDeadLetters),
		Journal: cmp.Or(t.Journal, KeepJournal), Plays: cmp.Or(t.Plays, KeepPlays),
		Heard: cmp.Or(t.Heard, KeepHeard), Types: t.Types,
	}
}

// shortest is how long the type is kept that leaves first.
func (t Retention) shortest() time.Duration {
	d := t.Journal
	for _, keep := range t.Types {
		d = min(d, keep)
	}
	return d
}

// pause waits, and returns false once ctx has ended.
func (r *Role) pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-r.opt.Clock.After(d):
		return ctx.Err() == nil
	}
}

// prune removes what is older than keep, piece by piece, until nothing of it is
// left or others have waited long enough.
func (r *Role) prune(ctx context.Context, what string, keep time.Duration, f func(context.Context, time.Time, int) (int, error)) (err error) {
	before := r.opt.Clock.Now().Add(-keep)
	all := 0
	for piece := range prunePieces {
		if piece > 0 && !r.pause(ctx, prunePause) {
			err = cutOff(ctx)
			break
		}
		var n int
		n, err = f(ctx, before, pruneLimit)
		all += n
		if err != nil || n < pruneLimit {
			break
		}
	}
	if all > 0 {
		r.opt.Logger.Info("what is old was removed", "what", what, "count", all)
	}
	return err
}
