package gateway

import (
	"sync"

	"github.com/atrilhq/platform/internal/discord"
)

// ledger knows up to which position everything that a connection handed over is
// durable. Inputs are numbered for each partition, from 1 in each life of a
// connection; partitions say up to which number they took them.
type ledger struct {
	mu   sync.Mutex
	next map[int]int64
	// open are the positions that are not durable yet, in the connection's order.
	open []*entry
	// sent are the numbers of each partition, in order, with their entries.
	sent map[int][]sentInput
}

type entry struct {
	at   discord.Position
	left int
}

type sentInput struct {
	number int64
	entry  *entry
}

func newLedger() *ledger {
	return &ledger{next: map[int]int64{}, sent: map[int][]sentInput{}}
}

// begin opens a position. It stays open until every input of it was taken and
// the returned function was called, once.
func (l *ledger) begin(at discord.Position) (*entry, func()) {
	e := &entry{at: at, left: 1}
	l.mu.Lock()
	l.open = append(l.open, e)
	l.mu.Unlock()
	return e, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		e.left--
	}
}

// number gives the next input of a position its number in its partition.
func (l *ledger) number(e *entry, part int) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next[part]++
	n := l.next[part]
	e.left++
	l.sent[part] = append(l.sent[part], sentInput{n, e})
	return n
}

// taken notes that a partition took everything up to a number.
func (l *ledger) taken(part int, upTo int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.sent[part]
	for len(q) > 0 && q[0].number <= upTo {
		q[0].entry.left--
		q = q[1:]
	}
	l.sent[part] = q
}

// durable returns the last position before which nothing is open, false where
// there is no new one.
func (l *ledger) durable() (discord.Position, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var at discord.Position
	found := false
	for len(l.open) > 0 && l.open[0].left == 0 {
		at, found = l.open[0].at, true
		l.open = l.open[1:]
	}
	return at, found
}

// depth counts the positions that are not durable yet.
func (l *ledger) depth() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}
