package discord_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/store"
)

// story is a Discord that numbers its events and breaks connections, and a
// client that is killed now and then and starts again from what it stored.
type story struct {
	t     *testing.T
	rng   *rand.Rand
	clock *clockwork.FakeClock
	gate  *gate
	r     *rig

	next       int64            // what the handler must be given next
	ids        map[int64]string // of all that was handed over, in any process
	state      store.ShardSession
	identifies int
}

const lastEvent = 120

func (s *story) process() {
	s.r = start(s.t, s.gate, func(o *discord.Options) {
		o.Clock, o.State, o.QueueItems = s.clock, s.state, 4+s.rng.IntN(30)
	})
	s.next = max(s.state.Sequence+1, 2) // 1 is READY and says nothing
}

// serve plays Discord for one connection and breaks it.
func (s *story) serve() {
	p := s.r.nextAfter(s.clock)
	// The connection may be of a process that was killed since, or be given up:
	// then nothing that is written arrives, and the next one comes.
	write := func(format string, args ...any) bool {
		return p.ws.WriteMessage(1, fmt.Appendf(nil, format, args...)) == nil
	}
	write(`{"op":10,"d":{"heartbeat_interval":41250}}`)
	m, there := recvOK(s.t, p.in)
	if !there {
		return
	}
	from := 0
	switch m.Op {
	case 2:
		s.identifies++
		write(`{"op":0,"s":1,"t":"READY","d":%s}`, ready("sess", ""))
		from = 1
	case 6:
		d := fieldsOf(s.t, m)
		from = int(d["seq"].(float64)) //nolint:forcetypeassert // a number, or the test fails
		if int64(from) < s.state.Sequence {
			s.t.Fatalf("it resumed from %d, with %d stored", from, s.state.Sequence)
		}
	default:
		s.t.Fatalf("op %d came first", m.Op)
	}
	to := min(lastEvent, from+s.rng.IntN(25))
	for i := from + 1; i <= to; i++ {
		if !write(`{"op":0,"s":%d,"t":"VOICE_STATE_UPDATE","d":%s}`, i, voiceEvent(fmt.Sprint(i), "21")) {
			break
		}
	}
	s.take(s.rng.IntN(25))
	switch s.rng.IntN(5) {
	case 0:
		write(`{"op":7,"d":null}`)
	case 1:
		write(`{"op":9,"d":true}`)
	case 2:
		p.close(4000)
	default:
		p.cut()
	}
}

// take looks at up to n things that were handed over, if they are there, and
// acknowledges some of them.
func (s *story) take(n int) {
	for range n {
		select {
		case h := <-s.r.rec.got:
			if h.at.Sequence != s.next {
				s.t.Fatalf("%d was handed over in place of %d", h.at.Sequence, s.next)
			}
			id := h.inputs[0].ID
			if old, again := s.ids[s.next]; again && old != id {
				s.t.Fatalf("event %d came as %s and as %s", s.next, old, id)
			}
			s.ids[s.next] = id
			s.next++
			if s.rng.IntN(3) > 0 {
				s.r.conn.Ack(h.at)
			}
		default:
			return
		}
	}
}

// kill ends the process; what it stored last may be older than what it did.
func (s *story) kill() {
	cp, err := s.r.conn.Checkpoint()
	if err != nil {
		s.t.Fatal(err)
	}
	if cp.Session.SessionID == "" {
		return // not before there is something to resume
	}
	if cp.Session.Sequence < s.state.Sequence || cp.Session.Sequence >= s.next {
		s.t.Fatalf("%d is said to be durable after %d, and %d comes next", cp.Session.Sequence, s.state.Sequence, s.next)
	}
	s.state = cp.Session
	s.take(s.rng.IntN(10))
	if err := s.r.leave(); err != nil {
		s.t.Fatal(err)
	}
	s.process()
}

func TestNothingIsLostWhateverBreaks(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := &story{
				t: t, rng: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // a test's
				clock: fakeClock(), gate: newGate(t), ids: map[int64]string{},
			}
			s.process()
			for len(s.ids) < lastEvent-1 {
				s.serve()
				s.take(s.rng.IntN(60))
				if s.rng.IntN(4) == 0 {
					s.kill()
				}
			}
			for i := int64(2); i <= lastEvent; i++ {
				if want := fmt.Sprintf("gw:1000:0:sess:%d", i); s.ids[i] != want {
					t.Errorf("event %d came as %q", i, s.ids[i])
				}
			}
			if s.identifies != 1 {
				t.Errorf("%d IDENTIFYs were sent", s.identifies)
			}
		})
	}
}
