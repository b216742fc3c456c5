package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// said is one line that somebody typed, and what came back as far as the one
// who typed it knows.
type said struct {
	user, guild, line string
	began, ended      time.Time
	result            discord.Result
	err               error
}

// text is the message that was shown.
func (s said) text() string {
	t, _ := s.result.Reply["content"].(string)
	return t
}

func (s said) answered() bool { return s.err == nil && s.result.State == discord.StateAnswered }

// acknowledged is true where Discord showed the member a sign of the bot.
func (s said) acknowledged() bool { return s.err == nil && s.result.AckedMS >= 0 }

// people type commands all the time and remember what came back.
type people struct {
	rig  *e2e.Rig
	sent chan struct{}
	wg   sync.WaitGroup
	stop context.CancelFunc

	mu  sync.Mutex
	all []said
}

// lines are what people type, by how often.
var lines = []string{
	"/play https://media.sandbox.example/track/blink", "/play https://media.sandbox.example/track/teaspoon",
	"/play doorbell", "/play https://media.sandbox.example/track/pocket-comet", "/play ocean", "/play query:\"rio seco\"",
	"/play query:\"night train\" next:true", "/play https://media.sandbox.example/track/blink next:true",
	"/play https://media.sandbox.example/track/slow-parcel?n=%d", "/play https://media.sandbox.example/track/slow-parcel?n=%d", "/play https://media.sandbox.example/set/shorts",
	"/play zzznothing", "/play https://media.sandbox.example/track/lost-reel",
	"/skip", "/skip", "/skip", "/pause", "/resume", "/resume", "/volume percent:%d", "/queue", "/nowplaying",
}

// talk lets people type until stop is called: two in one guild and, in the
// other one, its only member.
func talk(t *testing.T, r *e2e.Rig, seed uint64) *people {
	ctx, stop := context.WithCancel(context.Background())
	p := &people{rig: r, sent: make(chan struct{}, 1), stop: stop}
	t.Cleanup(p.hush)
	for i, who := range [][2]string{{"ana", "empty"}, {"bruno", "demo"}, {"carla", "demo"}} {
		user, guild := who[0], who[1]
		rng := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // chosen by a printed seed
		p.wg.Go(func() {
			// A connection of its own: a simulator that dies with the daemon takes it along.
			for ctx.Err() == nil {
				line := lines[rng.IntN(len(lines))]
				if strings.Contains(line, "%d") {
					// A volume; or an address that nobody has looked up yet.
					line = fmt.Sprintf(line, rng.IntN(150))
				}
				p.say(ctx, user, guild, line)
				select {
				case <-ctx.Done():
				case <-time.After(time.Duration(20+rng.IntN(120)) * time.Millisecond): // people need a moment
				}
			}
		})
	}
	return p
}

// hush ends the talk and waits for the last answers.
func (p *people) hush() {
	p.stop()
	p.wg.Wait()
}

// say types a line and waits for the answer, also after the talk was ended.
func (p *people) say(ctx context.Context, user, guild, line string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 25*time.Second)
	defer cancel()
	s := said{user: user, guild: guild, line: line, began: time.Now()}
	select {
	case p.sent <- struct{}{}:
	default:
	}
	s.result, s.err = p.rig.Control().Send(ctx, control.SendRequest{Line: line, Guild: guild, User: user, WaitMS: 20_000})
	s.ended = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, s)
}

// log returns what was said so far.
func (p *people) log() []said {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]said(nil), p.all...)
}

// answers counts the answers that people have seen so far.
func (p *people) answers() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, s := range p.all {
		if s.answered() {
			n++
		}
	}
	return n
}

// gather puts everybody into voice.
func gather(t *testing.T, r *e2e.Rig) {
	t.Helper()
	for _, who := range [][2]string{{"ana", "empty"}, {"bruno", "demo"}, {"carla", "demo"}} {
		join(t, r, who[0], who[1], "music")
	}
}

func join(t *testing.T, r *e2e.Rig, user, guild, channel string) {
	t.Helper()
	err := r.Control().Voice(t.Context(), control.VoiceRequest{Action: "join", User: user, Guild: guild, Channel: channel})
	if err != nil {
		t.Fatalf("%s cannot join %s: %v", user, channel, err)
	}
}
