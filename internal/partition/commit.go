package partition

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	firstBackoff = 20 * time.Millisecond
	maxBackoff   = time.Second
	// tickAgain is how long a guild waits for its next tick where the last one did nothing.
	tickAgain = time.Second
)

// process steps deliveries and commits what came of it. Those that could not be
// committed wait again.
func (l *Loop) process(ctx context.Context, ds []Delivery) {
	l.attempt(ctx, ds)
	if len(l.again) == 0 {
		return
	}
	l.in.back(slices.DeleteFunc(l.again, func(d Delivery) bool {
		return !l.owns(Of(d.Input.Guild, l.opt.Partitions))
	}))
	l.again = nil
}

func (l *Loop) attempt(ctx context.Context, ds []Delivery) {
	w := l.step(ds, l.now())
	if ackBeforeCommit {
		l.opt.Actuator.Committed(Committed{At: w.at, Effects: w.batch.Effects, Answers: w.out.done.Answers})
	}
	if !l.write(ctx, w) {
		return
	}
	l.take(w)
}

// write commits a batch. It returns true where the batch is durable, or where
// there was nothing to write. Otherwise the copies are forgotten, and the inputs
// wait again unless one of them is the culprit.
func (l *Loop) write(ctx context.Context, w *work) bool {
	if len(w.parts) == 0 {
		return true
	}
	l.fill(w)
	first, err := l.opt.Store.Commit(ctx, &w.batch)
	if fault.CodeOf(err) == fault.Unknown {
		first, err = l.lookUp(ctx, w)
	}
	switch fault.CodeOf(err) {
	case "":
		l.backoff = 0
		l.stats.Commits.Add(1)
		l.stats.Events.Add(int64(len(w.batch.Events)))
		for i, r := range w.batch.Events {
			w.out.done.Events = append(w.out.done.Events, store.JournalRow{Seq: first + int64(i), Record: r})
		}
		return true
	case fault.Invalid:
		l.bisect(ctx, w, err)
	case fault.Conflict:
		l.stats.Conflicts.Add(1)
		l.surrender(ctx, w, err)
	default:
		l.log.Warn("a batch cannot be written, trying again", "inputs", len(w.inputs), "error", err)
		l.retry(w)
	}
	return false
}

// fill puts the changed guilds, the marks of commands, the stamps and the cursors
// that wait into a batch.
func (l *Loop) fill(w *work) {
	w.marked()
	for _, id := range w.order {
		s := w.after[id]
		if !s.changed {
			continue
		}
		w.batch.Guilds = append(w.batch.Guilds, store.GuildChange{
			Partition: Of(id, l.opt.Partitions), Before: l.guilds[id].row, After: &s.g,
		})
	}
	if !w.at.Before(l.cursorAt) || slices.ContainsFunc(w.inputs, numberedFact) {
		w.batch.Cursors = l.intake.cursors(w.inputs, l.owns)
	}
	parts := map[int]bool{}
	for p := range w.parts {
		parts[p] = true
	}
	for _, c := range w.batch.Cursors {
		parts[c.Partition] = true
	}
	w.batch.Stamps = w.batch.Stamps[:0]
	for p := range parts {
		o := l.owned[p]
		w.batch.Stamps = append(w.batch.Stamps, store.Stamp{Partition: p, Epoch: o.epoch, Batch: o.batch + 1})
	}
	// One order of locks for every batch.
	slices.SortFunc(w.batch.Stamps, func(a, b store.Stamp) int { return a.Partition - b.Partition })
}

// numberedFact is true for what only a cursor keeps from being taken twice by
// whoever comes after this process: its cursor has to go with what came of it. A
// command that comes again is known by its id.
func numberedFact(d Delivery) bool {
	_, command := d.Input.Body.(music.Command)
	return d.ticket != nil && !command
}

// take makes a committed batch the present and tells what came of it.
func (l *Loop) take(w *work) {
	l.mu.Lock()
	for _, s := range w.batch.Stamps {
		if o := l.owned[s.Partition]; o != nil {
			o.batch = s.Batch
		}
	}
	for _, id := range w.order {
		s, e := w.after[id], l.guilds[id]
		e.g, e.used = &s.g, w.at
		if s.changed {
			e.row = &s.g
		}
	}
	l.mu.Unlock()
	for _, id := range w.order {
		l.timers.set(id, w.after[id].g.Deadline())
	}
	l.calm(w)
	for _, c := range w.out.commands {
		l.seen[c.id] = w.at
	}
	for _, e := range w.batch.Effects {
		if e.Kind != KindCommand {
			w.out.done.Effects = append(w.out.done.Effects, e)
		}
	}
	l.taken(w.inputs...)
	w.out.done.Cursors = w.batch.Cursors
	l.intake.stored(w.batch.Cursors)
	if len(w.batch.Cursors) > 0 {
		l.cursorAt = w.at.Add(l.opt.CursorPace)
	}
	if !l.intake.waits() {
		l.flushAt = time.Time{}
	}
	l.held = append(l.held, w.out)
	if len(w.inputs) >= busyBatch && l.opt.Pace > 0 {
		l.paceAt = l.now().Add(l.opt.Pace)
	}
	l.release()
}

// calm lets a guild whose tick did not move its deadline wait a while for the
// next one, so that a tick that cannot be carried out does not keep the loop busy.
func (l *Loop) calm(w *work) {
	for _, d := range w.inputs {
		id := d.Input.Guild
		if _, ok := d.Input.Body.(music.Tick); !ok || l.guilds[id] == nil {
			continue
		}
		if at := l.guilds[id].g.Deadline(); !at.IsZero() && !at.After(w.at) {
			l.timers.set(id, w.at.Add(tickAgain))
		}
	}
}

