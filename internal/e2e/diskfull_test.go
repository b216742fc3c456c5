package e2e_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/testenv"
)

// TestDiskFull fills the disk that a daemon on SQLite keeps everything on, while
// members type: what is there is read, nobody is promised what is not kept, the
// music goes on, and all of it heals by itself.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	r := e2e.NewRig(t, true)
	disk := testenv.NewDisk(t, r.DataDir(), 24<<20)
	r.Up()
	o := &ordeal{
		t: t, rig: r, rng: rand.New(rand.NewPCG(seed, 7)), //nolint:gosec // by a printed seed
		lives: []life{{ready: time.Now()}}, seen: map[string]discordLog{}, acked: map[string]bool{}, heard: newHeard(),
	}
	gather(t, r)
	o.people = talk(t, r, seed)
	answered := func(n int) func(context.Context) bool {
		want := o.people.answers() + n
		return func(context.Context) bool { return o.people.answers() >= want }
	}
	r.Until("people get answers", answered(10))
	o.look()
	o.lives[0].killed = time.Now()
	// What is written moves into room that is kept for it, so the disk is filled
	// until something that has to be kept finds none: it is not answered, or
	// refused where a lease could not be renewed first.
	r.Until("a change is not kept", func(ctx context.Context) bool {
		disk.Fill(t)
		res, err := r.Control().Send(ctx, control.SendRequest{Line: "/volume percent:90", Guild: "demo", User: "bruno", WaitMS: 4_000})
		o.look()
		return err == nil && (res.State != "answered" || unkept(textOf(res)))
	})
	reads(t, r)
	disk.Free(t)
	mended := time.Now()
	r.Until("people get answers again", func(context.Context) bool {
		n := 0
		for _, s := range o.people.log() {
			if s.began.After(mended) && s.answered() {
				n++
			}
		}
		return n >= 10
	})
	o.look()
	o.lives = append(o.lives, life{ready: time.Now(), killed: time.Now().Add(time.Hour)})
	r.Until("people get answers as before", answered(5))
	o.people.hush()
	r.Until("every interaction has its end", func(context.Context) bool {
		o.look()
		return !slices.ContainsFunc(slices.Collect(maps.Values(o.seen)), o.open)
	})
	r.Until("every query has its end", func(ctx context.Context) bool { return o.pending(ctx) == 0 })
	events, wrong := o.compare()
	by, said := causes(events), o.people.log()
	wrong = slices.Concat(wrong, kept(said, by), o.once(by), inOrder(events), realTime(said, by), o.answered(), o.heard.onceEnded().judge(events, true))
	for _, w := range wrong[:min(len(wrong), 20)] {
		t.Error(w)
	}
}

// unkept is true for what bruno, who reads Spanish, is told while nothing can be
// kept: nobody may change anything, or too much waits already.
func unkept(text string) bool {
	return strings.Contains(text, "no puedo cambiar nada") || strings.Contains(text, "demasiadas peticiones")
}

// reads wants that what is kept can be looked at.
func reads(t *testing.T, r *e2e.Rig) {
	t.Helper()
	if s, err := r.API().Status(t.Context()); err != nil || s.PID != r.Daemon.PID() {
		t.Errorf("the status: %+v %v", s, err)
	}
	if list := playersNow(t.Context(), r); len(list) == 0 {
		t.Error("no player is shown")
	}
	if len(r.Journal()) == 0 {
		t.Error("the journal is empty")
	}
}
