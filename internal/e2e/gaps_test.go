package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// gapStrikes is how often each thing is broken; the worst counts.
const gapStrikes = 3

// A gapCase breaks something while somebody listens. Within a track the gap is
// the longest hole in it; at a boundary it is from the end of the track to the
// sound of the next one.
type gapCase struct {
	name, role string
	boundary   bool
	// strike breaks it and returns what makes it whole again.
	strike func(*testing.T, *e2e.Cluster, *e2e.Process) (mend func())
}

func gapCases() []gapCase {
	end := func(t *testing.T, _ *e2e.Cluster, p *e2e.Process) func() {
		if code, _ := p.Stop(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
		return func() {}
	}
	kill := func(_ *testing.T, _ *e2e.Cluster, p *e2e.Process) func() {
		p.Kill()
		return func() {}
	}
	hang := func(t *testing.T, _ *e2e.Cluster, p *e2e.Process) func() {
		if err := syscall.Kill(p.PID(), syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		return p.Kill
	}
	return []gapCase{
		{"audio-sigterm", "audio", false, end},
		{"audio-kill", "audio", false, kill},
		{"gateway-sigterm", "gateway", false, end},
		{"gateway-kill", "gateway", false, kill},
		{"boundary-sigterm", "audio", true, end},
		{"boundary-kill", "audio", true, kill},
		{"boundary-hung", "audio", true, hang},
	}
}

// TestGaps measures what is heard of it when a process or a node goes, by the
// clock of the simulated nodes, and when members are answered again. It prints a
// line for each as a benchmark does, which `make bench` reads. What it finds is
// judged there; only what is not measured fails here.
func TestGaps(t *testing.T) {
	if os.Getenv("E2E_FIGURES") == "" {
		t.Skip("E2E_FIGURES=1 measures; make bench does")
	}
	rng := rand.New(rand.NewPCG(seedOf(t), 23)) //nolint:gosec // by a printed seed
	c, _ := raiseCluster(t)
	made := 0
	again := func(role string) {
		made++
		c.Member(fmt.Sprintf("%s-%d", role, made+200), role)
		c.Whole(6)
	}
	for _, x := range gapCases() {
		var gap, back time.Duration
		for range gapStrikes {
			a, b := struck(t, c, x, rng)
			gap, back = max(gap, a), max(back, b)
			again(x.role)
		}
		figures(x.name, gapStrikes, gap, "back-ms", milli(back))
	}
	var gap time.Duration
	for range gapStrikes {
		gap = max(gap, nodeDies(t, c, rng))
	}
	figures("node", gapStrikes, gap)
	rolling(t, c, again)
}

func milli(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// figures prints what was measured as a benchmark does.
func figures(name string, n int, gap time.Duration, more ...any) {
	line := fmt.Sprintf("BenchmarkGap/%s %d %v gap-ms", name, n, milli(gap))
	for i := 0; i+1 < len(more); i += 2 {
		line += fmt.Sprintf(" %v %v", more[i+1], more[i])
	}
	fmt.Println("\n" + line)
}

// listen makes a track sound, with another one behind it, and goes to a position.
func listen(t *testing.T, c *e2e.Cluster, position string) (guild, play, node string) {
	t.Helper()
	say(t, c.Rig, "ana", "/stop")
	c.Until("ana is told what plays", func(context.Context) bool {
		return strings.Contains(textOf(say(t, c.Rig, "ana", "/play query:https://media.sandbox.example/track/ocean-floor")), "Now playing: ")
	})
	say(t, c.Rig, "ana", "/play query:https://media.sandbox.example/track/last-ferry")
	c.Until("it sounds", sounds(t, c.Rig))
	if position != "" {
		say(t, c.Rig, "ana", "/seek position:"+position)
	}
	c.Until("it sounds from there", sounds(t, c.Rig))
	p := p0(t, c)
	return p.Guild, p.Play.ID, p.Node
}

// struck strikes once, and says how long nothing was heard and when members were
// answered again.
func struck(t *testing.T, c *e2e.Cluster, x gapCase, rng *rand.Rand) (gap, back time.Duration) {
	t.Helper()
	position := ""
	if x.boundary {
		position = "2:58" // of 3:04
	}
	guild, play, _ := listen(t, c, position)
	began := time.Now()
	victim := ownerOf(t, c, guild)
	if x.role == "gateway" {
		victim = gatewayOf(t, c)
	}
	// At random, and within the last six seconds of a track.
	wait := time.NewTimer(time.Duration(rng.IntN(4_500)) * time.Millisecond)
	<-wait.C
	broke := time.Now()
	mend := x.strike(t, c, victim)
	back = answered(t, c, broke)
	s := &scene{t: t, r: c.Rig}
	if x.boundary {
		gap = boundary(t, s, began, play)
	} else {
		c.Until("it still sounds", sounds(t, c.Rig))
		gap = longest(t, s, began, play)
	}
	mend()
	return gap, back
}

// answered waits until a member is answered, and says how long that was after a
// moment. Who is not answered asks again.
func answered(t *testing.T, c *e2e.Cluster, since time.Time) time.Duration {
	t.Helper()
	c.Until("a member is answered", func(ctx context.Context) bool {
		res, err := c.Control().Send(ctx, control.SendRequest{Line: "/nowplaying", Guild: "demo", User: "ana", WaitMS: 1_000})
		told := textOf(res)
		return err == nil && res.State == discord.StateAnswered && (strings.Contains(told, "Ocean") || strings.Contains(told, "Ferry") || strings.Contains(told, "othing"))
	})
	return time.Since(since)
}

// longest is the longest hole in a play since a moment.
func longest(t *testing.T, s *scene, since time.Time, play string) (gap time.Duration) {
	t.Helper()
	found, until := holes(s.heardSince(t.Context(), since), play, tolerance)
	if until.IsZero() {
		t.Fatalf("play %s was not heard", play)
	}
	for _, h := range found {
		gap = max(gap, h.long, h.jump.Abs())
	}
	return gap
}

// boundary waits for the track behind a play and is the silence between the two.
func boundary(t *testing.T, s *scene, since time.Time, play string) time.Duration {
	t.Helper()
	var end, next time.Time
	s.r.Until("the next track sounds", func(ctx context.Context) bool {
		heard := s.heardSince(ctx, since)
		end, next = time.Time{}, time.Time{}
		for _, st := range heard {
			if st.play == play && st.end.After(end) {
				end = st.end
			}
		}
		i := slices.IndexFunc(heard, func(st stretch) bool { return st.play != play && !end.IsZero() && st.start.After(end.Add(-tolerance)) })
		if i >= 0 {
			next = heard[i].start
		}
		return i >= 0
	})
	return max(0, next.Sub(end))
}

// nodeDies takes away the node that plays and is the silence until another one
// plays the same on.
func nodeDies(t *testing.T, c *e2e.Cluster, rng *rand.Rand) time.Duration {
	t.Helper()
	_, play, node := listen(t, c, "")
	s := &scene{t: t, r: c.Rig, down: node}
	began := time.Now()
	wait := time.NewTimer(time.Duration(rng.IntN(2_000)) * time.Millisecond)
	<-wait.C
	s.broke = time.Now()
	if _, err := c.Control().SetFault(t.Context(), "node.down", map[string]string{"node": node}); err != nil {
		t.Fatal(err)
	}
	var next stretch
	c.Until("another node plays it", func(ctx context.Context) bool {
		all := s.heardSince(ctx, began)
		i := slices.IndexFunc(all, func(st stretch) bool { return st.node != node && st.play == play })
		if i >= 0 {
			next = all[i]
		}
		return i >= 0
	})
	if err := c.Control().ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Until("both nodes are up", func(ctx context.Context) bool {
		st, err := c.API().Status(ctx)
		return err == nil && st.Nodes.Active == 2
	})
	return max(0, next.start.Sub(s.broke))
}

// rolling ends every process but the api's in turn and starts another one, as a
// deploy does, and counts what Discord and listeners see of it.
func rolling(t *testing.T, c *e2e.Cluster, again func(role string)) {
	t.Helper()
	_, play, _ := listen(t, c, "")
	o := &ordeal{t: t, rig: c.Rig}
	_, before, _ := o.identifies()
	began := time.Now()
	names := make([]string, 0, len(c.Members))
	for name, p := range c.Members {
		select {
		case <-p.Done():
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	restarted := 0
	for _, name := range names {
		role, _, _ := strings.Cut(name, "-")
		if role == "api" {
			continue
		}
		if code, _ := c.Members[name].Stop(); code != 0 {
			t.Errorf("%s ended with %d", name, code)
		}
		again(role)
		restarted++
	}
	answered(t, c, time.Now())
	gap := longest(t, &scene{t: t, r: c.Rig}, began, play)
	_, after, _ := o.identifies()
	figures("rolling", restarted, gap, "identifies", after-before)
}
