package discord_test

import (
	"fmt"
	"testing"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// crowd is the demo world with n people more, and a bot that may see them.
func crowd(n int) *discord.Seed {
	s := discord.Demo()
	s.Bots[0].PrivilegedIntents = discord.IntentGuildMembers | discord.IntentGuildPresences
	for i := range n {
		s.Users = append(s.Users, discord.UserSeed{Name: fmt.Sprintf("p%04d", i), Locale: "en-US"})
	}
	return &s
}

func (f *fixture) loginWith(intents int) *client {
	f.t.Helper()
	c := f.dial()
	d := identifyData(f.bot.Token)
	d["intents"] = intents
	c.send(2, d)
	for range c.until("READY").data(f.t)["guilds"].([]any) {
		c.until("GUILD_CREATE")
	}
	return c
}

func TestMembersComeInChunks(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{Seed: crowd(2100)})
	c := f.loginWith(intents | discord.IntentGuildMembers)
	c.send(8, obj{"guild_id": f.guild.ID, "query": "", "limit": 0, "nonce": "all"})
	seen := map[string]bool{}
	for i := range 3 {
		d := c.until("GUILD_MEMBERS_CHUNK").data(t)
		if d["chunk_index"] != float64(i) || d["chunk_count"] != 3.0 || d["nonce"] != "all" {
			t.Fatalf("chunk %v of %v", d["chunk_index"], d["chunk_count"])
		}
		for _, m := range d["members"].([]any) {
			seen[m.(obj)["user"].(obj)["id"].(string)] = true
		}
	}
	if len(seen) != 2104 {
		t.Fatalf("%d members, want 2104", len(seen))
	}
	c.send(8, obj{"guild_id": f.guild.ID, "query": "p", "limit": 10})
	if d := c.until("GUILD_MEMBERS_CHUNK").data(t); len(d["members"].([]any)) != 10 {
		t.Fatal("limit is a limit")
	}
}

func TestMembersNeedTheirIntents(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{Seed: crowd(0)})
	c := f.loginWith(intents)
	for _, d := range []obj{
		{"guild_id": f.guild.ID, "query": "", "limit": 0},
		{"guild_id": f.guild.ID, "query": "a", "limit": 1, "presences": true},
		{"guild_id": "1", "query": "a", "limit": 1},
	} {
		c.send(8, d)
	}
	c.send(1, nil)
	if m := c.read(); m.Op != 11 {
		t.Fatalf("got %s for what the intents do not allow", m.T)
	}
	if v := f.w.Violations(); len(v) != 3 || v[0].Code != 8 {
		t.Fatalf("%+v", v)
	}
	c.send(8, obj{"guild_id": f.guild.ID, "query": "a", "limit": 101})
	if code := c.closed(); code != 4002 {
		t.Fatalf("closed with %d", code)
	}
}

func TestLargeGuilds(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{Seed: crowd(60), IdentifyInterval: -1})
	for threshold, want := range map[int]bool{50: true, 250: false} {
		c := f.dial()
		d := identifyData(f.bot.Token)
		d["large_threshold"] = threshold
		c.send(2, d)
		if g := c.until("GUILD_CREATE").data(t); g["large"] != want || g["member_count"] != 64.0 {
			t.Fatalf("with %d: %v %v", threshold, g["large"], g["member_count"])
		}
	}
	c := f.dial()
	d := identifyData(f.bot.Token)
	d["large_threshold"] = 49
	c.send(2, d)
	if code := c.closed(); code != 4002 {
		t.Fatalf("closed with %d", code)
	}
}
