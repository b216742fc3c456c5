package discord_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

func TestHeartbeats(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
	p := r.greet()
	beat := func(answer bool) (seq any) {
		t.Helper()
		for sent := r.conn.Counters().Sends; r.conn.Counters().Sends == sent; {
			clock.Advance(time.Second)
			// The timer of the next heartbeat is set when one was sent: no second
			// one becomes due before the first is seen.
			blocked(t, clock)
		}
		m := recv(t, p.in, "a heartbeat")
		if m.Op != 1 {
			t.Fatalf("op %d came", m.Op)
		}
		if answer {
			clock.Advance(70 * time.Millisecond)
			p.send(`{"op":11}`)
			eventually(t, "the answer's arrival", func() bool { return r.conn.Latency() >= 70*time.Millisecond })
		}
		return string(m.D)
	}
	if seq := beat(true); seq != "2" {
		t.Errorf("the heartbeat says %v, not the durable sequence", seq)
	}
	p.event(3, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	recv(t, r.rec.got, "the event")
	p.send(`{"op":1,"d":null}`) // Discord asks for one
	if m := recv(t, p.in, "the heartbeat"); m.Op != 1 || string(m.D) != "2" {
		t.Errorf("a heartbeat on request says %s: 3 is not durable", m.D)
	}
	p.send(`{"op":11}`)
	beat(false)
	q := r.nextAfter(clock)
	if p.gone() == 1000 {
		t.Error("a zombie was left with code 1000")
	}
	q.hello()
	if d := q.expect(6); d["seq"] != float64(3) {
		t.Errorf("it resumed from %v", d["seq"])
	}
	if n := r.conn.Counters().Zombies; n != 1 {
		t.Errorf("%d zombies were counted", n)
	}
}

func TestASilentGatewayIsLeft(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
	p := r.gate.next() // says no HELLO
	q := r.nextAfter(clock)
	p.gone()
	q.hello()
	q.expect(2) // and then no READY
	r.nextAfter(clock)
	q.gone()
}

func TestVoiceSendsAreThrottled(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
	p := r.greetBy((*peer).calmHello)
	const guilds = 130
	for i := range guilds {
		if err := r.conn.SetVoice(t.Context(), music.GuildID(fmt.Sprint(5000+i)), "21", 1); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 109 { // the IDENTIFY was the first of 110
		if d := p.expect(4); d["guild_id"] != fmt.Sprint(5000+i) || d["channel_id"] != "21" || d["self_deaf"] != true {
			t.Fatalf("send %d is %v", i, d)
		}
	}
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-p.in:
		t.Fatalf("op %d was sent beyond the limit", m.Op)
	default:
	}
	// What waits is replaced by what is wished later.
	if err := r.conn.SetVoice(t.Context(), "5129", "", 1); err != nil {
		t.Fatal(err)
	}
	from := clock.Now()
	got := 0
	eventually(t, "the rest", func() bool {
		select {
		case m := <-p.in:
			switch m.Op {
			case 1:
				p.send(`{"op":11}`)
			case 4:
				if got == 0 && clock.Since(from) < 59*time.Second {
					t.Errorf("it went on after %s", clock.Since(from))
				}
				got++
			}
			if got == guilds-109 {
				if want := `{"guild_id":"5129","channel_id":null,"self_mute":false,"self_deaf":true}`; string(m.D) != want {
					t.Errorf("the last wish is %s", m.D)
				}
				return true
			}
		default:
			clock.Advance(time.Second)
		}
		return false
	})
}

func TestWishesWaitForTheConnection(t *testing.T) {
	g := newGate(t)
	r := start(t, g)
	for _, channel := range []music.ChannelID{"21", "22"} {
		if err := r.conn.SetVoice(t.Context(), guildID, channel, 3); err != nil {
			t.Fatal(err)
		}
	}
	p := r.greet()
	if d := p.expect(4); d["channel_id"] != "22" {
		t.Errorf("it joined %v", d["channel_id"])
	}
	p.cut()
	q := g.next()
	if err := r.conn.SetVoice(t.Context(), guildID, "", 3); err != nil {
		t.Fatal(err)
	}
	q.hello()
	q.expect(6)
	q.event(3, "RESUMED", `{}`)
	if d := q.expect(4); d["channel_id"] != nil {
		t.Errorf("after RESUMED it joined %v", d["channel_id"])
	}
}

func TestSetVoiceRefuses(t *testing.T) {
	r := start(t, newGate(t), func(o *discord.Options) { o.Shards = 2 })
	set := func(guild music.GuildID, channel music.ChannelID, epoch int64) fault.Code {
		return fault.CodeOf(r.conn.SetVoice(t.Context(), guild, channel, epoch))
	}
	if got := set("8388608", "21", 5); got != "" { // 2 << 22
		t.Errorf("a guild of this shard gave %q", got)
	}
	for name, got := range map[string]struct{ got, want fault.Code }{
		"an older epoch":         {set("8388608", "21", 4), fault.Conflict},
		"the same epoch":         {set("8388608", "21", 5), ""},
		"another guild's epoch":  {set("16777216", "21", 1), ""},
		"another shard":          {set("4194304", "21", 5), fault.Invalid},
		"a guild that is no id":  {set("x", "21", 5), fault.Invalid},
		"a channel that is none": {set("8388608", "x", 5), fault.Invalid},
	} {
		if got.got != got.want {
			t.Errorf("%s gave %q", name, got.got)
		}
	}
}

func TestNewConnRefuses(t *testing.T) {
	ok := discord.Options{Bot: botID, Token: secret.New(token), Limits: &limits{}, Handler: &recorder{}}
	for name, change := range map[string]func(*discord.Options){
		"no bot":               func(o *discord.Options) { o.Bot = "" },
		"no token":             func(o *discord.Options) { o.Token = secret.Text{} },
		"a token that is none": func(o *discord.Options) { o.Token = secret.New("hello") },
		"no handler":           func(o *discord.Options) { o.Handler = nil },
		"no limits":            func(o *discord.Options) { o.Limits = nil },
		"a shard too many":     func(o *discord.Options) { o.Shard, o.Shards = 2, 2 },
		"a gateway over http":  func(o *discord.Options) { o.GatewayURL = "http://127.0.0.1" },
	} {
		o := ok
		change(&o)
		if _, err := discord.NewConn(o); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if _, err := discord.NewConn(ok); err != nil {
		t.Error(err)
	}
}

func TestASecondGreetingChangesNothing(t *testing.T) {
	r := start(t, newGate(t))
	p := r.gate.next()
	p.hello()
	p.hello()
	p.expect(2)
	p.event(1, "READY", ready("sess", "", guildID))
	p.event(2, "GUILD_CREATE", demoGuild)
	r.in()
	if n := r.conn.Counters(); n.Identifies != 1 || n.Sends != 1 {
		t.Errorf("the counters are %+v", n)
	}
}
