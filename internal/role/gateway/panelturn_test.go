package gateway //nolint:testpackage // what it tests is a part that the role does not show

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

// queued returns panels that are shown in a channel each, and their clock.
func queued(n int, channel func(int) music.ChannelID) (*panels, *clockwork.FakeClock, []topic.PlayerRef) {
	clock := clockwork.NewFakeClock()
	p := newPanels(&Role{opt: Options{Clock: clock}})
	refs := make([]topic.PlayerRef, n)
	for i := range refs {
		refs[i] = topic.PlayerRef{Guild: music.GuildID(fmt.Sprintf("%03d", i)), Bot: "1"}
		p.shown[refs[i]] = &shown{row: store.Panel{Channel: channel(i)}}
	}
	return p, clock, refs
}

func apart(i int) music.ChannelID { return music.ChannelID(fmt.Sprint("c", i)) }

// turns lets time pass and returns whose turn it was, each of which sent so much.
func turns(p *panels, clock *clockwork.FakeClock, d time.Duration, sent int) (out []topic.PlayerRef) {
	for range d / panelTurn {
		clock.Advance(panelTurn)
		for _, x := range p.due() {
			out = append(out, x.ref)
			p.idle(x, sent)
		}
	}
	return out
}

func TestPanelsStayWithinWhatABotMaySend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sent, least, most int }{{1, 90, 120}, {2, 40, 60}} {
		p, clock, refs := queued(300, apart)
		for _, ref := range refs {
			p.dirty(ref)
		}
		if n := len(turns(p, clock, 5*time.Second, c.sent)); n < c.least || n > c.most {
			t.Errorf("%d panels in 5 s, each with %d requests", n, c.sent)
		}
	}
	p, clock, refs := queued(300, apart)
	for _, ref := range refs {
		p.dirty(ref)
	}
	if n := len(turns(p, clock, 3*time.Second, 0)); n != 300 {
		t.Errorf("%d panels that need nothing: they cost nothing", n)
	}
}

func TestWhoWaitsLongestIsFirstAndProgressIsLast(t *testing.T) {
	t.Parallel()
	p, clock, refs := queued(60, apart)
	for _, ref := range refs[:30] { // only time passed
		p.shown[ref].redraw = clock.Now().Add(time.Millisecond)
	}
	clock.Advance(time.Second)
	for i := range 30 {
		clock.Advance(time.Millisecond)
		p.dirty(refs[59-i])
	}
	got := turns(p, clock, 10*time.Second, 1)
	if len(got) != 60 {
		t.Fatalf("%d turns", len(got))
	}
	for i := range 30 {
		if got[i] != refs[59-i] {
			t.Fatalf("turn %d is of %s", i, got[i].Guild)
		}
	}
}

func TestOneEditASecondInAChannel(t *testing.T) {
	t.Parallel()
	p, clock, refs := queued(3, func(int) music.ChannelID { return "same" })
	n := 0
	for range 50 {
		for _, ref := range refs {
			p.dirty(ref)
		}
		n += len(turns(p, clock, panelTurn, 1))
	}
	if n < 4 || n > 6 {
		t.Errorf("%d edits in 5 s", n)
	}
}

func TestWhenProgressIsShownAgain(t *testing.T) {
	t.Parallel()
	track := &music.Track{Length: time.Minute}
	for _, c := range []struct {
		name string
		view music.NowView
		want time.Duration
	}{
		{"sounding", music.NowView{Track: track, Sounding: true}, progressEvery},
		{"about to sound", music.NowView{Track: track}, progressEvery},
		{"of unknown length", music.NowView{Track: &music.Track{}, Sounding: true}, progressEvery},
		{"a stream", music.NowView{Track: &music.Track{Stream: true}, Sounding: true}, liveEvery},
		{"at its end", music.NowView{Track: track, Sounding: true, Position: time.Minute}, 0},
		{"paused", music.NowView{Track: track, Sounding: true, Paused: true}, 0},
		{"without a node", music.NowView{Track: track, NoNode: true}, 0},
		{"nothing", music.NowView{}, 0},
	} {
		p, clock, refs := queued(1, apart)
		p.drawn(refs[0], c.view, clock.Now())
		got := p.shown[refs[0]].redraw
		if c.want == 0 && !got.IsZero() || c.want > 0 && !got.Equal(clock.Now().Add(c.want)) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
