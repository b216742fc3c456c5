package discord

import (
	"slices"
	"sync"
)

// Position is a place in what a connection hands over: a sequence within one
// of Discord's sessions.
type Position struct {
	Session  string
	Sequence int64
}

// resumePoint is where a session can be resumed.
type resumePoint struct {
	id, url string
}

// mark is a position in the order of sessions: gen counts them.
type mark struct {
	gen int
	seq int64
}

func (m mark) after(o mark) bool { return m.gen > o.gen || m.gen == o.gen && m.seq > o.seq }

// open is something handed over and not acknowledged. Events that said nothing
// are covered by the one before them: last is the newest of those.
type open struct {
	at, last mark
}

// progress knows up to where everything was durably handed over.
type progress struct {
	mu       sync.Mutex
	sessions []resumePoint
	durable  mark
	open     []open
	room     chan struct{}
}

// maxOpen is how much may be handed over without being acknowledged. Beyond it
// the connection holds back, and Discord keeps what follows.
const maxOpen = 8192

func newProgress(from resumePoint, seq int64) *progress {
	return &progress{sessions: []resumePoint{from}, durable: mark{0, seq}, room: make(chan struct{}, 1)}
}

// begin notes a new session and returns its number.
func (p *progress) begin(r resumePoint) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions = append(p.sessions, r)
	return len(p.sessions) - 1
}

// handing notes that something is being handed over.
func (p *progress) handing(m mark) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, open{m, m})
}

// passed notes an event of which nothing is to be handed over.
func (p *progress) passed(m mark) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.open); n > 0 {
		if m.after(p.open[n-1].last) {
			p.open[n-1].last = m
		}
		return
	}
	if m.after(p.durable) {
		p.durable = m
	}
}

// withdraw turns the newest thing handed over into one that was passed: its
// handler failed, and nobody will acknowledge it.
func (p *progress) withdraw(m mark) {
	p.mu.Lock()
	if n := len(p.open); n > 0 && p.open[n-1].at == m {
		p.open = p.open[:n-1]
	}
	p.mu.Unlock()
	p.passed(m)
}

// ack takes everything up to a position as durable. A position of a session
// that was never known, or that lies behind, changes nothing.
func (p *progress) ack(at Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	gen := -1
	for i, s := range slices.Backward(p.sessions) {
		if s.id == at.Session && s.id != "" {
			gen = i
			break
		}
	}
	if gen < 0 {
		return
	}
	m := mark{gen, at.Sequence}
	n := 0
	for n < len(p.open) && !p.open[n].at.after(m) {
		if p.open[n].last.after(p.durable) {
			p.durable = p.open[n].last
		}
		n++
	}
	p.open = slices.Delete(p.open, 0, n)
	select {
	case p.room <- struct{}{}:
	default:
	}
}

// full says whether nothing more may be handed over before an ack.
func (p *progress) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open) >= maxOpen
}

// point returns what a successor resumes from, and the durable sequence.
func (p *progress) point() (resumePoint, int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sessions[p.durable.gen], p.durable.seq
}
