package discord_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// afterOp9 logs in and has the session invalidated.
func afterOp9(t *testing.T, resumable bool) (*fixture, *client) {
	t.Helper()
	f := start(t, discord.Options{IdentifyInterval: -1})
	c := f.login()
	if n, err := f.w.InvalidateSessions("", resumable); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	var may bool
	if m := c.op(9); json.Unmarshal(m.D, &may) != nil || may != resumable {
		t.Fatalf("op 9 says %s", m.D)
	}
	return f, c
}

func (f *fixture) count() (sessions, connected int) {
	b := f.w.View().Bots[0]
	return b.Sessions, b.Connected
}

// A client may answer op 9 where it stands, as discord.js does, or on another
// connection, as disgo does.
func TestInvalidSessionIsResumed(t *testing.T) {
	resume := func(f *fixture, c *client) obj {
		return obj{"token": f.bot.Token, "session_id": c.session, "seq": c.seq}
	}
	for name, again := range map[string]func(f *fixture, c *client) *client{
		"on the same connection": func(f *fixture, c *client) *client {
			c.send(6, resume(f, c))
			return c
		},
		"on another one after closing": func(_ *fixture, c *client) *client {
			msg := websocket.FormatCloseMessage(websocket.CloseServiceRestart, "")
			if err := c.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(wait)); err != nil {
				c.f.t.Fatal(err)
			}
			c.closed()
			return c.resume(c.seq)
		},
		"on another one beside it": func(_ *fixture, c *client) *client { return c.resume(c.seq) },
	} {
		t.Run(name, func(t *testing.T) {
			f, c := afterOp9(t, true)
			if s, n := f.count(); s != 1 || n != 0 {
				t.Fatalf("%d sessions, %d connected", s, n)
			}
			if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
				t.Fatal(err)
			}
			c = again(f, c)
			if m := c.read(); m.T != "VOICE_STATE_UPDATE" {
				t.Fatalf("%s is replayed first", m.T)
			}
			if m := c.read(); m.T != "RESUMED" {
				t.Fatalf("%s comes after the replay", m.T)
			}
			if s, n := f.count(); s != 1 || n != 1 {
				t.Fatalf("%d sessions, %d connected", s, n)
			}
			if bad := f.w.Violations(); len(bad) != 0 {
				t.Fatalf("refused: %+v", bad)
			}
		})
	}
}

func TestInvalidSessionTakesTheConnection(t *testing.T) {
	_, c := afterOp9(t, true)
	c.send(4, obj{"guild_id": c.f.guild.ID, "channel_id": nil, "self_mute": false, "self_deaf": false})
	if code := c.closed(); code != 4003 {
		t.Fatalf("op 4 without a session closes with %d", code)
	}
}

func TestInvalidSessionIsGivenUp(t *testing.T) {
	f, c := afterOp9(t, true)
	msg := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if err := c.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the session ends", func() bool { s, _ := f.count(); return s == 0 })
}

func TestInvalidSessionIsIdentifiedAnew(t *testing.T) {
	for _, resumable := range []bool{true, false} {
		f, c := afterOp9(t, resumable)
		old := c.session
		c.send(2, identifyData(f.bot.Token))
		if id := c.until("READY").data(t)["session_id"]; id == old {
			t.Fatal("the old session came back")
		}
		if _, n := f.count(); n != 1 {
			t.Fatalf("%d connected", n)
		}
	}
}
