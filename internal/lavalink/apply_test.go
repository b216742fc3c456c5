package lavalink_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/secret"
	sim "github.com/atrilhq/platform/internal/sim/lavalink"
)

const voiceJSON = `"voice":{"token":"voice-token","endpoint":"voice.example:443","sessionId":"vs","channelId":"9001"}`

func TestApplySendsTheSmallestUpdate(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	base := r.wanted("p1", "last-ferry")
	track := func(play, epoch string) string {
		return `{"track":{"encoded":"` + base.Track + `","userData":{"play":"` + play + `","epoch":` + epoch + `}}`
	}
	type wanted = lavalink.Desired
	steps := []struct {
		name   string
		change func(*wanted)
		want   string // empty: nothing is sent
	}{
		{
			"first", func(d *wanted) { d.Position = 2 * time.Second },
			track("p1", "3") + `,"position":2000,"volume":100,"paused":false,` + voiceJSON + `}`,
		},
		{"the same", func(*wanted) {}, ""},
		{"a position is no reason", func(d *wanted) { d.Position = time.Minute }, ""},
		{"pause", func(d *wanted) { d.Paused = true }, `{"paused":true}`},
		{
			"seek", func(d *wanted) { d.Seeks, d.Position = 1, 90*time.Second },
			`{"track":{"userData":{"play":"p1","epoch":3,"seeks":1}},"position":90000}`,
		},
		{"sought", func(d *wanted) { d.Position = 91 * time.Second }, ""},
		{
			"seek to the beginning", func(d *wanted) { d.Seeks, d.Position = 2, 0 },
			`{"track":{"userData":{"play":"p1","epoch":3,"seeks":2}},"position":0}`,
		},
		{"volume", func(d *wanted) { d.Volume = 40 }, `{"volume":40}`},
		{"both", func(d *wanted) { d.Paused, d.Volume = false, 0 }, `{"volume":0,"paused":false}`},
		{"epoch", func(d *wanted) { d.Epoch = 5 }, `{"track":{"userData":{"play":"p1","epoch":5,"seeks":2}}}`},
		{"next, paused", func(d *wanted) { d.Play, d.Paused, d.Position, d.Seeks = "p2", true, 0, 0 }, track("p2", "5") + `,"volume":0,"paused":true}`},
		{
			"voice moved", func(d *wanted) { d.Voice.Token = secret.New("other") },
			strings.Replace(`{`+voiceJSON+`}`, "voice-token", "other", 1),
		},
		{"voice unknown", func(d *wanted) { d.Voice = lavalink.Voice{} }, ""},
		{"stop", func(d *wanted) { d.Play = "" }, `{"track":{"encoded":null}}`},
		{"stopped", func(d *wanted) { d.Volume, d.Paused = 7, false }, ""},
	}
	d := base
	for _, s := range steps {
		s.change(&d)
		r.wire.sent()
		o.apply(d)
		sent := strings.Join(r.wire.sent(), " ")
		if sent != s.want {
			t.Fatalf("%s: sent %s\nwant %s", s.name, sent, s.want)
		}
	}
	o.apply(lavalink.Desired{Gone: true})
	if p := r.node.Players(); len(p) != 0 {
		t.Fatalf("players %+v", p)
	}
	updates := o.link.Counters().Updates
	o.apply(lavalink.Desired{Gone: true})
	if now := o.link.Counters().Updates; now != updates {
		t.Fatal("a player that is gone was destroyed again")
	}
}

func TestApplyRefuses(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	good := r.wanted("p1", "last-ferry")
	for name, change := range map[string]func(*lavalink.Desired){
		"no track":         func(d *lavalink.Desired) { d.Track = "" },
		"volume above":     func(d *lavalink.Desired) { d.Volume = 1001 },
		"volume below":     func(d *lavalink.Desired) { d.Volume = -1 },
		"position":         func(d *lavalink.Desired) { d.Position = -1 },
		"epoch":            func(d *lavalink.Desired) { d.Epoch = -1 },
		"part of a voice":  func(d *lavalink.Desired) { d.Voice.Endpoint = "" },
		"channel":          func(d *lavalink.Desired) { d.Voice.Channel = "music" },
		"a long play's id": func(d *lavalink.Desired) { d.Play = music.PlayID(strings.Repeat("p", 200)) },
	} {
		d := good
		change(&d)
		if err := o.link.Apply(context.Background(), guild, d); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.link.Apply(context.Background(), "../demo", good); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("guild: %v", err)
	}
	if err := o.link.Snapshot(context.Background(), "../demo"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("snapshot: %v", err)
	}
	silent := good
	silent.Voice = lavalink.Voice{}
	if err := o.link.Apply(context.Background(), guild, silent); fault.CodeOf(err) != fault.Pending {
		t.Errorf("without voice: %v", err)
	}
	undecodable := good
	undecodable.Track = "bm90IGEgdHJhY2s="
	if err := o.link.Apply(context.Background(), guild, undecodable); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("undecodable: %v", err)
	}
	if sent := r.wire.sent(); len(sent) != 1 {
		t.Errorf("sent %v", sent)
	}
	o.apply(good) // what failed was looked at again
}

