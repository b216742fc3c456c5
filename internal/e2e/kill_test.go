package e2e_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// kills is how often a daemon is killed in each mode; the proof asks for 200.
func kills(t *testing.T) int {
	t.Helper()
	s := os.Getenv("E2E_KILLS")
	if s == "" {
		return 10
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("E2E_KILLS=%s is no number of kills", s)
	}
	return n
}

func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64() //nolint:gosec // printed, and given again to repeat a run
	if s := os.Getenv("E2E_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("E2E_SEED=%s is no seed", s)
		}
		seed = n
	}
	t.Logf("E2E_SEED=%d", seed)
	return seed
}

// life is a time in which the daemon was up and ready.
type life struct{ ready, killed time.Time }

// ordeal is what is known of a rig that is killed over and over.
type ordeal struct {
	t      *testing.T
	rig    *e2e.Rig
	rng    *rand.Rand
	people *people
	lives  []life
	// seen are the interactions as Discord remembers them, by id: its log is
	// short, and inside it loses its last moments.
	seen map[string]discord.LogEntry
	// acked are those that had a sign of the bot when they were looked at.
	acked map[string]bool
	heard *heard
	// newOnNode are the node's sessions that a run opened because it found none.
	newOnNode int
}

func TestKill(t *testing.T) {
	for name, apart := range map[string]bool{"inside": false, "apart": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := seedOf(t)
			o := &ordeal{
				t: t, rig: e2e.NewRig(t, apart), rng: rand.New(rand.NewPCG(seed, 99)), //nolint:gosec // by a printed seed
				seen: map[string]discord.LogEntry{}, acked: map[string]bool{}, heard: newHeard(),
			}
			o.run(seed, kills(t))
		})
	}
}

func (o *ordeal) run(seed uint64, n int) {
	o.rig.Up()
	o.lives = append(o.lives, life{ready: time.Now()})
	gather(o.t, o.rig)
	o.people = talk(o.t, o.rig, seed)
	answered := 0
	for range n {
		// No kill counts before people had five more answers.
		want := o.people.answers() + 5
		o.rig.Until("people get answers", func(context.Context) bool { return o.people.answers() >= want })
		o.look()
		o.strike()
	}
	o.rig.Until("people get answers in the end", func(context.Context) bool { return o.people.answers() >= answered+5*n })
	o.people.hush()
	o.lives[len(o.lives)-1].killed = time.Now().Add(time.Hour)
	o.rig.Until("every interaction has its end", func(ctx context.Context) bool {
		o.look()
		return !slices.ContainsFunc(slices.Collect(maps.Values(o.seen)), o.open)
	})
	o.rig.Until("every query has its end", func(ctx context.Context) bool { return o.pending(ctx) == 0 })
	o.judge()
}

// strike kills the daemon at some moment and starts it again: within
// milliseconds of a command, at any time, or once more while it starts.
func (o *ordeal) strike() {
	switch o.rng.IntN(6) {
	case 0: // while somebody was told to wait
		o.rig.Until("a command is deferred", func(context.Context) bool {
			o.look()
			for _, e := range o.seen {
				if e.State == discord.StateDeferred {
					return true
				}
			}
			return false
		})
		o.after(time.Duration(o.rng.IntN(3_000)) * time.Millisecond)
	case 1, 2:
		select {
		case <-o.people.sent: // one that was typed a while ago
		default:
		}
		<-o.people.sent
		o.after(time.Duration(o.rng.IntN(8_000)) * time.Microsecond)
	default:
		o.after(time.Duration(o.rng.IntN(900)) * time.Millisecond)
	}
	o.kill()
	for o.rng.IntN(4) == 0 {
		p := o.rig.Launch()
		o.after(time.Duration(o.rng.IntN(400)) * time.Millisecond)
		p.Kill()
	}
	o.rig.Up()
	if o.rig.Sim == nil {
		gather(o.t, o.rig) // the world may have forgotten that they came
	}
	o.lives = append(o.lives, life{ready: time.Now()})
}

func (o *ordeal) kill() {
	o.lives[len(o.lives)-1].killed = time.Now()
	o.rig.Daemon.Kill()
}

// after lets a moment of chance pass: the moment itself is what is tested.
func (o *ordeal) after(d time.Duration) { <-time.After(d) }

// look reads what Discord and the node remember, before it is lost.
func (o *ordeal) look() {
	o.t.Helper()
	entries, err := o.rig.Control().Log(o.t.Context())
	if err != nil {
		o.t.Fatalf("the log of the simulated Discord: %v", err)
	}
	if o.rig.Sim == nil {
		// A simulator that dies with the daemon forgets its last moments: who had
		// no answer then will never have one. What people saw they remember.
		maps.DeleteFunc(o.seen, func(id string, e discord.LogEntry) bool {
			open := e.State == discord.StateWaiting || e.State == discord.StateDeferred
			return open && !slices.ContainsFunc(entries, func(x discord.LogEntry) bool { return x.InteractionID == id })
		})
	}
	for _, e := range entries {
		o.seen[e.InteractionID] = e
		if e.Acked != nil {
			o.acked[e.InteractionID] = true
		}
	}
	o.heard.listen(o.t, o.rig)
}

// pending counts the places in queues that are still being looked up.
func (o *ordeal) pending(ctx context.Context) (n int) {
	players, err := o.rig.API().Players(ctx, client.Players{})
	if err != nil {
		return -1
	}
	for _, p := range players.Items {
		page, err := o.rig.API().Queue(ctx, p.Guild, p.Bot, client.Page{Limit: 500})
		if err != nil {
			return -1
		}
		for _, i := range page.Items {
			if i.State == "pending" {
				n++
			}
		}
	}
	return n
}

// open is true for an interaction that has to get its answer still. A simulator
// that dies with the daemon may forget an answer that it was given within its
// last moments, and nobody gives it again: inside, only what began in the last
// life counts. Apart, everything does.
func (o *ordeal) open(e discord.LogEntry) bool {
	if o.rig.Sim == nil && e.Created.Before(o.lives[len(o.lives)-1].ready) {
		return false
	}
	return e.State == discord.StateWaiting || e.State == discord.StateDeferred
}
