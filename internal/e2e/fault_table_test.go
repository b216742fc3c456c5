package e2e_test

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// faultCase says what comes of a fault.
type faultCase struct {
	// group is the test that the daemon lives as long as.
	group testing.TB
	fault string
	args  map[string]string
	// when says what is going on besides a track that plays, and what is done
	// after the fault was set.
	when string
	// channel is where ana listens, music if empty; next has a second track in
	// the queue, quiet has nobody play anything yet.
	channel     string
	next, quiet bool
	// fresh starts the daemon anew before, so that the cases before have no say
	// in how long it waits.
	fresh       bool
	before, act func(*scene)

	sees, reads []claim
	// mended is what is seen and read once the fault is mended.
	mended []claim
	hears  claim
	// remedy is what the operator has to do, where the fault does not go away.
	remedy func(*scene)
}

func (c faultCase) name() string {
	name := c.fault
	for _, k := range slices.Sorted(mapsKeys(c.args)) {
		if k != "bot" && k != "guild" {
			name += " " + k + "=" + c.args[k]
		}
	}
	return name
}

func mapsKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (c faultCase) run(t *testing.T, r *e2e.Rig) {
	group := r.TB
	r.TB = t
	defer func() { r.TB = group }()
	c.group = group
	s := raise(t, r, c)
	defer s.report()
	if c.before != nil {
		c.before(s)
	}
	s.set(c)
	if c.act != nil {
		c.act(s)
	}
	first, then := c.sees, c.reads
	if c.quiet {
		first, then = then, first // nothing happens until somebody asks for something
	}
	for _, cl := range slices.Concat(first, then) {
		cl.check(s)
	}
	if strings.HasPrefix(c.fault, "rest.") {
		s.struck(c.fault)
	}
	s.mend()
	for _, cl := range c.mended {
		cl.check(s)
	}
	if c.hears.check != nil {
		c.hears.check(s)
	}
	if c.remedy != nil {
		c.remedy(s)
	}
}

// struck wants that a fault that waits was run into.
func (s *scene) struck(fault string) {
	s.t.Helper()
	s.r.Until("it struck", func(ctx context.Context) bool {
		all, err := s.r.Control().Faults(ctx)
		return err == nil && !slices.ContainsFunc(all, func(f faults.Fault) bool { return f.Name == fault && len(f.Active) > 0 })
	})
}

// report says everything about a case that failed.
func (s *scene) report() {
	if s.t.Failed() {
		ctx := context.WithoutCancel(s.t.Context())
		s.t.Logf("after %s:\nheard %+v\nevents %s\nposted %s\nlog %s", time.Since(s.began).Round(time.Millisecond),
			s.heardSince(ctx, s.began), mustJSON(s.events(ctx)), strings.Join(s.fresh(ctx), "\n"), s.log())
	}
}

// group is the cases that share a rig.
type group struct {
	name, title string
	nodes       int
	cases       []faultCase
}

func faultGroups() []group {
	return []group{
		{"gateway", "Discord's gateway", 1, gatewayFaults()},
		{"rest", "Discord's REST interface", 1, restFaults()},
		{"voice", "Voice and guilds", 1, voiceFaults()},
		{"node", "Audio nodes (of two)", 2, nodeFaults()},
		{"link", "Links to audio nodes", 2, linkFaults()},
	}
}

var update = flag.Bool("update", false, "write docs/FAULTS.md anew")

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, g := range faultGroups() {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			r := e2e.NewRigWith(t, true, g.nodes)
			r.Allowed = []string{"the connection to Discord is over", "stopping because a part failed", "a bot is not taken by Discord"}
			r.Up()
			for _, c := range g.cases {
				t.Run(c.name(), func(t *testing.T) { c.run(t, r) })
			}
		})
	}
}
