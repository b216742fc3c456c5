package discord

import (
	"context"
	"time"
)

// Progress is what a connection knows of what is durable, for one session after the other.
type Progress struct {
	p   *progress
	gen int
}

func NewProgress(session string) *Progress {
	return &Progress{p: newProgress(resumePoint{id: session}, 0)}
}

func (p *Progress) Begin(session string) { p.gen = p.p.begin(resumePoint{id: session}) }
func (p *Progress) Handing(seq int64)    { p.p.handing(mark{p.gen, seq}) }
func (p *Progress) Passed(seq int64)     { p.p.passed(mark{p.gen, seq}) }
func (p *Progress) Withdraw(seq int64)   { p.p.withdraw(mark{p.gen, seq}) }
func (p *Progress) Ack(at Position)      { p.p.ack(at) }

func (p *Progress) Durable() Position {
	s, seq := p.p.point()
	return Position{Session: s.id, Sequence: seq}
}

// Window counts sends.
type Window struct{ w window }

func NewWindow() *Window { return &Window{} }

func (w *Window) Take(now time.Time, limit int) time.Duration { return w.w.take(now, limit) }

// Wishes are those for voice.
type Wishes struct{ w *wishes }

func NewWishes() Wishes { return Wishes{newWishes()} }

func (w Wishes) Set(guild, channel string, epoch int64) error {
	return w.w.set(wish{guild, channel, epoch})
}

func (w Wishes) TakeOne() (guild, channel string, ok bool) {
	v, ok := w.w.take()
	return v.guild, v.channel, ok
}

func (w Wishes) Restore(guild, channel string) { w.w.restore(wish{guild: guild, channel: channel}) }

// Queue is that of events, which are only sizes here.
type Queue struct{ q *queue }

func NewQueue(items, bytes int) Queue { return Queue{newQueue(items, bytes)} }

func (q Queue) Push(size int, needed bool) bool {
	return q.q.push(item{raw: make([]byte, size)}, needed)
}

func (q Queue) Pop() (int, bool) {
	q.q.mu.Lock()
	n := len(q.q.items)
	q.q.mu.Unlock()
	if n == 0 {
		return 0, false
	}
	it, ok := q.q.pop(context.Background())
	return len(it.raw), ok
}

// MessageLimit is the largest message that a Receiver takes.
const MessageLimit = 1 << 20

// Receiver reads messages of a gateway from whatever gives some.
type Receiver struct {
	r *receiver
	c *counters
}

func NewReceiver(s interface {
	ReadMessage() (int, []byte, error)
}, asked Compression,
) *Receiver {
	c := &counters{}
	r := newReceiver(s, asked, c)
	r.limit = MessageLimit
	return &Receiver{r, c}
}

// Next returns op and data of the next message.
func (r *Receiver) Next() (op int, data string, err error) {
	e, err := r.r.next()
	return int(e.Op), string(e.D), err
}

func (r *Receiver) Counters() Counters { return r.c.read() }

func (r *Receiver) Close() { r.r.close() }
