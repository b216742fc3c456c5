package e2e_test

import (
	"context"
	"syscall"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
)

const (
	countPartitions = `SELECT COUNT(*) FROM partitions`
	countShards     = `SELECT COUNT(*) FROM shards`
)

// owner is the process that owns the guild.
func (s *storm) owner() *e2e.Process {
	s.t.Helper()
	return ownerOf(s.t, s.c, s.guild)
}

// taken waits until others hold what a process held, and measures how long it took.
func (s *storm) taken(table, name string, lost int64) {
	s.t.Helper()
	began := time.Now()
	s.until("others hold what it held", func(context.Context) bool {
		return s.holds(table, name) == 0 && s.ask("SELECT COUNT(*) FROM "+table+" WHERE holder <> ''") >= lost
	})
	s.now.Taken = time.Since(began).Milliseconds()
}

// replace puts another process in the place of one that has ended.
func (s *storm) replace(p *e2e.Process) {
	role := s.roles[p]
	s.gone(p)
	s.start(role)
}

// killAudioInWork kills the owner within milliseconds of a command.
func (s *storm) killAudioInWork() {
	p := s.owner()
	name, all := s.nameOf(p), s.ask(countPartitions)
	select {
	case <-s.people.sent: // one that was typed a while ago
	default:
	}
	<-s.people.sent
	s.after(time.Duration(s.rng.IntN(12_000)) * time.Microsecond)
	p.Kill()
	s.mended()
	s.taken("partitions", name, all)
	s.replace(p)
}

func (s *storm) killOwner() {
	p := s.owner()
	name, all := s.nameOf(p), s.ask(countPartitions)
	p.Kill()
	s.mended()
	s.taken("partitions", name, all)
	s.replace(p)
}

func (s *storm) killGateway() {
	p := gatewayOf(s.t, s.c)
	name, all := s.nameOf(p), s.ask(countShards)
	p.Kill()
	s.mended()
	s.taken("shards", name, all)
	s.replace(p)
}

func (s *storm) killWorker() {
	p := s.of("worker")[0]
	p.Kill()
	s.mended()
	s.replace(p)
}

// stopOwner freezes the owner until another one has taken over and members are
// answered by it, and wakes it up among them.
func (s *storm) stopOwner() {
	s.stop(s.owner(), "partitions", s.ask(countPartitions))
}

func (s *storm) stopGateway() { s.stop(gatewayOf(s.t, s.c), "shards", s.ask(countShards)) }

func (s *storm) stop(p *e2e.Process, table string, all int64) {
	name := s.nameOf(p)
	s.signal(p, syscall.SIGSTOP)
	defer s.signal(p, syscall.SIGCONT)
	s.taken(table, name, all)
	s.mended()
	s.until("members are answered by the successor", func(context.Context) bool { return s.answeredSince(s.now.healed) >= floor })
}

// rolling ends one process of each role in turn, as a deploy does.
func (s *storm) rolling() {
	for _, role := range []string{"worker", "audio", "gateway"} {
		p := s.of(role)[0]
		switch role {
		case "audio":
			p = s.owner()
		case "gateway":
			p = gatewayOf(s.t, s.c)
		}
		s.start(role)
		if code, _ := p.Stop(); code != 0 {
			s.t.Errorf("the %s ended with %d", role, code)
		}
		s.gone(p)
	}
	s.mended()
}

func (s *storm) nodeCut() {
	breakNode(s.t, s.rig, nodeCut)
	s.mended()
}

// slow lets the worker hang and each piece of the bus wait.
func (s *storm) slow() {
	p := s.of("worker")[0]
	s.signal(p, syscall.SIGSTOP)
	s.bus.Slow(20 * time.Millisecond)
	s.hold(2 * time.Second)
	s.bus.Heal()
	s.signal(p, syscall.SIGCONT)
}
