package discord_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestDemoWorld(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock})
	v := f.w.View()
	if len(v.Guilds) != 2 || v.Guilds[0].Name != "demo" || v.Guilds[1].Name != "empty" || len(v.Users) != 3 || len(v.Bots) != 1 {
		t.Fatalf("%+v", v)
	}
	if !slices.Equal(v.Guilds[0].Members, []string{"ana", "bruno", "carla", "atril"}) || !slices.Contains(v.Guilds[1].Members, "atril") {
		t.Fatalf("%v %v", v.Guilds[0].Members, v.Guilds[1].Members)
	}
	if v.Users[0].Locale != "en-US" || v.Users[1].Locale != "es-ES" {
		t.Fatalf("%+v", v.Users)
	}
	first, _, _ := strings.Cut(v.Bots[0].Token, ".")
	if id, err := base64.RawStdEncoding.DecodeString(first); err != nil || string(id) != v.Bots[0].ApplicationID {
		t.Fatalf("the token begins with the application's id: %s %v", id, err)
	}
	if got := f.call("GET", "/gateway", nil).body["url"]; got != "ws"+strings.TrimPrefix(f.srv.URL, "http")+"/gateway" {
		t.Fatal(got)
	}
	res, err := http.Get(f.srv.URL + "/api/v9/gateway")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Fatal("version 9 is not spoken here")
	}
}

func TestIDsAreTimesAndGrow(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, GlobalLimit: -1, NoRouteLimits: true})
	last := uint64(0)
	for i := range 30 {
		if i%10 == 9 {
			clock.Advance(time.Millisecond)
		}
		a := f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "x"})
		id, err := strconv.ParseUint(a.body["id"].(string), 10, 64)
		if err != nil || id <= last {
			t.Fatalf("%d after %d: %v", id, last, err)
		}
		last = id
	}
	if at := time.UnixMilli(int64(last>>22) + 1420070400000); !at.Equal(clock.Now().Truncate(time.Millisecond)) {
		t.Fatalf("the id says %s, the clock %s", at, clock.Now())
	}
}

// Two bots of one guild: each hears of the other, only its owner gets a
// command and voice credentials, and neither acts as the other.
func TestSeveralBots(t *testing.T) {
	t.Parallel()
	seed := discord.Demo()
	seed.Bots = append(seed.Bots, discord.BotSeed{Name: "second", Permissions: discord.UsualPermissions | discord.PermMoveMembers})
	f := start(t, discord.Options{Seed: &seed})
	other := *f
	other.bot = f.w.View().Bots[1]
	a, b := f.login(), other.login()
	f.command()
	if err := f.w.SetUserLimit("demo", "music", 1); err != nil {
		t.Fatal(err)
	}
	one := a.join("music")
	if d := b.until("VOICE_STATE_UPDATE").data(t); d["user_id"] != f.bot.ApplicationID {
		t.Fatalf("%v", d)
	}
	two := b.join("music") // full, but this one may move members
	if f.verify(one) != nil || other.verify(two) != nil || f.verify(two) == nil {
		t.Fatal("each bot has credentials of its own")
	}
	in := f.send(a, play("x"))
	in.answer(4, obj{"content": "hello"})
	in.result()
	for { // the second bot sees the message without its content, and no interaction
		m := b.read()
		if m.T == "INTERACTION_CREATE" || m.T == "VOICE_SERVER_UPDATE" {
			t.Fatalf("got %s of the other bot", m.T)
		}
		if m.T == "MESSAGE_CREATE" {
			if m.data(t)["content"] != "" {
				t.Fatal("content needs the intent for it")
			}
			id := m.data(t)["id"].(string)
			path := "/channels/" + f.channel("general") + "/messages/" + id
			if e := other.call("PATCH", path, obj{"content": "mine"}); e.code() != 50005 {
				t.Fatalf("%v", e.body)
			}
			if e := other.call("DELETE", path, nil); e.code() != 50013 {
				t.Fatalf("%v", e.body)
			}
			break
		}
	}
	if e := other.call("GET", "/applications/"+f.bot.ApplicationID+"/commands", nil); e.code() != 20012 {
		t.Fatalf("%v", e.body)
	}
	s := play("x")
	s.Bot = "second"
	if _, err := f.w.Send(t.Context(), s); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
}

// Whatever people do in voice, a bot that follows the events knows who is
// where; a full channel never holds more than its limit (unless the owner of
// the guild enters, who is none of them).
func TestVoiceEventsTellTheTruth(t *testing.T) {
	t.Parallel()
	seed := discord.Demo()
	seed.Users = append([]discord.UserSeed{{Name: "zoe", Locale: "en-US"}}, seed.Users...)
	rapid.Check(t, func(rt *rapid.T) {
		f := start(t, discord.Options{Seed: &seed})
		c := f.login()
		if err := f.w.SetUserLimit("demo", "quiet", 2); err != nil {
			rt.Fatal(err)
		}
		users, channels := []string{"ana", "bruno", "carla"}, []string{"music", "quiet"}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			u := rapid.SampledFrom(users).Draw(rt, "user")
			if rapid.Bool().Draw(rt, "leave") {
				_ = f.w.LeaveVoice("demo", u)
			} else {
				_ = f.w.JoinVoice("demo", u, rapid.SampledFrom(channels).Draw(rt, "channel"))
			}
		}
		c.send(1, nil)
		heard := map[string]string{}
		for m := c.read(); m.Op != 11; m = c.read() {
			if m.T != "VOICE_STATE_UPDATE" {
				continue
			}
			d := m.data(t)
			id := d["user_id"].(string)
			if delete(heard, id); d["channel_id"] != nil {
				heard[id] = d["channel_id"].(string)
			}
		}
		there, quiet := f.w.View().Guilds[0].Voice, 0
		for _, vs := range there {
			if heard[vs.UserID] != vs.ChannelID {
				rt.Fatalf("heard %v, it is %+v", heard, there)
			}
			if vs.ChannelID == f.channel("quiet") {
				quiet++
			}
		}
		if len(heard) != len(there) || quiet > 2 {
			rt.Fatalf("heard %v, it is %+v", heard, there)
		}
	})
}

// Everything at once: nothing deadlocks, and each message is told exactly once
// and in order.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true, ReplayBuffer: 10_000, QueueLimit: 10_000})
	c := f.login()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "x"})
				_ = f.w.JoinVoice("demo", "ana", "music")
				_ = f.w.LeaveVoice("demo", "ana")
				f.w.View()
			}
		})
	}
	wg.Wait()
	ids, seq := map[string]bool{}, c.seq
	for len(ids) < 100 {
		m := c.read()
		if m.S != seq+1 {
			t.Fatalf("%d follows %d", m.S, seq)
		}
		seq = m.S
		if m.T == "MESSAGE_CREATE" {
			ids[m.data(t)["id"].(string)] = true
		}
	}
}
