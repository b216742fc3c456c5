package audio

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
)

type playerKey struct {
	guild music.GuildID
	bot   music.BotID
}

// job is what a worker does: steer a player, or remove what a node still has of
// one that is not on it any more.
type job struct {
	playerKey

	// clean is that node, empty for steering.
	clean music.NodeName
}

const (
	// steerPerNode is how many players of one node are steered at a time, so that
	// one that hangs keeps no other waiting. Those that have no node yet count as
	// one more. All nodes together have at most maxSteer.
	steerPerNode  = 8
	maxSteer      = 256
	maxJobs       = 1 << 16
	steerRetry    = 250 * time.Millisecond
	steerRetryMax = 10 * time.Second
	// voiceTries is how often a node may fail to connect with a voice session
	// before another one is asked for.
	voiceTries = 3
)

// steering makes players on nodes what they are wanted to be: one at a time for
// each player, the latest wish only.
type steering struct {
	role *Role
	work *lanes
	// where says in which node's lane a player waits, and before whom.
	where func(job) (music.NodeName, rank)
	// exhausted says that a player whose updates failed that often was given to
	// another node.
	exhausted func(playerKey, int, error) bool

	mu sync.Mutex
	// waiting jobs have a place in work, running ones a worker; a running one
	// that is woken runs again.
	waiting, running, again map[job]bool
	// looking players are looked at before they are steered.
	looking map[job]bool
	tries   map[job]int
	// later jobs have a next try set, so that who is woken in between does not
	// add another chain of tries.
	later map[job]bool
}

func newSteering(r *Role) *steering {
	return &steering{
		role: r, work: newLanes(min(steerPerNode, max(maxSteer/(len(r.nodes)+1), 1)), maxJobs), where: r.where, exhausted: r.exhausted,
		waiting: map[job]bool{}, running: map[job]bool{}, again: map[job]bool{},
		looking: map[job]bool{}, tries: map[job]int{},
		later: map[job]bool{},
	}
}

// workers is how many are needed for every node to have its share.
func (s *steering) workers() int { return s.work.limit * (len(s.role.nodes) + 1) }

// where says in which lane a job waits: that of the node that is spoken to.
func (r *Role) where(j job) (music.NodeName, rank) {
	if j.clean != "" {
		return j.clean, rank{}
	}
	g, known := r.loop.View(j.guild)
	if !known {
		return "", rank{}
	}
	p := g.Player(j.bot)
	if p == nil {
		return "", rank{}
	}
	moving := p.Play != nil && p.Play.Phase == music.PhaseWanted && p.Play.Heard
	return p.Node, rank{moving: moving, listeners: g.Listeners(p.Voice.Want)}
}

// wake steers a player soon.
func (s *steering) wake(k playerKey) { s.start(job{playerKey: k}) }

// clean removes a player from a node that it is not on any more.
func (s *steering) clean(k playerKey, from music.NodeName) { s.start(job{k, from}) }

func (s *steering) start(j job) {
	lane, first := s.where(j)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.waiting[j]:
	case s.running[j]:
		s.again[j] = true
	case s.work.push(lane, j, first):
		s.waiting[j] = true
	default:
		s.role.log.Warn("too many players wait to be steered")
	}
}

// look asks the node what it has for a player before it is steered.
func (s *steering) look(k playerKey) {
	s.mu.Lock()
	s.looking[job{playerKey: k}] = true
	s.mu.Unlock()
	s.wake(k)
}

func (s *steering) run(ctx context.Context) {
	for {
		j, lane, ok := s.work.pop(ctx)
		if !ok {
			return
		}
		if s.begin(j, lane) {
			look := s.looks(j)
			s.finish(ctx, j, look, s.do(ctx, j, look))
		}
		s.work.done(lane)
	}
}

// begin takes a job that has waited. One whose player was given another node
// meanwhile waits there instead.
func (s *steering) begin(j job, lane music.NodeName) bool {
	now, first := s.where(j)
	s.mu.Lock()
	defer s.mu.Unlock()
	if now != lane && s.work.push(now, j, first) {
		return false
	}
	delete(s.waiting, j)
	s.running[j] = true
	return true
}

func (s *steering) looks(j job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	look := s.looking[j]
	delete(s.looking, j)
	return look
}

func (s *steering) do(ctx context.Context, j job, look bool) error {
	if j.clean != "" {
		return s.role.remove(ctx, j.playerKey, j.clean)
	}
	return s.role.steer(ctx, j.playerKey, look)
}

func (s *steering) finish(ctx context.Context, j job, look bool, err error) {
	s.mu.Lock()
	delete(s.running, j)
	again := s.again[j]
	delete(s.again, j)
	if err == nil {
		delete(s.tries, j)
	} else {
		s.tries[j]++
		s.looking[j] = s.looking[j] || look
	}
	tries, set := s.tries[j], s.later[j]
	s.mu.Unlock()
	switch {
	case err == nil && again:
		s.start(j)
		return
	case err == nil:
		return
	case j.clean != "" && tries >= cleanTries, j.clean == "" && s.exhausted(j.playerKey, tries, err):
		s.forget(j)
		return
	case tries%voiceTries == 0 && lavalink.VoiceRefused(err):
		s.role.voiceRefused(j.playerKey)
	}
	if set {
		return
	}
	wait := min(steerRetry<<min(tries-1, 8), steerRetryMax)
	s.role.log.Debug("a player could not be steered, trying again", "guild", j.guild, "in", wait, "error", err)
	s.mu.Lock()
	s.later[j] = true
	s.mu.Unlock()
	s.role.after(ctx, wait, func() {
		s.mu.Lock()
		delete(s.later, j)
		s.mu.Unlock()
		s.start(j)
	})
}

// forget gives a job up: its player was given to another node.
func (s *steering) forget(j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tries, j)
	delete(s.looking, j)
}
