package audio //nolint:testpackage // what it tests is a part that the role does not show

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/secret"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func ready() music.Voice {
	return music.Voice{Want: "50", Channel: "50", Session: "s", Token: "t", Endpoint: "e:443"}
}

func playing() *music.Player {
	return &music.Player{
		Bot: "900", Volume: 80, Paused: true, Voice: ready(),
		Play: &music.Play{
			ID: "p1", Track: music.Keep(&music.Track{Encoded: "enc", Length: time.Minute}),
			Anchor: music.Anchor{Position: 10 * time.Second, At: noon.Add(-5 * time.Second), Speed: 1},
		},
	}
}

func TestDesired(t *testing.T) {
	with := func(f func(*music.Player)) *music.Player { p := playing(); f(p); return p }
	tests := []struct {
		name            string
		p               *music.Player
		ok, gone, voice bool
		play            music.PlayID
		position        time.Duration
	}{
		{"voice is there", playing(), true, false, true, "p1", 15 * time.Second},
		{"it is at the end", with(func(p *music.Player) { p.Play.Anchor.Position = time.Hour }), true, false, true, "p1", time.Minute},
		{"nothing to play", with(func(p *music.Player) { p.Play = nil }), true, false, true, "", 0},
		{"nothing to play and no voice yet", with(func(p *music.Player) { p.Play, p.Voice.Token = nil, "" }), true, false, false, "", 0},
		{"no voice is wanted", with(func(p *music.Player) { p.Voice.Want = "" }), true, true, false, "", 0},
		{"voice is on its way", with(func(p *music.Player) { p.Voice.Endpoint = "" }), false, false, false, "p1", 15 * time.Second},
		{"voice is elsewhere", with(func(p *music.Player) { p.Voice.Channel = "51" }), false, false, false, "p1", 15 * time.Second},
		{"voice is dead", with(func(p *music.Player) { p.Voice.Reset = true }), false, false, false, "p1", 15 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, ok := desired(tt.p, 3, noon)
			if ok != tt.ok || d.Gone != tt.gone || d.Voice.Complete() != tt.voice || d.Play != tt.play || d.Position != tt.position {
				t.Errorf("ok %v, got %+v", ok, d)
			}
			if !d.Gone && (d.Epoch != 3 || d.Volume != 80 || !d.Paused) {
				t.Errorf("epoch, volume and pause: %+v", d)
			}
		})
	}
}

// newQueue is the steering of a role whose players have no nodes.
func newQueue() *steering {
	s := newSteering(&Role{log: slog.New(slog.DiscardHandler)})
	s.where = func(j job) (music.NodeName, rank) { return j.clean, rank{} }
	s.exhausted = func(playerKey, int, error) bool { return false }
	return s
}

// begun is what a worker does first.
func (s *steering) begun(t *testing.T) (playerKey, bool) {
	t.Helper()
	j, lane, ok := s.work.next()
	if !ok {
		t.Fatal("nothing waits")
	}
	if !s.begin(j, lane) {
		t.Fatal("it was sent elsewhere")
	}
	s.work.done(lane)
	return j.playerKey, s.looks(j)
}

func TestPlayerWaitsOnce(t *testing.T) {
	s := newQueue()
	a, b := playerKey{"7", "900"}, playerKey{"8", "900"}
	for range 5 {
		s.wake(a)
		s.wake(b)
	}
	if n := s.work.depth(); n != 2 {
		t.Fatalf("%d wait", n)
	}
	if k, look := s.begun(t); k != a || look {
		t.Errorf("got %v, look %v", k, look)
	}
	if k, _ := s.begun(t); k != b {
		t.Errorf("got %v", k)
	}
}

func TestPlayerWokenWhileItRunsRunsAgain(t *testing.T) {
	s := newQueue()
	k := playerKey{"7", "900"}
	s.wake(k)
	s.begun(t)
	s.wake(k)
	s.wake(k)
	if n := s.work.depth(); n != 0 {
		t.Fatalf("%d wait: a player has one worker at a time", n)
	}
	s.finish(t.Context(), job{playerKey: k}, false, nil)
	if n := s.work.depth(); n != 1 {
		t.Fatalf("%d wait", n)
	}
	s.begun(t)
	s.finish(t.Context(), job{playerKey: k}, false, nil)
	if s.work.depth()+len(s.waiting)+len(s.running)+len(s.again)+len(s.tries)+len(s.looking) != 0 {
		t.Error("something is left behind")
	}
}

func TestPlayerIsLookedAtOnce(t *testing.T) {
	s := newQueue()
	k := playerKey{"7", "900"}
	s.wake(k)
	s.look(k)
	if _, look := s.begun(t); !look {
		t.Error("it was not looked at")
	}
	s.finish(t.Context(), job{playerKey: k}, true, nil)
	s.wake(k)
	if _, look := s.begun(t); look {
		t.Error("it is looked at again")
	}
}

func TestManyPlayersHaveRoom(t *testing.T) {
	s := newQueue()
	n := maxJobs
	for i := range n + 1 {
		s.wake(playerKey{music.GuildID(fmt.Sprint(i)), "900"})
	}
	if s.work.depth() != n || len(s.waiting) != n {
		t.Errorf("%d wait, %d known", s.work.depth(), len(s.waiting))
	}
	s.begun(t)
	late := playerKey{music.GuildID(fmt.Sprint(n)), "900"}
	s.wake(late)
	if !s.waiting[job{playerKey: late}] {
		t.Error("whoever found no room is refused for ever")
	}
}

func TestJudgeApply(t *testing.T) {
	r := &Role{}
	k := playerKey{"7", "900"}
	away := fault.New(fault.Unavailable, "test", "away")
	if err := r.judgeApply(k, playing(), nil); err != nil {
		t.Errorf("got %v", err)
	}
	if err := r.judgeApply(k, playing(), fault.New(fault.Pending, "test", "not yet")); err != nil {
		t.Errorf("what is not ready yet is woken by what it waits for: %v", err)
	}
	if err := r.judgeApply(k, &music.Player{}, fault.New(fault.Invalid, "test", "no")); err != nil {
		t.Errorf("got %v", err)
	}
	if err := r.judgeApply(k, playing(), away); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}

func clientOf(t *testing.T, name music.NodeName) *lavalink.Client {
	t.Helper()
	c, err := lavalink.NewClient(lavalink.Node{Name: name, Address: "127.0.0.1:9", Password: secret.New("x")}, lavalink.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
