package control_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// breakable is a node with faults of its own.
type breakable struct {
	node
	name string

	mu     sync.Mutex
	delay  string
	guild  string
	loaded bool
}

var slowLoad = faults.Fault{
	Name: "node.slow_load", Area: faults.AreaNode, Summary: "Loading is slow.", Lasting: true,
	Args: []faults.Arg{{Name: "delay", Default: "2s"}, {Name: "guild"}},
}

func (b *breakable) Name() string { return b.name }

func (b *breakable) Faults() []faults.Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := slowLoad
	if b.loaded {
		f.Active = []map[string]string{{"delay": b.delay, "guild": b.guild}}
	}
	return []faults.Fault{f}
}

func (b *breakable) SetFault(_ string, args map[string]string) error {
	args, err := slowLoad.Check(args)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.delay, b.guild, b.loaded = args["delay"], args["guild"], true
	return nil
}

func (b *breakable) ClearFault(string, map[string]string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.loaded = false
	return nil
}

// controlled serves a World with these nodes.
func controlled(t *testing.T, nodes ...control.Node) (*control.Client, *discord.World) {
	t.Helper()
	w := discord.New(discord.Options{})
	srv := httptest.NewServer(control.Handler(control.Deps{World: w, Nodes: nodes}))
	t.Cleanup(func() {
		srv.Close()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return control.NewClient(srv.URL, srv.Client()), w
}

func listed(t *testing.T, c *control.Client, name string) faults.Fault {
	t.Helper()
	all, err := c.Faults(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var found []faults.Fault
	for _, f := range all {
		if f.Name == name {
			found = append(found, f)
		}
	}
	if len(found) != 1 || !slices.IsSortedFunc(all, func(a, b faults.Fault) int { return strings.Compare(a.Name, b.Name) }) {
		t.Fatalf("%s is listed %d times", name, len(found))
	}
	return found[0]
}

func TestFaultsOfTheWorld(t *testing.T) {
	t.Parallel()
	c, w := controlled(t)
	ctx := t.Context()
	f, err := c.SetFault(ctx, "voice.user_limit", map[string]string{"guild": "demo", "channel": "music", "limit": "2"})
	if err != nil || len(f.Active) != 1 || f.Active[0]["limit"] != "2" || !f.Lasting {
		t.Fatalf("%+v %v", f, err)
	}
	if _, err := c.SetFault(ctx, "voice.user_limit", map[string]string{"guild": w.View().Guilds[0].ID, "channel": "quiet"}); err != nil {
		t.Fatal(err)
	}
	if err := c.ClearFault(ctx, "voice.user_limit", map[string]string{"channel": "music"}); err != nil {
		t.Fatal(err)
	}
	if a := listed(t, c, "voice.user_limit").Active; len(a) != 1 || a[0]["channel"] != "quiet" {
		t.Fatalf("%v", a)
	}
	if _, err := c.SetFault(ctx, "rest.error", map[string]string{"count": "0"}); err != nil {
		t.Fatal(err)
	}
	if err := c.ClearFaults(ctx); err != nil {
		t.Fatal(err)
	}
	all, err := c.Faults(ctx)
	if err != nil || len(all) != len(w.Faults()) {
		t.Fatal(len(all), err)
	}
	for _, f := range all {
		if len(f.Active) != 0 {
			t.Errorf("%s is still set: %v", f.Name, f.Active)
		}
	}
	if g := w.View().Guilds[0]; g.Channels[2].UserLimit != 0 {
		t.Fatalf("%+v", g.Channels)
	}
}

func TestFaultsOfNodes(t *testing.T) {
	t.Parallel()
	one, two, bare := &breakable{name: "one"}, &breakable{name: "two"}, &node{}
	bareNamed := struct{ control.Node }{&named{bare, "bare"}}
	c, _ := controlled(t, one, two, bareNamed)
	ctx := t.Context()
	f := listed(t, c, "node.slow_load")
	if f.Args[0].Name != "node" || !f.Args[0].Required || !slices.Equal(f.Args[0].Values, []string{"one", "two", "bare"}) || f.Args[1].Name != "delay" {
		t.Fatalf("%+v", f.Args)
	}
	f, err := c.SetFault(ctx, "node.slow_load", map[string]string{"node": "two", "delay": "3s"})
	if err != nil || len(f.Active) != 1 || f.Active[0]["node"] != "two" || f.Active[0]["delay"] != "3s" || one.loaded {
		t.Fatalf("%+v %v", f, err)
	}
	if _, err := c.SetFault(ctx, "node.slow_load", map[string]string{"node": "one"}); err != nil {
		t.Fatal(err)
	}
	if err := c.ClearFault(ctx, "node.slow_load", map[string]string{"node": "two"}); err != nil {
		t.Fatal(err)
	}
	if a := listed(t, c, "node.slow_load").Active; len(a) != 1 || a[0]["node"] != "one" || a[0]["delay"] != "2s" {
		t.Fatalf("%v", a)
	}
	for _, name := range []string{"node.down", "node.cut", "node.forget"} {
		if _, err := c.SetFault(ctx, name, map[string]string{"node": "bare"}); err != nil {
			t.Fatal(name, err)
		}
	}
	if a := listed(t, c, "node.down").Active; len(a) != 1 || a[0]["node"] != "bare" {
		t.Fatalf("%v", a)
	}
	if err := c.ClearFaults(ctx); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(bare.did, " "); got != "down cut forget up" {
		t.Fatal(got)
	}
	if a := listed(t, c, "node.slow_load").Active; len(a) != 0 {
		t.Fatalf("%v", a)
	}
}

// A node knows the ids of guilds only; people say and read names.
func TestNodesAreToldIDs(t *testing.T) {
	t.Parallel()
	n := &breakable{name: "one"}
	c, w := controlled(t, n)
	demo := w.View().Guilds[0].ID
	for _, said := range []string{"demo", "DEMO", demo} {
		f, err := c.SetFault(t.Context(), "node.slow_load", map[string]string{"guild": said})
		if err != nil || n.guild != demo || f.Active[0]["guild"] != "demo" {
			t.Fatalf("%s: %s %+v %v", said, n.guild, f, err)
		}
	}
}

// named gives a node another name.
type named struct {
	control.Node
	name string
}

func (n *named) Name() string { return n.name }

func TestOnlyNodeNeedsNoName(t *testing.T) {
	t.Parallel()
	n := &node{}
	c, _ := controlled(t, n)
	if f, err := c.SetFault(t.Context(), "node.down", nil); err != nil || f.Args[0].Required || f.Args[0].Default != "one" {
		t.Fatal(f, err)
	}
	if err := c.ClearFault(t.Context(), "node.down", nil); err != nil || strings.Join(n.did, " ") != "down up" {
		t.Fatal(n.did, err)
	}
}

func TestFaultRefusals(t *testing.T) {
	t.Parallel()
	c, _ := controlled(t, &breakable{name: "one"}, &breakable{name: "two"})
	ctx := t.Context()
	set := func(name string, args map[string]string) error {
		_, err := c.SetFault(ctx, name, args)
		return err
	}
	for name, tc := range map[string]struct {
		err  error
		code fault.Code
		hint string
	}{
		"unknown fault":         {set("gateway.explode", nil), fault.NotFound, "gateway.cut"},
		"unknown argument":      {set("gateway.cut", map[string]string{"x": "y"}), fault.Invalid, "bot"},
		"unknown bot":           {set("gateway.cut", map[string]string{"bot": "x"}), fault.NotFound, "atril"},
		"kick nobody":           {set("voice.kick", map[string]string{"guild": "demo"}), fault.Invalid, ""},
		"which node?":           {set("node.slow_load", nil), fault.Invalid, "one, two"},
		"unknown node":          {set("node.slow_load", map[string]string{"node": "x"}), fault.NotFound, "one, two"},
		"argument of no node":   {set("node.slow_load", map[string]string{"node": "one", "x": "y"}), fault.Invalid, "delay"},
		"clear unknown":         {c.ClearFault(ctx, "gateway.explode", nil), fault.NotFound, "gateway.cut"},
		"clear at unknown node": {c.ClearFault(ctx, "node.slow_load", map[string]string{"node": "x"}), fault.NotFound, "one, two"},
		"clear unknown guild":   {c.ClearFault(ctx, "voice.kick", map[string]string{"guild": "x"}), "", ""},
	} {
		if _, hint := fault.Show(tc.err); tc.code == "" && tc.err != nil || tc.code != "" && (fault.CodeOf(tc.err) != tc.code || !strings.Contains(hint, tc.hint)) {
			t.Errorf("%s: %v, hint %q", name, tc.err, hint)
		}
	}
}

func TestFaultWireForm(t *testing.T) {
	t.Parallel()
	w := discord.New(discord.Options{})
	t.Cleanup(func() { _ = w.Close() })
	h := control.Handler(control.Deps{World: w})
	for name, tc := range map[string]struct {
		method, path, body string
		status             int
		has                string
	}{
		"list":              {"GET", "/faults", "", 200, `{"faults":[{"name":"gateway.close","area":"gateway"`},
		"set":               {"PUT", "/faults/rest.slow", `{"args":{"delay":"1s"}}`, 200, `"active":[{`},
		"set without body":  {"PUT", "/faults/rest.late_reply", "", 200, `"lasting":true`},
		"unknown field":     {"PUT", "/faults/rest.slow", `{"delay":"1s"}`, 400, `"code":"invalid"`},
		"unknown name":      {"PUT", "/faults/nothing", `{}`, 404, `"code":"not_found"`},
		"mend":              {"DELETE", "/faults/rest.slow?bot=", "", 200, `{}`},
		"mend all":          {"DELETE", "/faults", "", 200, `{}`},
		"the old call":      {"POST", "/faults", `{}`, 404, ""},
		"arguments of text": {"PUT", "/faults/rest.slow", `{"args":{"count":1}}`, 400, `"code":"invalid"`},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), tc.method, "http://127.0.0.1"+control.Prefix+tc.path, strings.NewReader(tc.body))
			r.Header.Set("X-Sandbox", "1")
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			if rec.Code != tc.status && (tc.status != 404 || rec.Code != http.StatusMethodNotAllowed) || !strings.Contains(rec.Body.String(), tc.has) {
				t.Fatalf("%d %s", rec.Code, rec.Body)
			}
		})
	}
}
