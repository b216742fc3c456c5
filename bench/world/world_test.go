package world_test

import (
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/bench/proc"
	"github.com/atrilhq/platform/bench/world"
)

// within is how long a condition may take on a busy machine.
const within = time.Minute

func start(t *testing.T, guilds int) *world.World {
	t.Helper()
	w, err := world.Start(world.Options{Guilds: guilds})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestQueriesFindOneTrackAndDiffer(t *testing.T) {
	w := start(t, 1)
	seen := map[string]bool{}
	for range 700 {
		q := w.Query()
		if seen[q] {
			t.Fatalf("%q was asked for twice", q)
		}
		seen[q] = true
		res, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.NodeAddress+"/v4/loadtracks", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		v := res.URL.Query()
		v.Set("identifier", "ytsearch:"+q)
		res.URL.RawQuery = v.Encode()
		res.Header.Set("Authorization", world.Password)
		if n := found(t, res); n != 1 {
			t.Fatalf("%q finds %d tracks", q, n)
		}
	}
}

// found counts the tracks in an answer.
func found(t *testing.T, r *http.Request) int {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	return strings.Count(b.String(), `"encoded":`)
}

// TestPeers plays with the peers as the harness does: they are programs of
// their own, so only running them shows that they work.
func TestPeers(t *testing.T) {
	bin := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin+string(filepath.Separator), "../barebot", "../floor").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, cycles := range map[string]bool{"barebot": true, "floor": false} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			w := start(t, 3)
			p, err := proc.Start(filepath.Join(bin, name), t.TempDir(), []string{"DISCORD_TOKEN=" + world.Token(), "LAVALINK_PASSWORD=" + world.Password},
				"--rest", "http://"+w.Address+"/api/v10", "--node", w.NodeAddress)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := p.Stop(); err != nil {
					t.Error(err)
				}
			}()
			if err := p.Until(ctx, "it is there", w.Registered); err != nil {
				t.Fatal(err)
			}
			if cycles {
				if err := w.Seat(ctx); err != nil || w.Voices() != w.Guilds() {
					t.Fatalf("in voice in %d guilds: %v", w.Voices(), err)
				}
			}
			begin := time.Now()
			s, err := w.Play(ctx, 1)
			if err != nil || s.Reply.Before(begin) || s.Patch.Before(begin) {
				t.Errorf("it began %v, got %+v, %v", begin, s, err)
			}
			if cycles {
				if n, err := w.Cycle(ctx, 2); n != 5 || err != nil {
					t.Errorf("%d commands, %v", n, err)
				}
			} else if _, err := w.Cycle(ctx, 2); err == nil {
				t.Error("the floor knows more than /play")
			}
			if v := w.Discord.Violations(); len(v) != 0 {
				t.Errorf("Discord refused: %+v", v)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	w := start(t, 1)
	if w.Registered() || w.Connected() || w.Voices() != 0 {
		t.Error("a bot that was never started is there")
	}
	if _, err := w.Play(t.Context(), 0); err == nil {
		t.Error("a command that nobody registered was answered")
	}
}
