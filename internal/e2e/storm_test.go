package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/testenv"
)

const (
	// floor is how many more answers members have to have got before a fault, so
	// that it falls into work, and after it, so that it is over.
	floor = 5
	// lookEvery is how often is read what Discord and the node remember.
	lookEvery = 250 * time.Millisecond
	// leaseTTL is the default of how long a lease lasts.
	leaseTTL = 5 * time.Second
)

// storm is a cluster with members who type all the time, on servers and networks
// that are hurt.
type storm struct {
	*ordeal
	c  *e2e.Cluster
	pg *testenv.PostgresServer
	// disk has what Redis keeps; nil where none can be mounted.
	disk  *testenv.Disk
	redis *testenv.RedisServer
	// rows and bus are the ways to PostgreSQL and to Redis that every process takes.
	rows, bus *testenv.Proxy
	// roles are the processes that are up, with what each is for.
	roles map[*e2e.Process]string
	made  int
	// restarts counts those that were started again.
	restarts int
	// ready are the processes that were up once.
	ready map[*e2e.Process]bool
	// guild is where two members listen.
	guild  string
	looked time.Time
	// quiet ends the chatter.
	quiet context.CancelFunc
	// now is what is measured of the fault that is under way.
	now *measured
}

// raiseStorm starts every role as processes of their own and lets members type.
func raiseStorm(t *testing.T, seed uint64) *storm {
	t.Helper()
	// A process takes up to 25 connections, and there are up to ten at a time.
	s := &storm{pg: testenv.NewPostgres(t, "max_connections=500"), roles: map[*e2e.Process]string{}, ready: map[*e2e.Process]bool{}}
	t.Run("a disk for Redis", func(sub *testing.T) {
		dir, err := os.MkdirTemp("", "disk") // Redis is another user, who may not look into t.TempDir
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		// Skipped where there can be none. It has to outlive this subtest.
		s.disk = testenv.NewDisk(outliving{sub, t}, dir, 8<<20)
	})
	var lines []string
	if s.disk != nil {
		lines = []string{"dir " + s.disk.Dir()}
	}
	s.redis = testenv.NewRedis(t, lines...)
	s.rows = testenv.NewProxy(t, "unix", s.pg.Socket())
	s.bus = testenv.NewProxy(t, "unix", strings.TrimPrefix(s.redis.URL(), "unix://"))
	s.c = e2e.NewCluster(t, s.pg.At(s.rows.Address()), "redis://"+s.bus.Address(), 1)
	s.c.Allowed = whenServersFail()
	s.ordeal = &ordeal{
		t: t, rig: s.c.Rig, rng: rand.New(rand.NewPCG(seed, 23)), //nolint:gosec // by a printed seed
		seen: map[string]discordLog{}, acked: map[string]bool{}, heard: newHeard(),
	}
	for _, role := range []string{"gateway", "gateway", "audio", "audio", "worker", "api"} {
		s.start(role)
	}
	s.whole()
	gather(t, s.rig)
	s.calm(time.Now())
	s.people = talk(t, s.rig, seed)
	s.chatter()
	s.until("there are players", func(ctx context.Context) bool { return len(playersNow(ctx, s.rig)) > 0 })
	s.guild = playersNow(t.Context(), s.rig)[0].Guild
	return s
}

// chatter lets members ask what plays, all the time: they wait for nothing that
// has to be looked up, so that there is always somebody who has just asked.
func (s *storm) chatter() {
	ctx, stop := context.WithCancel(context.Background())
	s.t.Cleanup(func() { stop(); s.people.hush() })
	s.quiet = stop
	for i, who := range [][2]string{{"ana", "demo"}, {"bruno", "demo"}, {"ana", "empty"}} {
		s.people.wg.Go(func() {
			every := time.NewTicker(time.Duration(150+10*i) * time.Millisecond)
			defer every.Stop()
			for n := 0; ctx.Err() == nil; n++ {
				s.people.say(ctx, who[0], who[1], []string{"/nowplaying", "/queue"}[n%2])
				select {
				case <-ctx.Done():
				case <-every.C:
				}
			}
		})
	}
}

// outliving is a subtest whose cleanups are those of the test around it.
type outliving struct {
	testing.TB
	around *testing.T
}

func (o outliving) Cleanup(f func()) { o.around.Cleanup(f) }

// whenServersFail is what a process may complain of while servers are hurt.
func whenServersFail() []string {
	return append(whenProcessesDie(), "a partition is owned by somebody else", "the session with the database has ended")
}