// release tells what was committed, in order, while the leases are certain.
// Otherwise it waits: with the lease back it is told then, with the lease lost
// it is the next owner's.
func (l *Loop) release() {
	for len(l.held) > 0 {
		o := l.held[0]
		for p := range o.parts {
			if _, certain := l.PartitionEpoch(p); !certain {
				return
			}
		}
		l.held[0] = outcome{}
		l.held = l.held[1:]
		for _, c := range o.commands {
			o.done.Commands = append(o.done.Commands, c.id)
		}
		// What is to sound comes before the words about it: it is what is waited for.
		for _, c := range o.converge {
			part := Of(c.guild.ID, l.opt.Partitions)
			if own := l.owned[part]; own != nil {
				l.opt.Actuator.Converge(c.guild, c.c, own.epoch)
			}
		}
		if len(o.converge) > 0 {
			// Whoever was woken by that goes first: on a machine that is busy they
			// would wait until this loop has told everything.
			runtime.Gosched()
		}
		l.opt.Actuator.Committed(o.done)
	}
}

// flush writes the cursors that wait.
func (l *Loop) flush(ctx context.Context) {
	l.flushAt, l.cursorAt = time.Time{}, time.Time{}
	w := newWork(l.now(), nil)
	for _, c := range l.intake.cursors(nil, l.owns) {
		w.parts[c.Partition] = true
	}
	if len(w.parts) > 0 && l.write(ctx, w) {
		l.take(w)
	}
}

// retry forgets the copies and lets the inputs wait again. They are put back
// together once the whole batch was tried: halves of it keep their order.
func (l *Loop) retry(w *work) {
	l.stats.Retries.Add(1)
	l.again = append(l.again, w.inputs...)
	l.backoff = min(max(2*l.backoff, firstBackoff), maxBackoff)
	l.retryAt = l.now().Add(l.backoff)
}

// bisect finds the input that the database refuses, by halves.
func (l *Loop) bisect(ctx context.Context, w *work, cause error) {
	switch n := len(w.inputs); {
	case n == 0:
		l.log.Error("cursors were refused", "error", cause)
		l.intake.stored(w.batch.Cursors)
	case w.aside:
		l.log.Error("an input that was put aside is refused too and left out",
			"kind", w.inputs[0].Input.Kind(), "input", w.inputs[0].Input.ID, "error", cause)
		l.taken(w.inputs...)
	case n == 1:
		// Where this cannot be written now, the input waits and is tried anew.
		d := w.inputs[0]
		aside := newWork(w.at, w.inputs)
		aside.aside = true
		l.mark(aside, d)
		l.deadLetter(aside, d, Of(d.Input.Guild, l.opt.Partitions), cause)
		if l.write(ctx, aside) {
			l.take(aside)
		}
	default:
		l.attempt(ctx, w.inputs[:n/2])
		if l.retryAt.IsZero() {
			l.attempt(ctx, w.inputs[n/2:])
		} else {
			l.again = append(l.again, w.inputs[n/2:]...)
		}
	}
}

// lookUp finds out whether a batch whose commit had no answer was written. The
// loop stops here until it knows: nothing may be stepped from a guess.
func (l *Loop) lookUp(ctx context.Context, w *work) (int64, error) {
	parts := make([]int, len(w.batch.Stamps))
	for i, s := range w.batch.Stamps {
		parts[i] = s.Partition
	}
	for wait := firstBackoff; ; wait = min(2*wait, maxBackoff) {
		now, err := l.opt.Store.BatchNumbers(ctx, parts)
		if err == nil {
			err = judge(w, now)
			if err != nil || len(w.batch.Events) == 0 {
				return 0, err
			}
			var first int64
			first, err = l.opt.Store.SeqOf(ctx, w.batch.Events[0].ID)
			if err == nil {
				return first, nil
			}
		}
		l.log.Warn("the outcome of a batch is not known yet", "error", err)
		select {
		case <-ctx.Done():
			return 0, fault.Wrap(ctx.Err(), fault.Unavailable, "partition.lookUp", "stopped before the outcome was known")
		case <-l.opt.Clock.After(wait):
		}
	}
}

// judge says what a look at the batch numbers tells of a batch: nil where it was
// written. It was one transaction, so one partition that is still ours speaks for all.
func judge(w *work, now []store.Stamp) error {
	for _, want := range w.batch.Stamps {
		i := slices.IndexFunc(now, func(s store.Stamp) bool { return s.Partition == want.Partition })
		switch {
		case i < 0 || now[i].Epoch != want.Epoch:
		case now[i].Batch == want.Batch:
			return nil
		case now[i].Batch == want.Batch-1:
			return fault.New(fault.Unavailable, "partition.judge", "the batch was not written")
		}
	}
	return fault.New(fault.Conflict, "partition.judge", "other owners took the partitions")
}

// surrender gives up the partitions that somebody else owns now. The inputs of
// the others wait again.
func (l *Loop) surrender(ctx context.Context, w *work, cause error) {
	parts := make([]int, len(w.batch.Stamps))
	for i, s := range w.batch.Stamps {
		parts[i] = s.Partition
	}
	now, err := l.opt.Store.BatchNumbers(ctx, parts)
	if err != nil {
		l.retry(w)
		return
	}
	for _, s := range now {
		o := l.owned[s.Partition]
		if o == nil || (o.epoch == s.Epoch && o.batch == s.Batch) {
			continue
		}
		l.log.Error("a partition is owned by somebody else", "partition", s.Partition,
			"epoch", o.epoch, "newer", s.Epoch, "error", cause)
		l.lose(s.Partition)
	}
	l.retry(w)
}
