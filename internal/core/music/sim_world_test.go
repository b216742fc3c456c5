package music_test

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// world is one guild with everything around it, in a single thread, on a clock
// of its own and by a seed: the process that owns the guild, Discord, two nodes
// and a resolver. The same seed gives the same run.
type world struct {
	rng   *rand.Rand
	now   time.Time
	queue happenings
	seq   int

	g music.Guild
	// kept are the rows: what the next process finds.
	kept  music.Guild
	up    bool
	alive time.Time
	// life counts the processes: what one of them started ends with it.
	life   int
	inputs int
	judge  *judge
	// calm is true once no fault is made any more; resting a while after that.
	calm, resting bool
	deaf          bool
	discord       *guildhall
	nodes         []*node
	err           error
	trail         []string
}

type happening struct {
	at  time.Time
	seq int
	do  func()
}

type happenings []happening

func (h happenings) Len() int { return len(h) }
func (h happenings) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h happenings) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *happenings) Push(x any)   { *h = append(*h, x.(happening)) } //nolint:forcetypeassert // only happenings come
func (h *happenings) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

func newWorld(seed uint64) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 7)), now: start, up: true, alive: start, judge: newJudge()}
	w.g = newGuild()
	w.g.Entitlements.Bots = 1 + w.roll(3)
	w.kept = w.g
	w.discord = newGuildhall(w)
	w.nodes = []*node{newNode(w, "n1"), newNode(w, "n2"), newNode(w, "n3")}
	return w
}

func (w *world) roll(n int) int { return w.rng.IntN(n) }

func (w *world) between(low, high time.Duration) time.Duration {
	return low + time.Duration(w.rng.Int64N(int64(high-low)))
}

func (w *world) at(t time.Time, do func()) {
	w.seq++
	heap.Push(&w.queue, happening{at: t, seq: w.seq, do: do})
}

func (w *world) after(d time.Duration, do func()) { w.at(w.now.Add(d), do) }

// working does something later if the same process still lives then.
func (w *world) working(d time.Duration, do func()) {
	life := w.life
	w.after(d, func() {
		if w.up && w.life == life {
			do()
		}
	})
}

// run lets everything happen until a time.
func (w *world) run(until time.Time) {
	for len(w.queue) > 0 && w.err == nil && !w.queue[0].at.After(until) {
		h := heap.Pop(&w.queue).(happening) //nolint:forcetypeassert // only happenings come
		w.now = h.at
		h.do()
	}
	w.now = until
}

// stream delivers in order, as a connection does.
type stream struct{ last time.Time }

func (w *world) send(s *stream, body music.Body) {
	w.sendIf(s, func() (music.Body, bool) { return body, true })
}

// sendIf delivers what is asked for only on arrival.
func (w *world) sendIf(s *stream, body func() (music.Body, bool)) {
	at := w.now.Add(w.between(time.Millisecond, 250*time.Millisecond))
	if at.Before(s.last) {
		at = s.last
	}
	s.last = at
	w.at(at, func() {
		if b, ok := body(); ok {
			w.input(b)
		}
	})
}

// input steps the guild. The rows are kept with the step; the process may die
// before it acts.
func (w *world) input(body music.Body) {
	if !w.up || w.err != nil {
		return
	}
	w.inputs++
	in := music.Input{ID: fmt.Sprintf("in-%d", w.inputs), Guild: w.g.ID, Body: body}
	r := music.Step(w.g, in, w.now)
	w.trail = append(w.trail, fmt.Sprintf("%s %s %+v", w.now.Sub(start), in.Kind(), body))
	if err := w.judge.watch(w.g, in, r, w.now); err != nil {
		w.err = err
		return
	}
	w.rested(r)
	w.g, w.kept, w.alive = r.Guild, r.Guild, w.now
	if !w.calm && w.roll(300) == 0 {
		w.crash()
		return
	}
	for _, e := range r.Effects {
		w.act(e)
	}
	w.watchClock()
}

// rested holds that nothing that waits is thrown away once nothing goes wrong.
func (w *world) rested(r music.Result) {
	for _, e := range r.Events {
		if c, ok := e.Payload.(music.QueueCleared); ok && w.resting {
			w.err = fmt.Errorf("%d tracks were thrown away without a cause: %s", c.Removed, c.Reason)
		}
		w.trail = append(w.trail, fmt.Sprintf("    %s %+v", e.Payload.EventType(), e.Payload))
	}
}

func (w *world) watchClock() {
	d := w.g.Deadline()
	if d.IsZero() {
		return
	}
	w.working(max(0, d.Sub(w.now)), func() {
		if w.g.Deadline().Equal(d) {
			w.input(music.Tick{})
		}
	})
}

func (w *world) act(e music.Effect) {
	switch e := e.(type) {
	case music.Resolve:
		w.resolve(e)
	case music.Converge:
		w.converge(e.Bot)
	}
}

// resolve finds tracks after a while, fails, or is never heard of again.
func (w *world) resolve(e music.Resolve) {
	if !w.calm && w.roll(12) == 0 {
		return
	}
	w.working(w.between(20*time.Millisecond, 4*time.Second), func() {
		r := music.Resolved{Slot: e.Slot}
		switch k := w.roll(20); {
		case w.place() == nil:
			r.Failure = music.FailureNoNode
		case k == 0:
			r.Failure = music.FailureNotFound
		case k < 3:
			r.Playlist, r.Total = "list", 6
			for range min(e.Limit, 6) {
				r.Tracks = append(r.Tracks, w.track())
			}
		default:
			r.Tracks = []music.Track{w.track()}
		}
		w.input(r)
		if w.roll(20) == 0 {
			w.input(r)
		}
	})
}

func (w *world) track() music.Track {
	t := track(pick(w.roll, "good", "good", "good", "good", "bad", "stuck"))
	t.Length = w.between(2*time.Second, 50*time.Second)
	return t
}

// crash ends the process; another one takes the guild up from its rows.
func (w *world) crash() {
	w.trail = append(w.trail, "crash")
	w.up = false
	w.life++
	w.after(w.between(100*time.Millisecond, 20*time.Second), w.restart)
}

func (w *world) restart() {
	g, err := reload(w.kept)
	if err != nil {
		w.err = err
		return
	}
	w.up, w.g = true, g
	w.input(music.Loaded{AliveUntil: w.alive})
	if !w.up {
		return
	}
	for _, b := range w.g.Bots {
		w.discord.snapshot(b)
	}
	// A node session lists its players: those that no row knows are removed.
	for _, b := range pool {
		if w.g.Player(b) == nil {
			w.converge(b)
		}
	}
	for _, p := range w.g.Players {
		for _, n := range w.nodes {
			if n.name == p.Node {
				n.look(p.Bot)
			}
		}
	}
}
