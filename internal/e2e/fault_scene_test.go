package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// scene is one case of the table on its stage: ana listens in the channel music
// while atril plays, then something breaks.
type scene struct {
	t *testing.T
	r *e2e.Rig
	// group is the test of the whole group, which outlives the case and so owns
	// the daemons.
	group testing.TB
	// channel is where ana is, bot who plays there, play what plays.
	channel, bot string
	play         view.Play
	node         string
	// began is before the fault, broke after it was set and mended after it was mended.
	began, broke, mended time.Time
	seq                  int64
	seen                 map[string]bool
	logged               int
	// down is the node that nobody can reach between broke and mended.
	down string
}

// unready says what is not as at first with bots, nodes and the pool.
func unready(ctx context.Context, r *e2e.Rig) string {
	s, err := r.API().Status(ctx)
	if err != nil || !s.Ready || slices.ContainsFunc(s.Bots, func(b view.Bot) bool { return b.State != "ready" }) {
		return fmt.Sprintf("status %+v %v", s, err)
	}
	nodes, err := r.API().Nodes(ctx)
	if err != nil || slices.ContainsFunc(nodes.Items, func(n view.Node) bool { return n.State != "up" }) {
		return fmt.Sprintf("nodes %+v %v", nodes, err)
	}
	g, err := r.API().Guild(ctx, "demo")
	if err != nil || len(g.Bots) < 3 || slices.ContainsFunc(g.Bots[:3], func(b view.GuildBot) bool { return !b.Present || b.Away }) {
		return fmt.Sprintf("guild %+v %v", g, err)
	}
	return ""
}

// raise puts the stage in order after the case before, lets ana join a channel
// and play a track there.
func raise(t *testing.T, r *e2e.Rig, c faultCase) *scene {
	t.Helper()
	s := &scene{t: t, r: r, group: c.group, channel: c.channel}
	if s.channel == "" {
		s.channel = "music"
	}
	if err := r.Control().ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.fresh {
		r.Daemon.Stop()
		s.start()
	}
	wrong := "?"
	defer func() {
		if wrong != "" {
			t.Logf("not whole: %s", wrong)
		}
	}()
	r.Until("everything is whole", func(ctx context.Context) bool {
		wrong = unready(ctx, r)
		return wrong == ""
	})
	s.dismiss()
	join(t, r, "ana", "demo", s.channel)
	if !c.quiet {
		s.must("/play query:https://media.sandbox.example/track/ocean-floor")
		if c.next {
			s.must("/play query:https://media.sandbox.example/track/last-ferry")
		}
		r.Until("it sounds", func(ctx context.Context) bool {
			p, ok := s.player(ctx)
			return ok && p.State == "playing" && p.Play != nil && p.Play.PositionMS > 0 && sounding(ctx, r) == 1
		})
	}
	if p, ok := s.player(t.Context()); ok && p.Play != nil {
		s.bot, s.node, s.play = p.BotName, p.Node, *p.Play
	}
	s.begin()
	return s
}

// begin makes now the beginning of what the claims look at.
func (s *scene) begin() {
	s.seq = 0
	if all := s.r.Journal(); len(all) > 0 {
		s.seq = all[len(all)-1].Seq
	}
	s.seen = map[string]bool{}
	for _, m := range s.posted(s.t.Context()) {
		s.seen[fmt.Sprint(m.Message["id"])] = true
	}
	s.logged = len(s.r.Daemon.Log())
	s.began = time.Now()
}

// told waits until every bot has heard of what the fault changed: each has a
// connection of its own, and a line that comes before the last of them has heard
// is taken by that one, which tries or even plays. From then on a line is refused
// at once.
func (s *scene) told(line, refusal string) {
	s.t.Helper()
	s.r.Until("a line is refused at once", func(context.Context) bool {
		if res := s.types(line); !res.Deferred && strings.Contains(textOf(res), refusal) {
			return true
		}
		s.dismiss()
		s.begin()
		return false
	})
}

