package audio_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// A position that is kept wrongly is put right, in a play that was sought in too:
// else it would be shown wrongly, and its end be missed, until the track is over.
func TestAWrongPositionIsPutRightAfterASeek(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	r.StartGateway()
	play(r, a, "ocean floor")
	id, guild := a.Player(r).Play.ID, r.Guild
	r.Deliver(music.Input{ID: "seek", Guild: guild, Body: music.Command{
		Actor: music.Actor{User: "1", Operator: true}, Do: music.Seek{To: 30 * time.Second},
	}})
	near := func() bool {
		p := a.Player(r)
		at, x := p.Play.PositionAt(time.Now()), r.Nodes[0].Players()
		return len(x) == 1 && (at-time.Duration(x[0].Position)*time.Millisecond).Abs() < 3*time.Second && at >= 30*time.Second && p.Play.Anchor.Speed == 1
	}
	roletest.Until(t, "it sounds from there", func() bool { return a.Player(r).Play.Seeks == 1 && near() })
	// The node's first word after the seek may put it right the first time. After
	// that it has nothing more to say of its own accord.
	for n := range 2 {
		r.Deliver(music.Input{ID: fmt.Sprint("wrong-", n), Guild: guild, Body: music.PlayPosition{
			Bot: r.Bot, Play: id, Position: 5 * time.Second, Speed: 0, Seeks: 1,
		}})
		percent := 37 + n
		r.Deliver(music.Input{ID: fmt.Sprint("after-", n), Guild: guild, Body: music.Command{
			Actor: music.Actor{User: "1", Operator: true}, Do: music.SetVolume{Percent: &percent},
		}})
		roletest.Until(t, "the wrong position was heard of", func() bool { return a.Player(r).Volume == percent })
		roletest.Until(t, "the position is right again", near)
	}
	if p := a.Player(r); p.Play.ID != id {
		t.Errorf("play %s took its place", p.Play.ID)
	}
}

// While a bot has to leave and come back nothing is heard: what its node last
// said is of before, and no time counts as listened to.
func TestAPositionStandsStillWhileVoiceIsRenewed(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	g := r.StartGateway()
	play(r, a, "ocean floor")
	if err := g.Stop(t); err != nil { // so that the bot neither leaves nor comes back
		t.Fatal(err)
	}
	r.Deliver(music.Input{ID: "closed", Guild: r.Guild, Body: music.VoiceClosed{Bot: r.Bot, Code: 4006}})
	roletest.Until(t, "it has to leave", func() bool { return a.Player(r).Voice.Reset })
	roletest.Until(t, "it is given up that it is seen to leave", func() bool {
		p := a.Player(r)
		if p.Voice.Reset && p.Play.Anchor.Speed != 0 {
			t.Fatalf("it counts as sounding: %+v", p.Play.Anchor)
		}
		return !p.Voice.Reset
	})
}
