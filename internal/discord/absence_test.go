package discord_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
)

const otherGuild = "8388608000000"

// greetTwo is greet with a second guild.
func (r *rig) greetTwo() *peer {
	r.t.Helper()
	p := r.gate.next()
	p.hello()
	p.expect(2)
	p.event(1, "READY", ready("sess", r.gate.url+"/resume", guildID, otherGuild))
	p.event(2, "GUILD_CREATE", demoGuild)
	p.event(3, "GUILD_CREATE", `{"id":"`+otherGuild+`","name":"other"}`)
	r.in()
	r.in()
	return p
}

// said is the next thing handed over, which must be of BotAway of both guilds.
func (r *rig) said(back bool, guilds ...music.GuildID) handed {
	r.t.Helper()
	h := r.in()
	var got []music.GuildID
	for _, in := range h.inputs {
		if in.Body != (music.BotAway{Bot: botID, Back: back}) {
			r.t.Fatalf("%+v came", in)
		}
		got = append(got, in.Guild)
	}
	if !slices.Equal(got, guilds) {
		r.t.Fatalf("it was said of %v", got)
	}
	return h
}

// refuse lets time pass while every connection that comes is cut, until
// something was handed over.
func (r *rig) refuse(clock *clockwork.FakeClock) {
	r.t.Helper()
	eventually(r.t, "something for the handler", func() bool {
		select {
		case p := <-r.gate.peers:
			p.cut()
		default:
			clock.Advance(50 * time.Millisecond)
		}
		return len(r.rec.got) > 0
	})
}

