package discord_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestGatewayCloses(t *testing.T) {
	t.Parallel()
	with := func(change obj) func(f *fixture, c *client) {
		return func(f *fixture, c *client) {
			d := identifyData(f.bot.Token)
			for k, v := range change {
				if d[k] = v; v == nil {
					delete(d, k)
				}
			}
			c.send(2, d)
		}
	}
	text := func(s string) func(f *fixture, c *client) {
		return func(f *fixture, c *client) {
			if err := c.ws.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
				f.t.Fatal(err)
			}
		}
	}
	in := func(op int, d any) func(f *fixture, c *client) {
		return func(f *fixture, c *client) {
			c.send(2, identifyData(f.bot.Token))
			c.send(op, d)
		}
	}
	for name, tc := range map[string]struct {
		do   func(f *fixture, c *client)
		code int
	}{
		"unknown opcode":           {func(_ *fixture, c *client) { c.send(99, nil) }, 4001},
		"not JSON":                 {text("{"), 4002},
		"no opcode":                {text(`{"d":1}`), 4002},
		"larger than 4096 bytes":   {text(`{"op":1,"d":null,"x":"` + strings.Repeat("x", 4096) + `"}`), 4002},
		"heartbeat with a text":    {func(_ *fixture, c *client) { c.send(1, "a") }, 4002},
		"op 4 before IDENTIFY":     {func(_ *fixture, c *client) { c.send(4, obj{}) }, 4003},
		"wrong token":              {with(obj{"token": "nonsense"}), 4004},
		"no token":                 {with(obj{"token": nil}), 4002},
		"no intents":               {with(obj{"intents": nil}), 4002},
		"no properties":            {with(obj{"properties": nil}), 4002},
		"IDENTIFY twice":           {in(2, identifyData("x")), 4005},
		"RESUME after IDENTIFY":    {in(6, obj{}), 4005},
		"shard out of range":       {with(obj{"shard": []int{1, 1}}), 4010},
		"shard of one number":      {with(obj{"shard": []int{0}}), 4010},
		"unknown intent":           {with(obj{"intents": 1 << 30}), 4013},
		"privileged intent":        {with(obj{"intents": discord.IntentMessageContent}), 4014},
		"op 4 without a guild":     {in(4, obj{"channel_id": nil}), 4002},
		"op 4 with a number":       {in(4, obj{"guild_id": 1}), 4002},
		"presence without status":  {in(3, obj{"activities": []obj{}}), 4002},
		"members without a filter": {in(8, obj{"guild_id": "1"}), 4002},
		"RESUME without a session": {func(f *fixture, c *client) { c.send(6, obj{"token": f.bot.Token}) }, 4002},
		"RESUME with a wrong token": {func(_ *fixture, c *client) {
			c.send(6, obj{"token": "x", "session_id": "y", "seq": 1})
		}, 4004},
		"121 messages in a minute": {func(_ *fixture, c *client) {
			for range 121 {
				c.send(1, nil)
			}
		}, 4008},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, discord.Options{})
			c := f.dial()
			tc.do(f, c)
			if got := c.closed(); got != tc.code {
				t.Fatalf("closed with %d, want %d", got, tc.code)
			}
			if v := f.w.Violations(); len(v) != 1 || v[0].Code != tc.code || v[0].Surface != "gateway" {
				t.Fatalf("journal %+v", v)
			}
		})
	}
}

func TestGatewayQuery(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	for query, code := range map[string]int{"?v=9": 4012, "?v=10&encoding=etf": 4002, "?compress=lz4": 4002} {
		if got := f.dialQuery(query).closed(); got != code {
			t.Errorf("%s: %d, want %d", query, got, code)
		}
	}
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, HeartbeatInterval: 10 * time.Second})
	codes := make(chan int, 1)
	f.w.OnVoiceClosed(func(_, _ string, c int) { codes <- c })
	c := f.login()
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("music")})
	c.until("VOICE_SERVER_UPDATE")
	for range 3 {
		clock.Advance(14 * time.Second)
		c.send(1, c.seq)
		c.op(11)
	}
	clock.Advance(15 * time.Second)
	if got := c.closed(); got != 4009 {
		t.Fatalf("closed with %d", got)
	}
	eventually(t, "the session has ended", func() bool { return f.w.View().Bots[0].Sessions == 0 })
	if code := <-codes; code != 4014 {
		t.Fatalf("voice closed with %d", code)
	}
	if m := c.resume(c.seq).op(9); string(m.D) != "false" {
		t.Fatalf("after 4009 the session is gone, got %s", m.D)
	}
}

