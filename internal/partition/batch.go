package partition

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// work is what a batch of inputs makes of the guilds, before it is committed.
type work struct {
	at     time.Time
	inputs []Delivery
	order  []music.GuildID
	after  map[music.GuildID]*stepped
	batch  store.Batch
	// marks are the rows by which the commands of the batch are known if they
	// come again.
	marks []store.EffectRow
	out   outcome
	// parts are the partitions that something has to be written for.
	parts map[int]bool
	// aside is true where the one input is put aside instead of stepped.
	aside bool
}

type stepped struct {
	g       music.Guild
	changed bool
}

// outcome is what is to be told once a batch is committed.
type outcome struct {
	done     Committed
	commands []told
	converge []converge
	// parts are the partitions that something is to be told about.
	parts map[int]bool
}

type converge struct {
	guild *music.Guild
	c     music.Converge
}

// told is the id of a command of a partition.
type told struct {
	part int
	id   string
}

// without leaves out what belongs to a partition that was lost.
func (o outcome) without(part int, of func(music.GuildID) int) outcome {
	if !o.parts[part] {
		return o
	}
	delete(o.parts, part)
	o.commands = slices.DeleteFunc(o.commands, func(c told) bool { return c.part == part })
	o.converge = slices.DeleteFunc(o.converge, func(c converge) bool { return of(c.guild.ID) == part })
	d := &o.done
	d.Events, d.Facts = keepFacts(d.Events, d.Facts, func(e store.JournalRow) bool { return e.Partition != part })
	d.Effects = slices.DeleteFunc(d.Effects, func(e store.EffectRow) bool { return e.Partition == part })
	d.Cursors = slices.DeleteFunc(slices.Clone(d.Cursors), func(c store.Cursor) bool { return c.Partition == part })
	return o
}

// keepFacts keeps some events, and what each of them says.
func keepFacts(events []store.JournalRow, facts []music.Payload, keep func(store.JournalRow) bool) ([]store.JournalRow, []music.Payload) {
	var (
		kept []store.JournalRow
		say  []music.Payload
	)
	for i, e := range events {
		if keep(e) {
			kept, say = append(kept, e), append(say, facts[i])
		}
	}
	return kept, say
}

func newWork(now time.Time, ds []Delivery) *work {
	w := &work{at: now, inputs: ds, after: map[music.GuildID]*stepped{}, parts: map[int]bool{}}
	w.batch.At, w.out.done.At, w.out.parts = now, now, map[int]bool{}
	return w
}

// step lets copies of the guilds react to the inputs, in order.
func (l *Loop) step(ds []Delivery, now time.Time) *work {
	w := newWork(now, ds)
	fresh := map[string]bool{}
	for _, d := range ds {
		part := Of(d.Input.Guild, l.opt.Partitions)
		if _, ok := d.Input.Body.(music.Command); ok {
			switch id := d.Input.ID; {
			case (!l.seen[id].IsZero() || fresh[id]) && !effectWithoutKey:
				l.stats.Duplicates.Add(1)
				w.out.done.Again = append(w.out.done.Again, d.Input.ID)
				continue
			case !d.Expires.IsZero() && now.After(d.Expires):
				l.stats.Expired.Add(1)
				continue
			}
			fresh[d.Input.ID] = true
			l.mark(w, d)
		}
		l.stats.Inputs.Add(1)
		s, at := w.after[d.Input.Guild], now
		if s == nil {
			if e := l.guilds[d.Input.Guild]; d.asked != "" && !e.used.After(d.askedAt) {
				at = d.askedAt
			}
			s = &stepped{g: *l.guilds[d.Input.Guild].g}
			w.after[d.Input.Guild] = s
			w.order = append(w.order, d.Input.Guild)
		}
		if err := l.stepOne(w, s, d, part, at); err != nil {
			l.deadLetter(w, d, part, err)
		}
	}
	return w
}

// mark notes a command, so that it is acknowledged and known if it comes again.
func (l *Loop) mark(w *work, d Delivery) {
	if _, ok := d.Input.Body.(music.Command); !ok {
		return
	}
	part := Of(d.Input.Guild, l.opt.Partitions)
	w.touch(part)
	w.out.commands = append(w.out.commands, told{part, d.Input.ID})
	w.marks = append(w.marks, store.EffectRow{
		Key: CommandKey(d.Input.ID), Kind: KindCommand, Guild: d.Input.Guild, Partition: part,
		Epoch: l.owned[part].epoch, Created: w.at, Expires: w.at.Add(CommandMemory), Done: w.at,
	})
}

// marked adds the marks of commands to the batch. One whose answer stands in the
// same batch needs none: whoever knows its answer knows the command.
func (w *work) marked() {
	if len(w.marks) == 0 {
		return
	}
	answered := make(map[string]struct{}, len(w.batch.Effects))
	for i := range w.batch.Effects {
		if e := &w.batch.Effects[i]; e.Kind == KindAnswer {
			answered[e.Key] = struct{}{}
		}
	}
	for _, m := range w.marks {
		id, _ := commandOf(m.Key)
		if _, ok := answered[AnswerKey(id)]; !ok {
			w.batch.Effects = append(w.batch.Effects, m)
		}
	}
	w.marks = nil
}