// start starts the daemon for this case and those after it.
func (s *scene) start() {
	s.t.Helper()
	s.r.TB = s.group
	s.r.Launch()
	s.r.TB = s.t
	s.r.Ready()
}

// dismiss sends all bots of demo out of their channels.
func (s *scene) dismiss() {
	s.t.Helper()
	s.r.Until("no bot is in voice", func(ctx context.Context) bool {
		in := inChannels(ctx, s.r)
		for name := range in {
			_, _ = s.r.API().Order(ctx, "demo", name, "leave") // looked at again
		}
		return len(in) == 0 && sounding(ctx, s.r) == 0
	})
}

// must types a line that has to be answered well.
func (s *scene) must(line string) {
	s.t.Helper()
	text := textOf(say(s.t, s.r, "ana", line))
	if !strings.Contains(text, "Now playing") && !strings.Contains(text, "Up next") {
		s.t.Fatalf("ana typed %s and was told %q", line, text)
	}
}

// player is the one that plays in ana's channel, whichever bot it is.
func (s *scene) player(ctx context.Context) (view.Player, bool) {
	page, err := s.r.API().Players(ctx, client.Players{Guild: "demo"})
	if err != nil {
		return view.Player{}, false
	}
	for _, p := range page.Items {
		if p.Channel != "" || p.Play != nil {
			return p, true
		}
	}
	return view.Player{}, false
}

// set breaks what the case names.
func (s *scene) set(c faultCase) {
	s.t.Helper()
	args := map[string]string{}
	maps.Copy(args, c.args)
	if strings.HasPrefix(c.fault, "node.") {
		args["node"] = s.node
		if s.node == "" {
			args["node"] = "sim-1"
		}
		if c.fault == "node.down" {
			s.down = args["node"]
		}
	}
	if _, err := s.r.Control().SetFault(s.t.Context(), c.fault, args); err != nil {
		s.t.Fatal(err)
	}
	s.broke = time.Now()
}

// also breaks something else that the case needs.
func (s *scene) also(name string, args map[string]string) {
	s.t.Helper()
	if strings.HasPrefix(name, "node.") {
		args = map[string]string{"node": s.node}
	}
	if _, err := s.r.Control().SetFault(s.t.Context(), name, args); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) mend() {
	s.t.Helper()
	if err := s.r.Control().ClearFaults(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.mended = time.Now()
}

// types sends a line as ana and returns what Discord showed her.
func (s *scene) types(line string) discord.Result {
	s.t.Helper()
	res, err := s.r.Control().Send(s.t.Context(), control.SendRequest{Line: line, Guild: "demo", User: "ana", WaitMS: 30_000})
	if err != nil {
		s.t.Fatalf("ana cannot type %q: %v", line, err)
	}
	return res
}

// posted are the messages of the channel where bots post.
func (s *scene) posted(ctx context.Context) []discord.Shown {
	list, err := s.r.Control().Messages(ctx, "demo", "general", 100)
	if err != nil {
		return nil
	}
	return list
}

// fresh are the texts of what was posted since the scene was raised.
func (s *scene) fresh(ctx context.Context) (texts []string) {
	for _, m := range s.posted(ctx) {
		if !s.seen[fmt.Sprint(m.Message["id"])] {
			texts = append(texts, mustJSON(m.Message["content"])+mustJSON(m.Message["embeds"]))
		}
	}
	return texts
}

// events are those of the journal since the scene was raised.
func (s *scene) events(ctx context.Context) []view.Event {
	page, err := s.r.API().Events(ctx, client.Events{After: s.seq, Limit: 1000})
	if err != nil {
		return nil
	}
	return page.Items
}

// log is what the daemon wrote since the scene was raised.
func (s *scene) log() string {
	all := s.r.Daemon.Log()
	return all[min(s.logged, len(all)):]
}