func TestResumeReplaysWhatWasMissed(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{ReplayBuffer: 5})
	c := f.login()
	seq := c.seq
	_ = c.ws.NetConn().Close()
	eventually(t, "the socket is gone", func() bool { return f.w.View().Bots[0].Connected == 0 })
	for _, user := range []string{"ana", "bruno", "carla"} {
		if err := f.w.JoinVoice("demo", user, "music"); err != nil {
			t.Fatal(err)
		}
	}
	n := c.resume(seq)
	for i := range 3 {
		if m := n.read(); m.T != "VOICE_STATE_UPDATE" || m.S != seq+1+i {
			t.Fatalf("replayed %s %d", m.T, m.S)
		}
	}
	if m := n.read(); m.T != "RESUMED" {
		t.Fatalf("got %s", m.T)
	}
	t.Run("a sequence of the future", func(t *testing.T) {
		if got := n.resume(n.seq + 50).closed(); got != 4007 {
			t.Fatalf("closed with %d", got)
		}
	})
	t.Run("the old socket is closed when another resumes", func(t *testing.T) {
		m := n.resume(n.seq)
		m.until("RESUMED")
		if got := n.closed(); got != 4000 {
			t.Fatalf("closed with %d", got)
		}
		n.ws, n.seq = m.ws, m.seq
	})
	t.Run("more was missed than the buffer holds", func(t *testing.T) {
		if m := n.resume(1).op(9); string(m.D) != "false" {
			t.Fatalf("op 9 %s", m.D)
		}
		if f.w.View().Bots[0].Sessions != 0 {
			t.Fatal("the session must have ended")
		}
	})
}

func TestSessionLife(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		code  int // of the client's close frame
		after time.Duration
		alive bool
	}{
		"1000 ends it":             {1000, 0, false},
		"1001 ends it":             {1001, 0, false},
		"4000 keeps it":            {4000, 2 * time.Minute, true},
		"three minutes are enough": {4000, 3*time.Minute + time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClock()
			f := start(t, discord.Options{Clock: clock, HeartbeatInterval: time.Hour})
			closed := make(chan int, 1)
			f.w.OnVoiceClosed(func(_, _ string, c int) { closed <- c })
			c := f.login()
			c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("music")})
			c.until("VOICE_SERVER_UPDATE")
			msg := websocket.FormatCloseMessage(tc.code, "bye")
			if err := c.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(wait)); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the socket is gone", func() bool { return f.w.View().Bots[0].Connected == 0 })
			clock.Advance(tc.after)
			if tc.alive {
				c.resume(c.seq).until("RESUMED")
				return
			}
			select {
			case code := <-closed:
				if code != 4014 {
					t.Fatalf("voice closed with %d", code)
				}
			case <-time.After(wait):
				t.Fatal("the bot's voice must go with its session")
			}
			if len(f.w.View().Guilds[0].Voice) != 0 {
				t.Fatal("the bot must have left voice")
			}
			if m := c.resume(c.seq).op(9); string(m.D) != "false" {
				t.Fatalf("op 9 %s", m.D)
			}
		})
	}
}

func TestIdentifyBudget(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, IdentifyLimit: 2})
	f.login()
	c := f.dial()
	c.send(2, identifyData(f.bot.Token))
	if m := c.op(9); string(m.D) != "false" {
		t.Fatal("a second IDENTIFY within 5 s is refused")
	}
	clock.Advance(5 * time.Second)
	c.send(2, identifyData(f.bot.Token))
	c.until("READY")
	limit := f.call("GET", "/gateway/bot", nil).body["session_start_limit"].(obj)
	if limit["total"] != 2.0 || limit["remaining"] != 0.0 || limit["max_concurrency"] != 1.0 || limit["reset_after"].(float64) <= 0 {
		t.Fatalf("limit %v", limit)
	}
	clock.Advance(5 * time.Second)
	c = f.dial()
	c.send(2, identifyData(f.bot.Token))
	c.op(9)
	clock.Advance(24 * time.Hour)
	c = f.dial()
	c.send(2, identifyData(f.bot.Token))
	c.until("READY")
}

