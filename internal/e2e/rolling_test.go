package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/testenv"
)

// versions are the programs of a rolling upgrade, from the environment: the
// proof builds them. Either may be empty for the platformd of this tree.
func versions(t *testing.T) (from, to string) {
	t.Helper()
	from, to = os.Getenv("E2E_FROM"), os.Getenv("E2E_TO")
	if from == "" && to == "" {
		t.Skip("E2E_FROM and E2E_TO name the two versions' programs; the proof builds them")
	}
	for _, p := range []string{from, to} {
		if p != "" && !filepath.IsAbs(p) {
			t.Fatalf("%s is no absolute path of a program", p)
		}
	}
	return from, to
}

// changes are what a member changes, one after the other, and what was acknowledged.
type changes struct {
	mu             sync.Mutex
	acked          []int
	refused, tried int
	stop           context.CancelFunc
	done           chan struct{}
}

// load has a member set volumes that are never the same until it is stopped.
func load(t *testing.T, c *e2e.Cluster, user string) *changes {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	l := &changes{stop: stop, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for n := 0; ctx.Err() == nil; n++ {
			percent := 20 + n%60
			res, err := c.Control().Send(ctx, control.SendRequest{
				Line: fmt.Sprintf("/volume percent:%d", percent), Guild: "demo", User: user, WaitMS: 20_000,
			})
			l.mu.Lock()
			l.tried++
			if err == nil && res.State == discord.StateAnswered && strings.Contains(textOf(res), strconv.Itoa(percent)) {
				l.acked = append(l.acked, percent)
			} else {
				l.refused++
			}
			l.mu.Unlock()
		}
	}()
	t.Cleanup(func() { stop(); <-l.done })
	return l
}

// count is how many were acknowledged so far.
func (l *changes) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// kept says whether the journal has everything that was acknowledged, in its order.
func (l *changes) kept(t *testing.T, c *e2e.Cluster) {
	t.Helper()
	l.stop()
	<-l.done
	var journal []string
	for _, e := range c.Journal() {
		if e.Type == "music.player.volume_changed" {
			journal = append(journal, string(e.Data))
		}
	}
	at := 0
	for n, percent := range l.acked {
		i := slices.IndexFunc(journal[at:], func(data string) bool { return strings.Contains(data, fmt.Sprintf(":%d", percent)) })
		if i < 0 {
			t.Fatalf("change %d of %d, to %d, was acknowledged and is not in the journal", n, len(l.acked), percent)
		}
		at += i + 1
	}
	t.Logf("%d changes tried, %d acknowledged and kept, %d not carried out", l.tried, len(l.acked), l.refused)
}

// identified counts the IDENTIFYs that the fleet sent.
func identified(t *testing.T, c *e2e.Cluster) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), "SELECT COUNT(*) FROM identifies WHERE sent = 1").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// roll replaces every process by one of another version, one after the other,
// each new one beside the old one; what needs the old one's place waits for it.
func roll(t *testing.T, c *e2e.Cluster, l *changes, program, suffix string) {
	t.Helper()
	c.Program = program
	for _, name := range []string{"audio", "gateway", "audio-2", "gateway-2", "worker", "api"} {
		old, roles := c.Members[name], strings.TrimSuffix(name, "-2")
		before := l.count()
		fresh := name + suffix
		if roles != "api" {
			c.Members[fresh] = c.Member(fresh, roles)
			c.Whole(7)
		}
		if code, _ := old.Stop(); code != 0 {
			t.Errorf("%s ended with %d", name, code)
		}
		if roles == "api" { // its socket is the one that everybody asks
			c.Members[fresh] = c.Member(fresh, roles)
		}
		c.Members[name] = c.Members[fresh]
		delete(c.Members, fresh)
		c.Whole(6)
		c.Until("changes are acknowledged beside "+name+suffix, func(context.Context) bool { return l.count() > before+2 })
	}
}

// TestRolling replaces every process of one version by one of another under
// load: nothing acknowledged is lost, nobody opens a new session at Discord, and
// nobody hears it. With E2E_BACK=yes it is rolled back as well; with refused the
// older version is one that cannot begin on the newer one's schema, and says so.
func TestRolling(t *testing.T) {
	from, to := versions(t)
	c := e2e.NewCluster(t, testenv.Postgres(t), testenv.NewRedis(t).URL(), 2)
	c.Allowed = whenProcessesDie()
	c.Program = from
	for name, roles := range map[string]string{
		"gateway": "gateway", "gateway-2": "gateway", "audio": "audio", "audio-2": "audio", "api": "api", "worker": "worker",
	} {
		c.Member(name, roles)
	}
	c.Whole(6)
	join(t, c.Rig, "ana", "demo", "music")
	c.Until("ana is told what plays", func(context.Context) bool {
		return strings.Contains(textOf(say(t, c.Rig, "ana", "/play ocean")), "Now playing: ")
	})
	c.Until("it sounds", sounds(t, c.Rig))
	play, began, sessions := p0(t, c).Play.ID, time.Now(), identified(t, c)
	l := load(t, c, "ana")

	roll(t, c, l, to, "-new")
	back := os.Getenv("E2E_BACK")
	if back == "yes" {
		roll(t, c, l, from, "-back")
	}
	if n := identified(t, c); n != sessions {
		t.Errorf("%d sessions were opened at Discord, %d before", n, sessions)
	}
	l.kept(t, c)
	unbroken(t, c, began, play)
	if back == "refused" {
		refused(t, e2e.Spec{
			Program: from, Home: c.Home, Env: []string{"PLATFORM_DATABASE__URL=" + c.Database, "PLATFORM_REDIS__URL=" + c.Redis},
			Args: []string{"--sandbox=" + c.SimAddress(), "--data-dir", filepath.Join(c.Home, "too-old"), "--roles", "audio"},
		}, 5, "newer version")
	}
}
