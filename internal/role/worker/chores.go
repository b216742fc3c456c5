package worker

import (
	"context"
	"errors"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/jobs"
)

// Queue runs chores until ctx ends, each of them in one process at a time.
type Queue interface {
	Run(ctx context.Context, chores []jobs.Chore) error
}

const (
	// soon is how often what grows with every command is looked at, seldom how
	// often the rest is.
	soon, seldom = time.Minute, 10 * time.Minute
	hourly       = time.Hour
	// turn is after how long no further file of the archive is begun, so that a
	// run ends well before its time is over.
	turn = 2 * time.Minute
)

// Chores are what the role does from time to time. The projection of plays is not
// among them: it goes on within a second of what happened, keeps its place in
// the database and may be done by several processes, so a queue would only make
// it later.
func (r *Role) Chores() []jobs.Chore {
	keep, db := r.opt.Retention, r.opt.Store
	journal := jobs.Chore{Kind: "prune_journal", Every: soon, Do: r.forget}
	if r.opt.Archive != nil {
		journal = jobs.Chore{Kind: "archive_journal", Every: soon, Timeout: jobs.MaxTimeout, Do: r.putAway}
	}
	chores := []jobs.Chore{
		{Kind: "prune_effects", Every: soon, Do: r.pruning("effects", keep.Effects, db.PruneEffects)},
		{Kind: "prune_letters", Every: seldom, Do: r.pruning("dead letters", keep.DeadLetters, db.PruneDeadLetters)},
		{Kind: "prune_plays", Every: seldom, Do: r.pruning("plays", keep.Plays, db.PrunePlays)},
		{Kind: "prune_heard", Every: seldom, Do: r.pruning("heard tracks", keep.Heard, db.PruneHeard)},
		journal,
		{Kind: "retry_letters", Every: hourly, Do: r.retryLetters},
		{Kind: "forget_sessions", Every: seldom, Do: r.forgetSessions},
	}
	if db.Parted() {
		chores = append(chores, jobs.Chore{Kind: "extend_journal", Every: soon, Do: r.extendParts})
	}
	return chores
}

// pruning is a chore that removes what is older than keep.
func (r *Role) pruning(what string, keep time.Duration, f func(context.Context, time.Time, int) (int, error)) func(context.Context) error {
	return func(ctx context.Context) error { return r.prune(ctx, what, keep, f) }
}

// forgetSessions removes what processes that are gone left behind.
func (r *Role) forgetSessions(ctx context.Context) error {
	n, err := r.opt.Store.ForgetSessions(ctx)
	if n > 0 {
		r.opt.Logger.Info("what is old was removed", "what", "sessions", "count", n)
	}
	return err
}

// retryLimit is how many letters are read at once.
const retryLimit = 100

// retryLetters tries events again that no play could be made of: a newer version
// may be able to. Inputs of guilds are for an operator to decide about: a command
// that is carried out a day later is worse than one that is not.
func (r *Role) retryLetters(ctx context.Context) error {
	after := ""
	// They are dropped at the end, because a page begins behind one that is there.
	var mended []string
	for {
		letters, err := r.opt.Store.DeadLettersAfter(ctx, after, retryLimit)
		if fault.CodeOf(err) == fault.NotFound {
			break // somebody dropped the last one that was read: the next run sees the rest
		}
		if err != nil {
			return err
		}
		for i := range letters {
			d := &letters[i]
			after = d.ID
			if d.Kind != LetterKind {
				continue
			}
			err := Reapply(ctx, r.opt.Store, d)
			if fault.CodeOf(err) == fault.Invalid {
				continue // it still makes no play
			}
			if err != nil {
				return err
			}
			mended = append(mended, d.ID)
		}
		if len(letters) < retryLimit {
			break
		}
		if !r.pause(ctx, prunePause) {
			return cutOff(ctx)
		}
	}
	for _, id := range mended {
		if err := r.opt.Store.DropDeadLetter(ctx, id); err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
	}
	if len(mended) > 0 {
		r.opt.Logger.Info("events that had been put aside make plays now", "count", len(mended))
	}
	return nil
}

var errCutOff = errors.New("cut off before it was done")

// cutOff is the error of a chore whose context has ended.
func cutOff(ctx context.Context) error { return errors.Join(errCutOff, context.Cause(ctx)) }