func TestIntentsAndShards(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{IdentifyInterval: -1})
	login := func(intents int, shard []int) *client {
		c := f.dial()
		d := identifyData(f.bot.Token)
		d["intents"], d["shard"] = intents, shard
		c.send(2, d)
		return c
	}
	blind := login(discord.IntentGuilds, []int{0, 1})
	blind.until("GUILD_CREATE")
	guilds := map[string]int{}
	for shard := range 2 {
		c := login(intents, []int{shard, 2})
		for _, g := range c.until("READY").data(t)["guilds"].([]any) {
			guilds[g.(obj)["id"].(string)]++
		}
	}
	if len(guilds) != 2 || guilds[f.guild.ID] != 1 {
		t.Fatalf("each guild is on one shard: %v", guilds)
	}
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	if err := f.w.SetUserLimit("demo", "music", 5); err != nil {
		t.Fatal(err)
	}
	for {
		m := blind.read()
		if m.T == "VOICE_STATE_UPDATE" {
			t.Fatal("voice states need their intent")
		}
		if m.T == "CHANNEL_UPDATE" {
			break
		}
	}
}

func TestRequestMembers(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	c.send(8, obj{"guild_id": f.guild.ID, "query": "a", "limit": 0, "nonce": "n"})
	d := c.until("GUILD_MEMBERS_CHUNK").data(t)
	if len(d["members"].([]any)) != 2 || d["nonce"] != "n" {
		t.Fatalf("ana and atril begin with a: %v", d)
	}
	c.send(8, obj{"guild_id": f.guild.ID, "user_ids": []string{f.user("bruno"), "1"}})
	d = c.until("GUILD_MEMBERS_CHUNK").data(t)
	if len(d["members"].([]any)) != 1 || len(d["not_found"].([]any)) != 1 {
		t.Fatalf("%v", d)
	}
}

func TestSlowReaderLosesItsSocketOnly(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{QueueLimit: 20, ReplayBuffer: 100_000})
	c := f.login() // from here on it does not read
	began, n := time.Now(), 0
	for ; f.w.View().Bots[0].Connected == 1; n++ {
		if time.Since(began) > wait {
			t.Fatal("a reader that never reads must be cut")
		}
		if err := f.w.MuteVoice("demo", "ana", n%2 == 0, false, false, false); err != nil {
			if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
				t.Fatal(err)
			}
		}
	}
	seq := c.seq
	r := c.resume(seq)
	if m := r.read(); m.S != seq+1 {
		t.Fatalf("the replay starts with %d, want %d", m.S, seq+1)
	}
	r.until("RESUMED")
}

func FuzzGatewayFrame(f *testing.F) {
	for _, s := range []string{`{"op":1,"d":null}`, `{"op":2,"d":{"token":"x","intents":1,"properties":{}}}`, `{"op":4,"d":{"guild_id":"1"}}`, `{"op":6,"d":{}}`, `{"op":8,"d":{"user_ids":1}}`, `[]`, `{"op":1e9}`} {
		f.Add([]byte(s))
	}
	w := discord.New(discord.Options{IdentifyInterval: -1, GlobalLimit: -1, NoRouteLimits: true, InvalidLimit: -1})
	f.Cleanup(func() { _ = w.Close() })
	f.Fuzz(func(t *testing.T, data []byte) {
		fx := serveShared(t, w)
		c := fx.dial()
		if err := c.ws.WriteMessage(websocket.TextMessage, data); err != nil {
			t.Skip()
		}
		// Whatever came, the World lives and answers a sound client.
		if a := fx.call("GET", "/gateway/bot", nil); a.status != 200 {
			t.Fatalf("status %d after %q", a.status, data)
		}
		var m message
		if json.Unmarshal(data, &m) != nil {
			if code := c.closed(); code < 4000 {
				t.Fatalf("closed with %d", code)
			}
		}
	})
}
