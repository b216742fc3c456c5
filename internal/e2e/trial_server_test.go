package e2e_test

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/testenv"
)

// outage is how long a server is away where nothing else is said.
const outage = 2 * time.Second

func (s *storm) redisRestarts() {
	s.redis.Kill(s.t)
	s.bus.Reset()
	s.hold(outage)
	s.redis.Start(s.t)
}

func (s *storm) redisFlushed() {
	for range 4 {
		s.redis.Do(s.t, "FLUSHALL")
		s.hold(200 * time.Millisecond)
	}
}

func (s *storm) redisCut() {
	s.redis.Do(s.t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	s.bus.Reset()
	s.hold(300 * time.Millisecond)
	s.bus.Reset()
}

// redisFull lets Redis refuse every write with OOM.
func (s *storm) redisFull() {
	s.redis.Do(s.t, "CONFIG", "SET", "maxmemory", "1")
	s.hold(outage)
	s.redis.Do(s.t, "CONFIG", "SET", "maxmemory", "0")
}

// redisDiskFull lets Redis answer every write with MISCONF, because what it
// should keep has no room.
func (s *storm) redisDiskFull() {
	s.redis.Do(s.t, "CONFIG", "SET", "appendonly", "yes")
	s.until("Redis writes a file of what it is told", func(context.Context) bool {
		info, _ := s.redis.Do(s.t, "INFO", "persistence").(string)
		return strings.Contains(info, "aof_enabled:1") && strings.Contains(info, "aof_rewrite_in_progress:0") && strings.Contains(info, "aof_rewrite_scheduled:0")
	})
	s.disk.Fill(s.t)
	s.hold(outage)
	s.disk.Free(s.t)
	s.mended()
	s.redis.Do(s.t, "CONFIG", "SET", "appendonly", "no")
}

// redisHangs lets what is sent to Redis wait, and nothing be refused.
func (s *storm) redisHangs() {
	s.bus.Hang()
	s.hold(2 * outage)
	s.bus.Heal()
}

func (s *storm) postgresRestarts() {
	s.pg.Kill(s.t)
	s.hold(outage)
	s.pg.Start(s.t)
}

// hanging cuts PostgreSQL off for a while, so that nothing comes back and nothing
// is refused.
func hanging(d time.Duration) func(*storm) {
	return func(s *storm) {
		s.rows.Hang()
		s.hold(d)
		s.rows.Heal()
	}
}

// oneCutOff lets an audio process with a way of its own be the owner of the guild,
// and cuts that way.
func (s *storm) oneCutOff() {
	way := testenv.NewProxy(s.t, "unix", s.pg.Socket())
	database := s.c.Database
	s.c.Database = s.pg.At(way.Address())
	lone := s.start("audio")
	s.c.Database = database
	s.whole()
	for _, p := range s.of("audio") {
		if p != lone {
			p.Stop()
			s.gone(p)
		}
	}
	s.until("it owns the guild", func(context.Context) bool { return s.owner() == lone })
	s.start("audio")
	s.whole()
	name, all := s.nameOf(lone), s.ask(countPartitions)
	way.Hang()
	s.taken("partitions", name, all)
	s.mended()
	s.until("members are answered by the successor", func(context.Context) bool { return s.answeredSince(s.now.healed) >= floor })
	way.Heal()
	s.whole()
	s.start("audio")
	s.whole()
	if code, _ := lone.Stop(); code != 0 {
		s.t.Errorf("it ended with %d", code)
	}
	s.gone(lone)
}

// postgresLocked holds the lock that every commit takes, for longer than a query
// may last and shorter than a lease.
func (s *storm) postgresLocked() {
	ctx, cancel := context.WithTimeout(s.t.Context(), e2e.Patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.pg.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "BEGIN; UPDATE journal_head SET seq = seq"); err != nil {
		s.t.Fatal(err)
	}
	s.hold(2*outage - time.Second)
	if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
		s.t.Fatal(err)
	}
}
