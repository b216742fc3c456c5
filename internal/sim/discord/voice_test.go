package discord_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// creds are what a bot knows of its voice.
type creds struct{ channel, session, token, endpoint string }

func (c *client) join(channel string) creds {
	c.f.t.Helper()
	c.send(4, obj{"guild_id": c.f.guild.ID, "channel_id": c.f.channel(channel), "self_mute": false, "self_deaf": true})
	return c.creds()
}

func (c *client) creds() creds {
	c.f.t.Helper()
	vs := c.until("VOICE_STATE_UPDATE").data(c.f.t)
	srv := c.until("VOICE_SERVER_UPDATE").data(c.f.t)
	endpoint, _ := srv["endpoint"].(string)
	return creds{vs["channel_id"].(string), vs["session_id"].(string), srv["token"].(string), endpoint}
}

func (f *fixture) verify(k creds) error {
	return f.w.VerifyVoice(f.guild.ID, f.bot.ApplicationID, k.channel, k.session, k.token, k.endpoint)
}

func TestVoiceCredentials(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	codes := make(chan int, 10)
	f.w.OnVoiceClosed(func(_, _ string, code int) { codes <- code })
	c := f.login()
	first := c.join("music")
	if err := f.verify(first); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]creds{
		"channel":  {f.channel("quiet"), first.session, first.token, first.endpoint},
		"session":  {first.channel, "x", first.token, first.endpoint},
		"token":    {first.channel, first.session, "x", first.endpoint},
		"endpoint": {first.channel, first.session, first.token, "x"},
	} {
		if err := f.verify(k); fault.CodeOf(err) != fault.Denied {
			t.Errorf("another %s: %v", name, err)
		}
	}
	second := c.join("quiet")
	if f.verify(first) == nil || f.verify(second) != nil {
		t.Fatal("only the newest credentials are current")
	}
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("quiet"), "self_mute": false, "self_deaf": true})
	if again := c.creds(); again != second {
		t.Fatalf("who asks again for its channel keeps its voice server: %v, then %v", second, again)
	}
	if err := f.w.VoiceServerDown("demo", "atril"); err != nil {
		t.Fatal(err)
	}
	if d := c.until("VOICE_SERVER_UPDATE").data(t); d["endpoint"] != nil || f.verify(second) == nil {
		t.Fatalf("a voice server that goes away: %v", d)
	}
	if err := f.w.VoiceServerUp("demo", "atril"); err != nil {
		t.Fatal(err)
	}
	if d := c.until("VOICE_SERVER_UPDATE").data(t); d["endpoint"] == nil || d["token"] == second.token {
		t.Fatalf("%v", d)
	}
	if err := f.w.JoinVoice("demo", "atril", "music"); err != nil {
		t.Fatal(err)
	}
	if k := c.creds(); k.channel != f.channel("music") || f.verify(k) != nil || <-codes != 4014 {
		t.Fatal("a moved bot gets new credentials, and its voice is closed with 4014")
	}
	if err := f.w.DeleteChannel("demo", "music"); err != nil {
		t.Fatal(err)
	}
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["channel_id"] != nil || <-codes != 4022 {
		t.Fatalf("%v", d)
	}
	c.join("quiet")
	if err := f.w.LeaveVoice("demo", "atril"); err != nil || <-codes != 4014 {
		t.Fatal("a kick closes with 4014", err)
	}
	for name, err := range map[string]error{
		"kick twice":           f.w.LeaveVoice("demo", "atril"),
		"server without a bot": f.w.VoiceServerDown("demo", "atril"),
		"bot joins by itself":  f.w.JoinVoice("demo", "atril", "quiet"),
		"text channel":         f.w.JoinVoice("demo", "ana", "general"),
		"limit":                f.w.SetUserLimit("demo", "quiet", 100),
	} {
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A bot that may not join hears nothing at all: the next thing it hears is
// what comes after.
func TestVoiceSilence(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		close func(w *discord.World) error
		open  func(w *discord.World) error
	}{
		"full": {
			func(w *discord.World) error {
				if err := w.SetUserLimit("demo", "music", 1); err != nil {
					return err
				}
				return w.JoinVoice("demo", "ana", "music")
			},
			func(w *discord.World) error { return w.LeaveVoice("demo", "ana") },
		},
		"no CONNECT": {
			func(w *discord.World) error { return w.SetOverwrite("demo", "music", "atril", 0, discord.PermConnect) },
			func(w *discord.World) error { return w.SetOverwrite("demo", "music", "atril", 0, 0) },
		},
		"full, but MOVE_MEMBERS comes": {
			func(w *discord.World) error {
				if err := w.SetUserLimit("demo", "music", 1); err != nil {
					return err
				}
				return w.JoinVoice("demo", "ana", "music")
			},
			func(w *discord.World) error {
				return w.SetOverwrite("demo", "music", "atril", discord.PermMoveMembers, 0)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, discord.Options{})
			if err := tc.close(f.w); err != nil {
				t.Fatal(err)
			}
			c := f.login()
			c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("music")})
			c.send(1, nil)
			if m := c.read(); m.Op != 11 {
				t.Fatalf("got %s, expected silence", m.T)
			}
			if err := tc.open(f.w); err != nil {
				t.Fatal(err)
			}
			c.read() // what opened the channel
			if k := c.join("music"); f.verify(k) != nil {
				t.Fatal("now it may join")
			}
		})
	}
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	path := filepath.Join(t.TempDir(), "world.json")
	opts := discord.Options{Clock: clock, HeartbeatInterval: time.Hour}
	f := start(t, opts)
	if err := f.w.AutoSave(path); err != nil {
		t.Fatal(err)
	}
	f.command()
	c := f.login()
	k := c.join("music")
	if err := f.w.JoinVoice("demo", "ana", "quiet"); err != nil {
		t.Fatal(err)
	}
	c.until("VOICE_STATE_UPDATE")
	in := f.send(c, play("ocean"))
	in.answer(5, nil)
	seq := c.seq
	if err := f.w.JoinVoice("demo", "bruno", "quiet"); err != nil {
		t.Fatal(err)
	}
	clock.Advance(200 * time.Millisecond)
	w := discord.New(opts)
	eventually(t, "the change is on disk", func() bool {
		return w.Load(path) == nil && len(w.View().Guilds[0].Voice) == 3
	})
	n := serve(t, w)
	if n.bot.Token != f.bot.Token || n.guild.ID != f.guild.ID || n.verify(k) != nil || w.CommandWrites() != 1 {
		t.Fatalf("another world came back: %+v", n.bot)
	}
	r := (&client{f: n, session: c.session}).resume(seq)
	if m := r.until("VOICE_STATE_UPDATE").data(t); m["member"].(obj)["user"].(obj)["username"] != "bruno" {
		t.Fatalf("the replay lost %v", m)
	}
	r.until("RESUMED")
	if a := n.callAs("", "PATCH", in.reply, obj{"content": "after the restart"}); a.status != 200 {
		t.Fatalf("the interaction is gone: %v", a.body)
	}
	if l := w.Log(); len(l) != 1 || l[0].State != discord.StateAnswered {
		t.Fatalf("%+v", l)
	}
	if err := w.Load(filepath.Join(t.TempDir(), "none")); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	if err := w.Save(filepath.Join(t.TempDir(), "no", "where")); fault.CodeOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
	f.callAs("", "PATCH", in.reply, obj{"content": "x"})
	in.result()
}