func TestAFailedVoiceHandshakeIsTriedAgain(t *testing.T) {
	var mu sync.Mutex
	bad := true
	r := newRig(t, func(opts *sim.Options) {
		opts.Verify = func(v sim.Voice) error {
			mu.Lock()
			defer mu.Unlock()
			if bad || v.Token != "voice-token" || v.UserID != string(bot) || v.ChannelID != "9001" {
				return errors.New("unknown session")
			}
			return nil
		}
	})
	o := r.own("")
	o.up()
	d := r.wanted("p1", "last-ferry")
	err := o.link.Apply(context.Background(), guild, d)
	if fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("handshake: %v", err)
	}
	if message, _ := fault.Show(err); strings.Contains(message+err.Error(), "voice-token") {
		t.Fatalf("the error shows the voice token: %v", err)
	}
	mu.Lock()
	bad = false
	mu.Unlock()
	o.apply(d)
	if p := r.node.Players(); len(p) != 1 || !p[0].Connected {
		t.Fatalf("players %+v", p)
	}
}

func TestApplyToASessionThatIsGone(t *testing.T) {
	r := newRig(t)
	first := r.own("")
	session := first.up().Session
	// The second link believes that it can steer; then the session goes away.
	second := r.own(session)
	second.up()
	first.apply(lavalink.Desired{Gone: true})
	d := r.wanted("p1", "last-ferry")
	r.node.ForgetSessions()
	if err := second.link.Apply(context.Background(), guild, d); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("apply: %v", err)
	}
}

func TestAPlayThatJustEndedIsNotStartedAgain(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	d := r.wanted("p1", "blink")
	o.apply(d)
	body[music.PlayStarted](o)
	r.nodeClock.Advance(4 * time.Second)
	body[music.PlayEnded](o)
	d.Volume = 50 // decided before the end was known
	if err := o.link.Apply(context.Background(), guild, d); fault.CodeOf(err) != fault.Pending {
		t.Fatalf("apply: %v", err)
	}
	if p := r.node.Players(); p[0].Identifier != "" {
		t.Fatalf("the track plays once more: %+v", p)
	}
	o.apply(r.wanted("p2", "blink"))
	o.apply(lavalink.Desired{Epoch: 3}) // an end that was asked for is none that is waited for
	o.apply(r.wanted("p2", "blink"))
	eventually(t, "p1 may be wanted again", func() bool {
		o.clock.Advance(100 * time.Millisecond)
		return o.link.Apply(context.Background(), guild, d) == nil
	})
}

func TestAConcurrentGuildIsServedInTurn(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	plays := []music.PlayID{"a", "b", "c", "d", "e", "f"}
	all := make([]lavalink.Desired, len(plays))
	for n, p := range plays {
		all[n] = r.wanted(p, "last-ferry")
	}
	var wg sync.WaitGroup
	for _, d := range all {
		wg.Go(func() {
			if err := o.link.Apply(context.Background(), guild, d); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen, ok := o.link.Observe(guild)
	p := r.node.Players()
	if !ok || len(p) != 1 || !strings.Contains(string(p[0].UserData), `"play":"`+string(seen.Play)+`"`) {
		t.Fatalf("observed %+v, the node has %+v", seen, p)
	}
}

func TestWhatIsAppliedIsWhatTheNodeHas(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	o.up()
	encoded := []string{r.track("last-ferry"), r.track("ocean-floor")}
	last, count := map[music.GuildID]music.PlayID{}, 0
	rapid.Check(t, func(rt *rapid.T) {
		guild := music.GuildID(rapid.SampledFrom([]string{"7101", "7102"}).Draw(rt, "guild"))
		d := lavalink.Desired{
			Gone:   rapid.IntRange(0, 9).Draw(rt, "gone") == 0,
			Epoch:  3,
			Track:  rapid.SampledFrom(encoded).Draw(rt, "track"),
			Paused: rapid.Bool().Draw(rt, "paused"),
			Volume: rapid.IntRange(0, lavalink.MaxVolume).Draw(rt, "volume"),
			Voice:  voice,
		}
		// A play goes on, or another one begins: an id is never used again.
		switch rapid.SampledFrom([]string{"none", "same", "new"}).Draw(rt, "play") {
		case "same":
			d.Play = last[guild]
		case "new":
			count++
			d.Play = music.PlayID(fmt.Sprintf("p%d", count))
		}
		if last[guild] = d.Play; d.Gone {
			last[guild] = ""
		}
		if rapid.IntRange(0, 9).Draw(rt, "cut") == 0 {
			r.node.CutSockets()
			o.down()
			o.up()
		}
		for range 2 {
			if err := o.link.Apply(context.Background(), guild, d); err != nil {
				rt.Fatal(err)
			}
		}
		if len(r.wire.sent()) > 1 {
			rt.Fatalf("the second time something was sent")
		}
		for _, p := range r.node.Players() {
			if p.Guild != string(guild) {
				continue
			}
			var u struct{ Play music.PlayID }
			if len(p.UserData) > 0 && p.Identifier != "" {
				_ = json.Unmarshal(p.UserData, &u)
			}
			if d.Gone || u.Play != d.Play || d.Play != "" && (p.Paused != d.Paused || p.Volume != d.Volume) {
				rt.Fatalf("wanted %+v, the node has %+v", d, p)
			}
			return
		}
		if !d.Gone {
			rt.Fatalf("wanted %+v, the node has no player", d)
		}
	})
}