// touch says that something has to be written for a partition, and told of it.
func (w *work) touch(part int) { w.parts[part], w.out.parts[part] = true, true }

// stepOne steps one input. A panic is the input's fault alone: the guild stays as it was.
func (l *Loop) stepOne(w *work, s *stepped, d Delivery, part int, at time.Time) (err error) {
	defer func() {
		if r := recover(); r != nil {
			l.log.Error("a step panicked", "kind", d.Input.Kind(), "input", d.Input.ID,
				"panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "music.Step", fmt.Sprintf("the step panicked: %v", r))
		}
	}()
	r := l.opt.Apply(s.g, d.Input, at)
	records, effects, touched, resolves, err := l.rows(w, r, d, part)
	if err != nil {
		return err
	}
	s.g = r.Guild
	s.changed = s.changed || r.Changed
	w.batch.Events = append(w.batch.Events, records...)
	w.batch.Effects = append(w.batch.Effects, effects...)
	w.said(r)
	for _, c := range touched {
		w.out.converge = append(w.out.converge, converge{guild: &s.g, c: c})
	}
	for _, x := range resolves {
		if x.Slot == d.asked {
			continue
		}
		l.opt.Actuator.Resolve(d.Input.Guild, x)
	}
	if r.Changed || len(records) > 0 || len(effects) > 0 {
		w.touch(part)
	}
	w.out.parts[part] = w.out.parts[part] || len(touched) > 0
	return nil
}

// said keeps what a step tells in the form in which this process wants it.
func (w *work) said(r music.Result) {
	for _, e := range r.Events {
		w.out.done.Facts = append(w.out.done.Facts, e.Payload)
	}
	for _, e := range r.Effects {
		if a, ok := e.(music.Respond); ok {
			if w.out.done.Answers == nil {
				w.out.done.Answers = map[string]music.Respond{}
			}
			w.out.done.Answers[AnswerKey(a.To.ID)] = a
		}
	}
}

func (l *Loop) rows(w *work, r music.Result, d Delivery, part int) (
	records []store.Record, effects []store.EffectRow, touched []music.Converge, resolves []music.Resolve, err error,
) {
	epoch := l.owned[part].epoch
	for _, e := range r.Events {
		raw, err := l.opt.Encoder.Event(e, EventMeta{
			Guild: d.Input.Guild, At: w.at, Trace: d.Input.Trace, Cause: d.Input.ID, Partition: part,
		})
		if err != nil {
			return nil, nil, nil, nil, err
		}
		records = append(records, store.Record{
			ID: string(e.ID), Type: e.Payload.EventType(), Guild: d.Input.Guild, Partition: part, Epoch: epoch,
			At: w.at, Cause: d.Input.ID, Envelope: raw,
		})
	}
	row := store.EffectRow{
		Guild: d.Input.Guild, Partition: part, Epoch: epoch, Trace: d.Input.Trace, Created: w.at, NotBefore: w.at,
	}
	for _, e := range r.Effects {
		switch e := e.(type) {
		case music.Converge:
			touched = append(touched, e)
		case music.Resolve:
			resolves = append(resolves, e)
		case music.Respond:
			x := row
			x.Key, x.Kind, x.Expires = AnswerKey(e.To.ID), KindAnswer, w.at.Add(AnswerLife)
			if x.Payload, err = l.opt.Encoder.Answer(e); err != nil {
				return nil, nil, nil, nil, err
			}
			effects = append(effects, x)
		case music.Notify:
			x := row
			x.Key, x.Kind, x.Expires = e.Key, KindNotice, w.at.Add(NoticeLife)
			if x.Payload, err = l.opt.Encoder.Notice(d.Input.Guild, e); err != nil {
				return nil, nil, nil, nil, err
			}
			effects = append(effects, x)
		}
	}
	return records, effects, touched, resolves, nil
}

// deadLetter puts an input aside that cannot be carried out. Whoever waits for
// an answer is told.
func (l *Loop) deadLetter(w *work, d Delivery, part int, cause error) {
	l.stats.DeadLetters.Add(1)
	raw, err := json.Marshal(d.Input)
	if err != nil {
		raw = []byte(`{}`)
	}
	l.log.Error("an input was put aside", "kind", d.Input.Kind(), "input", d.Input.ID, "error", cause)
	w.touch(part)
	w.batch.DeadLetters = append(w.batch.DeadLetters, store.DeadLetter{
		ID: d.Input.ID, Guild: d.Input.Guild, Partition: part, Kind: d.Input.Kind(), Input: raw,
		Error: cause.Error(), At: w.at,
	})
	c, ok := d.Input.Body.(music.Command)
	if !ok || !c.Reply.Owed() {
		return
	}
	payload, err := l.opt.Encoder.Answer(music.Respond{To: c.Reply, Answer: music.Answer{
		Kind: music.AnswerRefused, Refusal: &music.Refusal{Reason: music.ReasonInternal},
	}})
	if err != nil {
		return
	}
	w.batch.Effects = append(w.batch.Effects, store.EffectRow{
		Key: AnswerKey(c.Reply.ID), Kind: KindAnswer, Guild: d.Input.Guild, Partition: part,
		Epoch: l.owned[part].epoch, Payload: payload, Created: w.at, NotBefore: w.at, Expires: w.at.Add(AnswerLife),
	})
}
