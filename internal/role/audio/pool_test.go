package audio_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// A bot that was taken out of the configuration hands over what it played, when
// the next process starts.
func TestABotOutOfTheConfigurationHandsOver(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1, Pool: true})
	all := func(o *audio.Options) { o.Pool = r.Bots }
	a := r.StartAudio(all)
	g := r.StartGateway()
	play(r, a, "ocean floor")
	// Who could take over has to be known: else the queue is kept instead.
	roletest.Until(t, "all bots of the guild are known", func() bool {
		v, ok := a.Loop().View(r.Guild)
		return ok && len(v.Bots) == 3
	})
	id, gone := a.Player(r).Play.ID, r.Bot
	for _, stop := range []func(testing.TB) error{g.Stop, a.Stop} {
		if err := stop(t); err != nil {
			t.Fatal(err)
		}
	}
	r.NewBus()
	a = r.StartAudio(func(o *audio.Options) { o.Pool = r.Bots[1:] })
	role, err := gateway.New(t.Context(), func() gateway.Options {
		o := r.GatewayOptions()
		o.Tokens = r.Tokens[1:]
		return o
	}())
	if err != nil {
		t.Fatal(err)
	}
	r.Start(role.Run)
	// Which one it is depends on which of them came first.
	roletest.Until(t, "another one plays it", func() bool {
		for _, r.Bot = range r.Bots[1:] {
			if a.Sounds(r) && a.Player(r).Play.ID == id {
				return true
			}
		}
		return false
	})
	view, _ := a.Loop().View(r.Guild)
	if p := view.Player(gone); p == nil || p.Voice != (music.Voice{}) || p.Play != nil {
		t.Fatalf("the bot that is gone has %+v", p)
	}
}