func TestABotIsAwayAfter20Seconds(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
	p := r.greetTwo()
	from := clock.Now()
	p.cut()
	r.refuse(clock)
	if d := clock.Since(from); d < 20*time.Second {
		t.Errorf("it was said after %s", d)
	}
	away := r.said(false, guildID, otherGuild)
	q := r.nextAfter(clock)
	q.hello()
	q.expect(6)
	q.event(4, "RESUMED", `{}`)
	back := r.said(true, guildID, otherGuild)
	ids := map[string]bool{}
	for _, in := range append(away.inputs, back.inputs...) {
		ids[in.ID] = true
	}
	if len(ids) != 4 {
		t.Errorf("the inputs are named %v", ids)
	}
	q.event(5, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	if h := r.in(); h.inputs[0].ID != "gw:1000:0:sess:5" {
		t.Errorf("then came %+v", h)
	}
	if s, _ := stored(t, r.conn); s.Sequence != 5 {
		t.Errorf("the durable sequence is %d", s.Sequence)
	}
}

func TestAShortCutIsNotSaid(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
	r.greetTwo().cut()
	for seq := 4; seq < 7; seq++ {
		// Time stands still while the next connection is made, however long that takes.
		dials := r.conn.Counters().Dials
		eventually(t, "a dial", func() bool {
			if r.conn.Counters().Dials > dials {
				return true
			}
			clock.Advance(5 * time.Millisecond)
			return false
		})
		q := r.gate.next()
		q.hello()
		q.expect(6)
		q.event(seq, "RESUMED", `{}`)
		eventually(t, "RESUMED", func() bool { return r.conn.Counters().Resumes == int64(seq-3) })
		if seq < 6 {
			q.cut()
			continue
		}
		clock.Advance(30 * time.Second) // nothing watches any more
		q.event(7, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	}
	if h := r.in(); h.inputs[0].ID != "gw:1000:0:sess:7" {
		t.Errorf("%+v came", h)
	}
}

func TestABotIsAwayForGood(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		clock := fakeClock()
		r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
		r.greetTwo().close(code)
		r.said(false, guildID, otherGuild)
		err := recv(t, r.done, "the end of Run")
		r.done <- err
		if err == nil || r.conn.Connected() || r.conn.Counters().Dials != 1 {
			t.Errorf("close %d gave %v after %d dials", code, err, r.conn.Counters().Dials)
		}
		if m, _ := fault.Show(err); m == "" {
			t.Errorf("close %d says nothing", code)
		}
	}
}

func TestABotIsAwayWithoutBudget(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
	p := r.greetTwo()
	r.limits.set(func(l *discord.StartLimits) { l.Remaining, l.ResetAfter = 0, time.Hour })
	from := clock.Now()
	p.send(`{"op":9,"d":false}`)
	eventually(t, "something for the handler", func() bool {
		if len(r.rec.got) == 0 {
			clock.Advance(10 * time.Millisecond)
		}
		return len(r.rec.got) > 0
	})
	if d := clock.Since(from); d >= 20*time.Second {
		t.Errorf("it was said after %s", d)
	}
	r.said(false, guildID, otherGuild)
	r.limits.set(func(l *discord.StartLimits) { l.Remaining = 1000 })
	dials := r.conn.Counters().Dials
	eventually(t, "a dial", func() bool {
		if r.conn.Counters().Dials > dials {
			return true
		}
		clock.Advance(10 * time.Second)
		return false
	})
	q := r.gate.next()
	q.hello()
	q.expect(2)
	q.event(1, "READY", ready("second", "", guildID))
	h := r.in() // the other guild is gone, this one is back
	if len(h.inputs) != 2 || h.inputs[0].Body != (music.BotRemoved{Bot: botID}) || h.inputs[0].Guild != otherGuild ||
		h.inputs[1].Body != (music.BotAway{Bot: botID, Back: true}) || h.inputs[1].Guild != guildID {
		t.Errorf("after READY came %+v", h.inputs)
	}
}

// A process that begins without Discord says so of what it knows.
func TestARestartWithoutDiscord(t *testing.T) {
	g := newGate(t)
	r := start(t, g)
	r.greetTwo()
	state, snaps := stored(t, r.conn)
	if err := r.leave(); err != nil {
		t.Fatal(err)
	}
	state.Epoch = 7
	clock := fakeClock()
	s := start(t, g, func(o *discord.Options) { o.Clock, o.State, o.Snapshots = clock, state, each(snaps) })
	s.refuse(clock)
	h := s.said(false, guildID, otherGuild)
	if want := (discord.Position{Session: "sess", Sequence: 3}); h.at != want || h.inputs[0].ID != "gw:1000:0:sess:3:s7.1" {
		t.Errorf("it was said at %+v as %s", h.at, h.inputs[0].ID)
	}
	if cp, _ := stored(t, s.conn); cp.Sequence != 3 || cp.SessionID != "sess" {
		t.Errorf("the state became %+v", cp)
	}
}

func TestAGuildsOutageKeepsEverything(t *testing.T) {
	r := start(t, newGate(t))
	p := r.greet()
	p.event(3, "GUILD_DELETE", `{"id":"`+guildID+`","unavailable":true}`)
	p.event(4, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	if h := r.in(); h.at.Sequence != 4 || r.conn.Guilds() != 1 {
		t.Errorf("%+v came, and %d guilds are known", h, r.conn.Guilds())
	}
	if _, known := r.conn.Access(guildID, "21"); !known {
		t.Error("the guild is forgotten")
	}
	p.event(5, "GUILD_CREATE", demoGuild)
	if h := r.in(); len(h.inputs) != 2 || h.inputs[0].Body != (music.BotPresent{Bot: botID, Name: "demo"}) {
		t.Errorf("after the outage came %+v", h)
	}
	p.event(6, "CHANNEL_DELETE", `{"id":"21","guild_id":"`+guildID+`","type":2}`)
	if h := r.in(); h.inputs[0].Body != (music.ChannelGone{Channel: "21", Bot: botID}) {
		t.Errorf("%+v came", h)
	}
	p.event(7, "GUILD_DELETE", `{"id":"`+guildID+`"}`)
	if h := r.in(); h.inputs[0].Body != (music.BotRemoved{Bot: botID}) || r.conn.Guilds() != 0 {
		t.Errorf("%+v came", h)
	}
}
