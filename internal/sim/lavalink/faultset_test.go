package lavalink_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
	"github.com/atrilhq/platform/internal/sim/lavalink"
)

var _ faults.Set = (*lavalink.Node)(nil)

// breaks sets a fault of the node and fails where it is refused.
func (r *rig) breaks(name string, args ...string) {
	r.t.Helper()
	m := map[string]string{}
	for i := 0; i < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	if err := r.node.SetFault(name, m); err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
}

func (r *rig) mends(name string) {
	r.t.Helper()
	if err := r.node.ClearFault(name, nil); err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
}

// listed is a fault as the node lists it.
func (r *rig) listed(name string) faults.Fault {
	r.t.Helper()
	all := r.node.Faults()
	i := slices.IndexFunc(all, func(f faults.Fault) bool { return f.Name == name })
	if i < 0 {
		r.t.Fatalf("%s is not listed", name)
	}
	return all[i]
}

func TestFaultsAreListed(t *testing.T) {
	r := newRig(t)
	lasting := map[string]bool{
		"node.down": true, "node.half_open": true, "node.refuse_sessions": true, "node.wrong_password": true, "node.slow_load": true,
		"node.fail_load": true, "node.empty_load": true, "node.stuck": true, "node.exception_before": true, "node.lying_stats": true,
		"node.cut": false, "node.forget": false, "node.exception_after": false, "node.load_failed": false, "node.cleanup": false,
		"node.garbage": false, "node.unknown_event": false,
	}
	all := r.node.Faults()
	if len(all) != len(lasting) || !slices.IsSortedFunc(all, func(a, b faults.Fault) int { return strings.Compare(a.Name, b.Name) }) {
		t.Fatalf("%d faults, want %d in order", len(all), len(lasting))
	}
	for _, f := range all {
		want, ok := lasting[f.Name]
		if !ok || f.Lasting != want || f.Area != faults.AreaNode || !strings.HasSuffix(f.Summary, ".") || len(f.Active) != 0 {
			t.Errorf("fault %+v", f)
		}
		for _, a := range f.Args {
			if a.Help == "" || a.Required {
				t.Errorf("%s has the argument %+v", f.Name, a)
			}
		}
	}
}

func TestFaultsAreRefused(t *testing.T) {
	r := newRig(t)
	cases := map[string]struct {
		name string
		args map[string]string
		code fault.Code
	}{
		"unknown":           {"node.fire", nil, fault.NotFound},
		"unknown argument":  {"node.cut", map[string]string{"loud": "yes"}, fault.Invalid},
		"unknown value":     {"node.lying_stats", map[string]string{"form": "blue"}, fault.Invalid},
		"another node":      {"node.cut", map[string]string{"node": "two"}, fault.Invalid},
		"no guild":          {"node.stuck", map[string]string{"guild": "demo"}, fault.Invalid},
		"no time":           {"node.slow_load", map[string]string{"delay": "soon"}, fault.Invalid},
		"a time too short":  {"node.slow_load", map[string]string{"delay": "0s"}, fault.Invalid},
		"a time too long":   {"node.slow_load", map[string]string{"delay": "11m"}, fault.Invalid},
		"nobody to end":     {"node.cleanup", nil, fault.Conflict},
		"nobody to fail":    {"node.exception_after", nil, fault.Conflict},
		"nobody to freeze":  {"node.half_open", nil, fault.Conflict},
		"status of no kind": {"node.refuse_sessions", map[string]string{"status": "200"}, fault.Invalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := r.node.SetFault(c.name, c.args); fault.CodeOf(err) != c.code {
				t.Fatalf("error %v, want %s", err, c.code)
			}
		})
	}
	for _, f := range r.node.Faults() {
		if len(f.Active) != 0 {
			t.Errorf("%s counts as set", f.Name)
		}
	}
	if err := r.node.ClearFault("node.fire", nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("clearing an unknown fault: %v", err)
	}
	if err := r.node.ClearFault("node.cut", nil); err != nil {
		t.Errorf("mending what is whole: %v", err)
	}
	r.node.Close()
	if err := r.node.SetFault("node.cut", nil); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a closed node: %v", err)
	}
}

func TestFaultsShowTheirArguments(t *testing.T) {
	r := newRig(t)
	r.breaks("node.slow_load", "node", "one")
	if got := r.listed("node.slow_load").Active; len(got) != 1 || len(got[0]) != 1 || got[0]["delay"] != "5s" {
		t.Fatalf("active %v", got)
	}
	r.breaks("node.slow_load", "delay", "2s")
	if got := r.listed("node.slow_load").Active; len(got) != 1 || got[0]["delay"] != "2s" {
		t.Fatalf("set again it is %v", got)
	}
	r.breaks("node.stuck", "guild", guild)
	if err := r.node.ClearFault("node.stuck", map[string]string{"guild": "8"}); err != nil || len(r.listed("node.stuck").Active) != 1 {
		t.Fatalf("mending it for another guild: %v, %v", err, r.listed("node.stuck"))
	}
	r.mends("node.slow_load")
	r.mends("node.stuck")
	if len(r.listed("node.slow_load").Active)+len(r.listed("node.stuck").Active) != 0 {
		t.Fatal("it is still set")
	}
	r.node.SetDown(true)
	if got := r.listed("node.down").Active; len(got) != 1 || got[0]["sessions"] != "kept" {
		t.Fatalf("a node that was taken down says %v", got)
	}
	r.mends("node.down")
	r.want(200, "GET", "/v4/stats", "")
}
