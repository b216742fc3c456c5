package sqlstore

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const commitOp = "sqlstore.Commit"

// stateVersion is the shape of the JSON of guilds, players and slots.
const stateVersion = 1

// plan is a batch, encoded: the arguments of its rows by statement. It is made
// in the caller's goroutine, so that the writer only has to send it.
type plan struct {
	stamps []store.Stamp
	// at is the time of the batch, in nanoseconds.
	at     int64
	rows   [tableCount][]any
	events int64
	// head is the journal's last number after the commit.
	head   int64
	queues []rankedQueue
	err    error
}

type rankedQueue struct {
	player *music.Player
	ranks  ranks
}

func newPlan(b *store.Batch, book *rankBook) (*plan, error) {
	p := &plan{stamps: inOrder(b.Stamps), at: nanos(b.At)}
	if len(p.stamps) == 0 {
		return nil, invalid(commitOp, "a batch needs the stamp of a partition")
	}
	for i, s := range p.stamps {
		if s.Partition < 0 || s.Partition >= maxPartitions || (i > 0 && p.stamps[i-1].Partition == s.Partition) {
			return nil, invalid(commitOp, "the stamps of a batch must name each partition once")
		}
	}
	at := nanos(b.At)
	seen := make(map[music.GuildID]struct{}, len(b.Guilds))
	for i := range b.Guilds {
		if g := b.Guilds[i].After; g != nil {
			if _, twice := seen[g.ID]; twice {
				return nil, invalid(commitOp, "a guild stands twice in a batch")
			}
			seen[g.ID] = struct{}{}
		}
		p.guild(&b.Guilds[i], at, book)
	}
	for i := range b.Cursors {
		c := &b.Cursors[i]
		p.add(tCursors, c.Partition, p.name(c.Source), p.text(c.Generation), c.Position)
	}
	for i := range b.DeadLetters {
		d := &b.DeadLetters[i]
		p.fenced(d.Partition)
		p.add(tDeadLetters, p.name(d.ID), p.text(string(d.Guild)), d.Partition, p.text(d.Kind),
			p.payload(d.Input), shown(d.Error, maxError), nanos(d.At))
	}
	for i := range b.Effects {
		p.effect(&b.Effects[i])
	}
	ids := make(map[string]struct{}, len(b.Events))
	for i := range b.Events {
		p.event(&b.Events[i])
		ids[b.Events[i].ID] = struct{}{}
	}
	if len(ids) < len(b.Events) {
		p.refuse("an event stands twice in a batch")
	}
	for i := range b.Cursors {
		p.fenced(b.Cursors[i].Partition)
	}
	return p, p.err
}

func (p *plan) effect(e *store.EffectRow) {
	p.fenced(e.Partition)
	if e.Attempts < 0 || e.Attempts > math.MaxInt32 {
		p.refuse("the attempts of an effect are out of range")
	}
	p.add(tEffects, p.name(e.Key), p.name(e.Kind), p.text(e.Tenant), p.text(string(e.Guild)), e.Partition, e.Epoch,
		p.text(e.Trace), p.payload(e.Payload), nanos(e.Created), nanos(e.Expires), e.Attempts, nanos(e.NotBefore), nanos(e.Done))
}

func (p *plan) event(r *store.Record) {
	p.fenced(r.Partition)
	if !utf8.Valid(r.Envelope) {
		p.refuse("the envelope of an event is not UTF-8")
	}
	p.events++
	p.add(tJournal, int64(0), p.name(r.ID), p.name(r.Type), p.text(r.Tenant), p.text(string(r.Guild)), r.Partition, r.Epoch,
		nanos(r.At), p.text(r.Cause), p.payload(r.Envelope))
}

func (p *plan) add(table int, args ...any) { p.rows[table] = append(p.rows[table], args...) }

func (p *plan) refuse(message string) {
	if p.err == nil {
		p.err = invalid(commitOp, message)
	}
}

// fenced makes sure that nothing is written for a partition without its stamp.
func (p *plan) fenced(partition int) {
	_, ok := slices.BinarySearchFunc(p.stamps, partition, func(s store.Stamp, n int) int { return cmp.Compare(s.Partition, n) })
	if !ok {
		p.refuse("a batch changes a partition whose stamp it does not carry")
	}
}

func (p *plan) text(s string) string {
	if !storable(s) {
		p.refuse("a name is longer than 512 bytes or is not text")
	}
	return s
}

func (p *plan) name(s string) string {
	if s == "" {
		p.refuse("a row has an empty id")
	}
	return p.text(s)
}

func (p *plan) payload(b []byte) []byte {
	if len(b) > maxPayload {
		p.refuse("a row is larger than 16 MiB")
	}
	if b == nil {
		return []byte{}
	}
	return b
}

func (p *plan) json(v any) string {
	raw, err := json.Marshal(v)
	if err != nil && p.err == nil {
		p.err = fault.Wrap(err, fault.Invalid, commitOp, "a state cannot be encoded")
	}
	if len(raw) > maxPayload {
		p.refuse("a row is larger than 16 MiB")
	}
	return string(raw)
}

// fences renders the stamps of a batch: as one statement where atOnce allows it,
// otherwise one by one, for an engine that locks rows in the order in which it
// happens to find them.
func fences(t *table, stamps []store.Stamp, at int64, atOnce bool) []statement {
	args := make([]any, 0, 4*len(stamps))
	for _, s := range stamps {
		args = append(args, s.Partition, s.Epoch, s.Batch-1, at)
	}
	miss := fault.New(fault.Conflict, commitOp, "the partition has a newer epoch or batch").
		WithHint("read BatchNumbers; if the epoch is newer, somebody else owns the partition")
	var out []statement
	if atOnce {
		out = t.statements(nil, args, miss)
	} else {
		for row := range slices.Chunk(args, t.columns) {
			out = t.statements(out, row, miss)
		}
	}
	for i := range out {
		if noFence {
			out[i].want = anyRows
		}
	}
	return out
}

// statements renders plans of different partitions as one list: the fences in
// the order of their partitions, then the rows by table, the journal last.
// atOnce allows to take all fences in one statement.
func statements(tables *[tableCount]*table, plans []*plan, atOnce bool) []statement {
	var stamps []store.Stamp
	var events, at int64
	for _, p := range plans {
		stamps = append(stamps, p.stamps...)
		at = max(at, p.at)
		events += p.events
	}
	out := fences(tables[tFences], inOrder(stamps), at, atOnce)
	for t := tFences + 1; t < tableCount; t++ {
		rows := plans[0].rows[t]
		if len(plans) > 1 {
			rows = nil
			for _, p := range plans {
				rows = append(rows, p.rows[t]...)
			}
		}
		if len(rows) == 0 {
			continue
		}
		if t == tJournal {
			if naiveCursor && !atOnce {
				out = append(out, statement{text: naiveText, row: []any{&plans[0].head}})
			} else {
				out = append(out, statement{text: headText, args: []any{events}, row: []any{&plans[0].head}})
			}
			for i := range events {
				rows[int(i)*tables[t].columns] = events - 1 - i
			}
		}
		out = tables[t].statements(out, rows, fault.New(fault.Invalid, commitOp, "a row belongs to another partition"))
	}
	return out
}

// numbered hands each of the plans that were rendered together its own head.
func numbered(plans []*plan) {
	head := plans[0].head
	for _, p := range slices.Backward(plans) {
		p.head = head
		head -= p.events
	}
}

// first is the number of the plan's first event, 0 for none.
func (p *plan) first() int64 {
	if p.events == 0 {
		return 0
	}
	return p.head - p.events + 1
}