// start starts a process with a role.
func (s *storm) start(role string) *e2e.Process {
	s.made++
	p := s.c.Member(fmt.Sprintf("%s-%d", role, s.made), role)
	s.roles[p] = role
	return p
}

// gone notes that a process has ended.
func (s *storm) gone(p *e2e.Process) { delete(s.roles, p) }

// whole waits until every process is up and everything is held. One that gives up
// while it starts, because a machine with too much to do let its database wait, is
// started again, as whoever looks after processes does; one that was up may not end.
func (s *storm) whole() {
	s.t.Helper()
	s.rig.Until("every process is up", func(ctx context.Context) bool {
		for p, role := range s.roles {
			select {
			case <-p.Done():
				if s.restarts++; s.ready[p] || s.restarts > 6 {
					s.t.Fatalf("a process with %s ended by itself: %s", role, p.Output())
				}
				s.t.Logf("a process with %s did not start and is started again", role)
				maps.DeleteFunc(s.c.Members, func(_ string, x *e2e.Process) bool { return x == p })
				s.replace(p)
				return false
			default:
			}
		}
		st, err := s.c.API().Status(ctx)
		if err != nil {
			return false
		}
		up := 0
		for _, x := range st.Processes {
			if x.State == "up" && x.Ready {
				up++
			}
		}
		return up == len(s.roles)
	})
	for p := range s.roles {
		s.ready[p] = true
	}
	s.c.Whole(len(s.roles))
}

// of returns the processes with a role.
func (s *storm) of(role string) (out []*e2e.Process) {
	for p, r := range s.roles {
		if r == role {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *e2e.Process) int { return a.PID() - b.PID() })
	return out
}

// until waits for a condition, and does not forget to look meanwhile.
func (s *storm) until(what string, f func(context.Context) bool) {
	s.t.Helper()
	s.rig.Until(what, func(ctx context.Context) bool {
		s.glance()
		return f(ctx)
	})
}

// glance reads what Discord and the node remember, where it is time to.
func (s *storm) glance() {
	if time.Since(s.looked) > lookEvery {
		s.looked = time.Now()
		s.look()
	}
}

// hold lets a fault last, which is what is tested, and looks meanwhile.
func (s *storm) hold(d time.Duration) {
	s.t.Helper()
	end := time.Now().Add(d)
	for time.Now().Before(end) {
		s.glance()
		s.after(min(lookEvery, time.Until(end)))
	}
}

// calm begins a time in which everybody has to be answered.
func (s *storm) calm(at time.Time) { s.lives = append(s.lives, life{ready: at}) }

// strike lets a fault happen while members are busy, and waits until they are
// answered as before.
func (s *storm) strike(row string, inject func(*storm)) measured {
	s.t.Helper()
	want := s.people.answers() + floor
	s.until("members are answered before it", func(context.Context) bool { return s.people.answers() >= want })
	s.now = &measured{Row: row, began: time.Now()}
	s.lives[len(s.lives)-1].killed = s.now.began
	inject(s)
	if s.now.healed.IsZero() {
		s.now.healed = time.Now()
	}
	s.until("members are answered after it: "+row, func(context.Context) bool { return s.answeredSince(s.now.healed) >= floor })
	s.whole()
	s.count()
	s.calm(time.Now())
	return *s.now
}

// holds counts the partitions, or the shards, that a process holds.
func (s *storm) holds(table, name string) int64 {
	s.t.Helper()
	return s.ask("SELECT COUNT(*) FROM "+table+" WHERE holder = $1", name)
}

// nameOf is by which name a process announces itself.
func (s *storm) nameOf(p *e2e.Process) (name string) {
	s.t.Helper()
	s.until("the process is known", func(ctx context.Context) bool {
		st, err := s.c.API().Status(ctx)
		if err != nil {
			return false
		}
		for _, x := range st.Processes {
			if x.PID == p.PID() {
				name = x.Name
			}
		}
		return name != ""
	})
	return name
}

// signal sends a signal to a process.
func (s *storm) signal(p *e2e.Process, what syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(p.PID(), what); err != nil {
		s.t.Fatalf("%v: %v", what, err)
	}
}

// ask reads one number of the database, past the proxy.
func (s *storm) ask(query string, args ...any) (n int64) {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), s.pg.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(s.t.Context())) }()
	if err := conn.QueryRow(s.t.Context(), query, args...).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}
