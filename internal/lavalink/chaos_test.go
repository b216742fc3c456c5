package lavalink_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
)

const pollStep = 50 * time.Millisecond

func leased(held *atomic.Bool) func(*lavalink.Options) {
	return func(o *lavalink.Options) { o.HasLease = held.Load }
}

// TestWhateverHappensTheWishComesTrue cuts, restarts, hides and confuses a node
// and replaces the link's process, and asks each time for something else. What is
// asked for has to play in the end, on one session, and nothing else.
func TestWhateverHappensTheWishComesTrue(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { chaos(t, seed) })
	}
}

func chaos(t *testing.T, seed uint64) {
	r := newRig(t)
	dice := rand.New(rand.NewPCG(seed, 1))
	o := r.own("")
	o.up()
	encoded := r.track("last-ferry")
	session := func() string { return o.link.Status().Session }
	for n := range 40 {
		switch dice.IntN(8) {
		case 0, 1:
			r.node.CutSockets()
		case 2:
			r.node.ForgetSessions()
		case 3:
			r.node.SetDown(true)
			r.node.SetDown(false)
		case 4:
			_ = r.node.SendRaw(session(), []byte(`{"op":"event","type":"TrackEndEvent","guildId":"7001"}`))
		case 5: // the process goes, and its successor comes before or after the node noticed
			id := session()
			o.leave()
			o = r.own(id)
		case 6:
			_ = r.node.CloseVoice(string(bot), string(guild), 4006, "", true)
		default:
			r.nodeClock.Advance(time.Second)
		}
		d := lavalink.Desired{
			Play: music.PlayID(fmt.Sprintf("p%d", n)), Epoch: int64(n), Track: encoded, Volume: dice.IntN(1000),
			Paused: dice.IntN(3) == 0, Voice: voice,
		}
		var last error
		eventually(t, fmt.Sprintf("step %d comes true", n), func() bool {
			o.clock.Advance(pollStep)
			if last = o.link.Apply(context.Background(), guild, d); last != nil {
				return false
			}
			var u struct {
				Play  music.PlayID
				Epoch int64
			}
			p := r.node.Players()
			return len(p) == 1 && json.Unmarshal(p[0].UserData, &u) == nil && u.Play == d.Play && u.Epoch == d.Epoch &&
				p[0].Volume == d.Volume && p[0].Paused == d.Paused && p[0].Connected && p[0].Session == session()
		})
	}
	if c := o.link.Counters(); c.Messages == 0 {
		t.Fatalf("counters %+v", c)
	}
	if s := r.node.Sessions(); len(s) > 3 {
		t.Fatalf("sessions are left behind: %+v", s)
	}
}
