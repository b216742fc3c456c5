package discord_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestGatewayCloseFault(t *testing.T) {
	t.Parallel()
	for code, lives := range map[int]bool{4000: true, 4004: false, 4007: false, 4008: true, 4009: false, 4010: false, 4014: false} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			f := start(t, discord.Options{})
			c := f.login()
			f.breaks("gateway.close", args{"code": strconv.Itoa(code), "bot": f.bot.ApplicationID})
			if got := c.closed(); got != code {
				t.Fatalf("closed with %d", got)
			}
			eventually(t, "the socket is gone", func() bool { return f.w.View().Bots[0].Connected == 0 })
			if got := f.w.View().Bots[0].Sessions == 1; got != lives {
				t.Fatalf("the session lives: %v", got)
			}
			if lives {
				c.resume(c.seq).until("RESUMED")
			} else if m := c.resume(c.seq).op(9); string(m.D) != "false" {
				t.Fatalf("op 9 %s", m.D)
			}
			if v := f.w.Violations(); len(v) != 0 {
				t.Fatalf("the client is not to blame: %+v", v)
			}
		})
	}
}

func TestReconnectAndInvalidFaults(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, HeartbeatInterval: time.Hour})
	c := f.login()
	f.breaks("gateway.reconnect", nil)
	c.op(7)
	clock.Advance(5 * time.Second)
	if got := c.closed(); got != 4000 {
		t.Fatalf("closed with %d", got)
	}
	r := c.resume(c.seq)
	r.until("RESUMED")
	f.breaks("gateway.invalid_session", args{"resumable": "true"})
	if m := r.op(9); string(m.D) != "true" {
		t.Fatalf("op 9 %s", m.D)
	}
	r.send(6, obj{"token": f.bot.Token, "session_id": c.session, "seq": r.seq})
	r.until("RESUMED")
	f.breaks("gateway.invalid_session", nil)
	if m := r.op(9); string(m.D) != "false" || f.w.View().Bots[0].Sessions != 0 {
		t.Fatalf("op 9 %s", m.D)
	}
}

// A RESUME that is cut before RESUMED has brought half of what was missed; the
// next one brings the rest, each event once and in order.
func TestCutAroundResumed(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	f.breaks("gateway.cut", nil)
	eventually(t, "the socket is gone", func() bool { return f.w.View().Bots[0].Connected == 0 })
	first := c.seq
	for range 2 {
		for _, u := range []string{"ana", "bruno", "carla"} {
			if f.w.LeaveVoice("demo", u) != nil {
				if err := f.w.JoinVoice("demo", u, "music"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	f.breaks("gateway.cut_before_resumed", args{"count": "1"})
	seq := first
	half := c.resume(first)
	for {
		m, err := half.tryRead()
		if err != nil {
			break
		}
		if m.T == "RESUMED" || m.S != seq+1 {
			t.Fatalf("%s %d after %d", m.T, m.S, seq)
		}
		seq = m.S
	}
	if seq != first+3 {
		t.Fatalf("got up to %d, from %d", seq, first)
	}
	if a := f.active("gateway.cut_before_resumed"); len(a) != 0 {
		t.Fatalf("it was for once: %v", a)
	}
	f.breaks("gateway.cut_after_resumed", args{"bot": "atril"})
	again := c.resume(seq)
	for {
		m := again.read()
		if m.T == "RESUMED" {
			break
		}
		if m.S != seq+1 {
			t.Fatalf("%s %d after %d", m.T, m.S, seq)
		}
		seq = m.S
	}
	if _, err := again.tryRead(); err == nil {
		t.Fatal("after RESUMED the socket breaks")
	}
	if seq != first+6 {
		t.Fatalf("got up to %d, from %d", seq, first)
	}
	c.resume(seq).until("RESUMED")
}

// On a half open link nothing comes, not even an ACK; the session waits, and
// loses nothing for the connection that the client makes instead.
func TestSilentLink(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	f.breaks("gateway.silent", nil)
	if a := f.active("gateway.silent"); len(a) != 1 || a[0]["bot"] != "atril" {
		t.Fatalf("%v", a)
	}
	c.send(1, c.seq)
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("music")})
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	r := c.resume(c.seq)
	if m := r.read(); m.T != "VOICE_STATE_UPDATE" || m.data(t)["user_id"] != f.user("ana") {
		t.Fatalf("%s %s: what was sent into the silence is lost, what was to be heard is not", m.T, m.D)
	}
	r.until("RESUMED")
	if got, err := c.tryRead(); err == nil {
		t.Fatalf("the silent link brought %s", got.T)
	}
	eventually(t, "the link is given up", func() bool { return len(f.active("gateway.silent")) == 0 })
}

func TestSilentLinkEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*fixture, *clockwork.FakeClock){
		"mended":         func(f *fixture, _ *clockwork.FakeClock) { f.mends("gateway.silent", args{"bot": "ATRIL"}) },
		"seen by itself": func(_ *fixture, clock *clockwork.FakeClock) { clock.Advance(15 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClock()
			f := start(t, discord.Options{Clock: clock, HeartbeatInterval: 10 * time.Second})
			c := f.login()
			f.breaks("gateway.silent", nil)
			end(f, clock)
			eventually(t, "the socket is gone", func() bool { return f.w.View().Bots[0].Connected == 0 })
			if v := f.w.Violations(); len(v) != 0 {
				t.Fatalf("the client is not to blame: %+v", v)
			}
			c.resume(c.seq).until("RESUMED")
		})
	}
}

func TestFaultsOfOneBot(t *testing.T) {
	t.Parallel()
	seed := discord.Demo()
	seed.Bots = append(seed.Bots, discord.BotSeed{Name: "second"})
	f := start(t, discord.Options{Seed: &seed})
	other := *f
	other.bot = f.w.View().Bots[1]
	f.login()
	b := other.login()
	f.breaks("gateway.cut", args{"bot": "atril"})
	eventually(t, "the socket is gone", func() bool { return f.w.View().Bots[0].Connected == 0 })
	b.send(1, nil)
	b.op(11)
	f.breaks("rest.error", args{"bot": "atril"})
	if a := other.call("GET", "/users/@me", nil); a.status != 200 {
		t.Fatal(a.status)
	}
	if res, _ := f.callRaw("GET", "/users/@me"); res.status != 502 {
		t.Fatal(res.status)
	}
}
