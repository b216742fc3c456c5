package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

const (
	nodeDown   = "node.down"
	nodeCut    = "node.cut"
	nodeForget = "node.forget"
)

func breakNode(t *testing.T, r *e2e.Rig, name string) {
	t.Helper()
	if _, err := r.Control().SetFault(t.Context(), name, map[string]string{"node": "sim-1"}); err != nil {
		t.Fatal(err)
	}
}

// players are those of the guild demo, at least one.
func players(ctx context.Context, t *testing.T, r *e2e.Rig) []view.Player {
	t.Helper()
	page, err := r.API().Players(ctx, client.Players{})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("players: %v %v", page, err)
	}
	return page.Items
}

func nodeState(r *e2e.Rig, want string) func(context.Context) bool {
	return func(ctx context.Context) bool {
		n, err := r.API().Node(ctx, "sim-1")
		return err == nil && n.State == want
	}
}

func sounds(t *testing.T, r *e2e.Rig) func(context.Context) bool {
	return func(ctx context.Context) bool {
		p := players(ctx, t, r)[0]
		return p.State == "playing" && p.Play.PositionMS > 0
	}
}

func TestNoNode(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, false)
	r.Up()
	join(t, r, "ana", "demo", "music")
	breakNode(t, r, nodeDown)
	r.Until("the node is seen to be down", nodeState(r, "down"))
	expect(t, r, "ana", "/play ocean", "No audio server is available right now. I kept")
	expect(t, r, "ana", "/play night", "No audio server is available right now. I kept")
	q, err := r.API().Queue(t.Context(), players(t.Context(), t, r)[0].Guild, players(t.Context(), t, r)[0].Bot, client.Page{})
	if err != nil || q.Total != 2 {
		t.Errorf("the queue was not kept: %+v %v", q, err)
	}
	expect(t, r, "ana", "/queue", "waiting for an audio server")
	t.Run("over a kill", func(t *testing.T) {
		r.Daemon.Kill() // the node is up again with the new process
		r.Up()
		r.Until("it plays by itself", sounds(t, r))
		if n := count(r, "music.play.requested", ""); n != 2 {
			t.Errorf("%d requests", n)
		}
	})
	t.Run("while it plays", func(t *testing.T) {
		breakNode(t, r, nodeDown)
		r.Until("the node is seen to be down", nodeState(r, "down"))
		expect(t, r, "ana", "/play amber", "No audio server is available right now. I kept")
		mend(t, r, nodeDown)
		r.Until("the node is seen to be up", nodeState(r, "up"))
		r.Until("it plays by itself", sounds(t, r))
		r.Until("what waited was looked up", func(ctx context.Context) bool {
			p := players(ctx, t, r)[0]
			q, err := r.API().Queue(ctx, p.Guild, p.Bot, client.Page{})
			return err == nil && q.Total == 2 && q.Items[1].State == "ready"
		})
	})
}

func TestNodeDiesMidTrack(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{nodeDown, nodeCut, nodeForget} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := e2e.NewRig(t, true)
			r.Up()
			join(t, r, "ana", "demo", "music")
			expect(t, r, "ana", "/play ocean", "Now playing: ")
			r.Until("it sounds", sounds(t, r))
			before := players(t.Context(), t, r)[0].Play
			breakNode(t, r, kind)
			died := time.Now()
			if kind == nodeDown {
				r.Until("the node is seen to be down", nodeState(r, "down"))
				mend(t, r, nodeDown)
			}
			h := newHeard()
			r.Until("it sounds again", func(ctx context.Context) bool {
				h.listen(t, r)
				p := players(ctx, t, r)[0]
				for _, line := range h.guilds {
					last := line[len(line)-1]
					fresh := kind != nodeForget || last.At.After(died)
					if last.Kind == "sound" && fresh && nodeUp(ctx, r) && p.State == "playing" {
						return true
					}
				}
				return false
			})
			after := players(t.Context(), t, r)[0].Play
			if after.ID != before.ID && kind != nodeForget {
				t.Errorf("play %s became %s", before.ID, after.ID)
			}
			passed := time.Since(died).Milliseconds() + 1_500
			if after.PositionMS < before.PositionMS-1_500 || after.PositionMS > before.PositionMS+passed {
				t.Errorf("it was at %d ms and is at %d ms, %d ms later", before.PositionMS, after.PositionMS, passed)
			}
			if kind != nodeForget {
				for _, w := range h.judge(r.Journal(), true) {
					t.Error(w)
				}
			}
			if n := count(r, "music.play.ended", ""); n != 0 {
				t.Errorf("%d plays ended", n)
			}
		})
	}
}

func nodeUp(ctx context.Context, r *e2e.Rig) bool { return nodeState(r, "up")(ctx) }
