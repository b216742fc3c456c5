package discord_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func demo(t fataler) discord.Memory {
	m := discord.NewMemory(botID, botID)
	if _, err := m.Apply("GUILD_CREATE", demoGuild); err != nil {
		t.Fatalf("GUILD_CREATE: %v", err)
	}
	return m
}

func TestWhatEventsSay(t *testing.T) {
	for name, tc := range map[string]struct {
		kind, data string
		want       []music.Body
	}{
		"a guild comes": {"GUILD_CREATE", demoGuild, []music.Body{
			music.BotPresent{Bot: botID, Name: "demo"},
			music.VoiceSnapshot{Bot: botID, States: []music.VoiceState{
				{User: "7", Channel: "21"}, {User: "8", Channel: "22", Bot: true},
			}},
		}},
		"a guild that is not available yet": {"GUILD_CREATE", `{"id":"4194304000000","unavailable":true}`, nil},
		"the bot is removed":                {"GUILD_DELETE", `{"id":"4194304000000"}`, []music.Body{music.BotRemoved{Bot: botID}}},
		"an outage":                         {"GUILD_DELETE", `{"id":"4194304000000","unavailable":true}`, nil},
		"a person joins voice":              {"VOICE_STATE_UPDATE", voiceEvent("9", "21"), []music.Body{music.VoiceState{User: "9", Channel: "21"}}},
		"a person leaves voice":             {"VOICE_STATE_UPDATE", voiceEvent("7", ""), []music.Body{music.VoiceState{User: "7"}}},
		"our own account joins": {"VOICE_STATE_UPDATE", voiceEvent(botID, "21"), []music.Body{
			music.VoiceState{User: botID, Channel: "21", Session: "v1000", Bot: true},
		}},
		"another bot, suppressed": {
			"VOICE_STATE_UPDATE",
			`{"guild_id":"4194304000000","user_id":"8","channel_id":"21","session_id":"x","suppress":true,"member":{"user":{"id":"8","bot":true}}}`,
			[]music.Body{music.VoiceState{User: "8", Channel: "21", Bot: true, Suppressed: true}},
		},
		"voice in a guild that is not known": {
			"VOICE_STATE_UPDATE", `{"guild_id":"5","user_id":"9","channel_id":"21"}`,
			[]music.Body{music.VoiceState{User: "9", Channel: "21"}},
		},
		"a call outside of guilds": {"VOICE_STATE_UPDATE", `{"user_id":"9","channel_id":"21"}`, nil},
		"a voice server": {
			"VOICE_SERVER_UPDATE", `{"guild_id":"4194304000000","token":"tk","endpoint":"a.example:443"}`,
			[]music.Body{music.VoiceServer{Bot: botID, Token: "tk", Endpoint: "a.example:443"}},
		},
		"a voice server that is moved": {
			"VOICE_SERVER_UPDATE", `{"guild_id":"4194304000000","token":"tk","endpoint":null}`,
			[]music.Body{music.VoiceServer{Bot: botID, Token: "tk"}},
		},
		"a channel is deleted": {"CHANNEL_DELETE", `{"id":"21","guild_id":"4194304000000","type":2}`, []music.Body{music.ChannelGone{Channel: "21", Bot: botID}}},
		"a DM channel":         {"CHANNEL_DELETE", `{"id":"21","type":1}`, nil},
		"a role":               {"GUILD_ROLE_UPDATE", `{"guild_id":"4194304000000","role":{"id":"50","permissions":"8"}}`, nil},
		"something new":        {"FRESH_EVENT", `[]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := demo(t).Apply(tc.kind, tc.data)
			if err != nil {
				t.Fatal(err)
			}
			var bodies []music.Body
			for _, in := range got {
				bodies = append(bodies, in.Body)
			}
			if !reflect.DeepEqual(bodies, tc.want) {
				t.Errorf("got %+v, want %+v", bodies, tc.want)
			}
		})
	}
}

func TestAnEventInAnotherFormIsInvalidAndNotQuoted(t *testing.T) {
	_, err := demo(t).Apply("VOICE_SERVER_UPDATE", `{"guild_id":7,"token":"secret"}`)
	if fault.CodeOf(err) != fault.Invalid || fmt.Sprint(err) != "discord.decode: an event of the gateway cannot be read" {
		t.Errorf("it gave %v", err)
	}
}

// Permissions follow each event that can change them.
func TestPermissionsFollowEvents(t *testing.T) {
	in := func(events ...[2]string) bool {
		t.Helper()
		m := demo(t)
		for _, e := range events {
			if _, err := m.Apply(e[0], e[1]); err != nil {
				t.Fatal(err)
			}
		}
		i, err := m.Complete(press("7"))
		if err != nil || len(i.Actor.Bots) != 1 {
			t.Fatalf("the interaction is %+v, %v", i.Actor, err)
		}
		return i.Actor.Bots[0].Connect
	}
	move := [2]string{"VOICE_STATE_UPDATE", voiceEvent("7", "22")}
	for name, tc := range map[string]struct {
		got, want bool
	}{
		"in music":                  {in(), true},
		"in quiet":                  {in(move), false},
		"without the role":          {in(move, [2]string{"GUILD_MEMBER_UPDATE", `{"guild_id":"4194304000000","user":{"id":"1000"},"roles":[]}`}), true},
		"another member's update":   {in(move, [2]string{"GUILD_MEMBER_UPDATE", `{"guild_id":"4194304000000","user":{"id":"7"},"roles":[]}`}), false},
		"as administrator":          {in(move, [2]string{"GUILD_ROLE_UPDATE", `{"guild_id":"4194304000000","role":{"id":"50","permissions":"8"}}`}), true},
		"the administrator deleted": {in(move, [2]string{"GUILD_ROLE_UPDATE", `{"guild_id":"4194304000000","role":{"id":"50","permissions":"8"}}`}, [2]string{"GUILD_ROLE_DELETE", `{"guild_id":"4194304000000","role_id":"50"}`}), false},
		"the channel opened":        {in(move, [2]string{"CHANNEL_UPDATE", `{"id":"22","guild_id":"4194304000000","type":2,"permission_overwrites":[]}`}), true},
		"a new channel":             {in([2]string{"CHANNEL_CREATE", `{"id":"23","guild_id":"4194304000000","type":2}`}, [2]string{"VOICE_STATE_UPDATE", voiceEvent("7", "23")}), true},
		"a channel that is deleted": {in([2]string{"CHANNEL_DELETE", `{"id":"21","guild_id":"4194304000000","type":2}`}), false},
		"everyone's role changed":   {in([2]string{"GUILD_UPDATE", `{"id":"4194304000000","owner_id":"7","roles":[{"id":"4194304000000","permissions":"0"}]}`}), false},
		"as the owner":              {in(move, [2]string{"GUILD_UPDATE", `{"id":"4194304000000","owner_id":"1000","roles":[]}`}), true},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: connect is %v", name, tc.got)
		}
	}
}

// A snapshot may be newer than the sequence beside it: what is replayed onto it
// ends where the first run ended, and says the same.
func TestReplayOntoANewerSnapshotProperty(t *testing.T) {
	event := rapid.Custom(func(t *rapid.T) [2]string {
		user := rapid.SampledFrom([]string{"7", "8", "9", botID}).Draw(t, "user")
		channel := rapid.SampledFrom([]string{"21", "22", ""}).Draw(t, "channel")
		return rapid.SampledFrom([][2]string{
			{"VOICE_STATE_UPDATE", voiceEvent(user, channel)},
			{"CHANNEL_DELETE", `{"id":"22","guild_id":"4194304000000","type":2}`},
			{"CHANNEL_UPDATE", `{"id":"22","guild_id":"4194304000000","type":2,"name":"` + user + `"}`},
			{"GUILD_ROLE_UPDATE", `{"guild_id":"4194304000000","role":{"id":"50","permissions":"` + user + `"}}`},
			{"GUILD_ROLE_DELETE", `{"guild_id":"4194304000000","role_id":"50"}`},
			{"GUILD_MEMBER_UPDATE", `{"guild_id":"4194304000000","user":{"id":"1000"},"roles":["` + user + `"]}`},
			{"GUILD_DELETE", `{"id":"4194304000000"}`},
			{"GUILD_CREATE", demoGuild},
		}).Draw(t, "event")
	})
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(event, 1, 30).Draw(t, "events")
		acked := rapid.IntRange(0, len(events)).Draw(t, "acked")
		taken := rapid.IntRange(acked, len(events)).Draw(t, "snapshot")
		first := demo(t)
		var said [][]music.Input
		var snapshot []store.GuildSnapshot
		save := func() {
			s, err := first.Unsaved()
			if err != nil {
				t.Fatal(err)
			}
			snapshot = s
		}
		save()
		for i, e := range events {
			in, err := first.Apply(e[0], e[1])
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, in)
			if i+1 == taken {
				save()
			}
		}
		second := discord.NewMemory(botID, botID)
		for _, s := range snapshot {
			if err := second.Load(s); err != nil {
				t.Fatal(err)
			}
		}
		for i := acked; i < len(events); i++ {
			in, err := second.Apply(events[i][0], events[i][1])
			if err != nil || !reflect.DeepEqual(in, said[i]) {
				t.Fatalf("the replay of %v said %+v, first it was %+v (%v)", events[i], in, said[i], err)
			}
		}
		a, b := all(t, first), all(t, second)
		if !slices.Equal(a, b) {
			t.Fatalf("the replay ended in %s, the first run in %s", b, a)
		}
	})
}

func all(t *rapid.T, m discord.Memory) []string {
	list, err := m.Everything()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func FuzzGatewayEvent(f *testing.F) {
	for _, kind := range []string{
		"READY", "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "CHANNEL_CREATE", "CHANNEL_DELETE",
		"GUILD_ROLE_CREATE", "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE", "VOICE_STATE_UPDATE", "VOICE_SERVER_UPDATE",
	} {
		for _, data := range []string{demoGuild, voiceEvent("7", ""), ready("s", "", "5"), `{"id":"4194304000000"}`, `null`, `[]`} {
			f.Add(kind, data)
		}
	}
	f.Fuzz(func(t *testing.T, kind, data string) {
		m := demo(t)
		in, err := m.Apply(kind, data)
		if err != nil && len(in) > 0 {
			t.Error("an event that cannot be read says something")
		}
		for _, i := range in {
			if i.Guild == "" || i.Body == nil {
				t.Errorf("%s says %+v", kind, i)
			}
		}
		snaps, err := m.Unsaved()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range snaps {
			if err := discord.NewMemory(botID, botID).Load(s); err != nil {
				t.Errorf("a snapshot of ours cannot be read: %v", err)
			}
		}
	})
}

func FuzzSnapshot(f *testing.F) {
	snaps, err := demo(f).Unsaved()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(snaps[0].Data))
	f.Add(`{"v":1,"id":"4194304000000","channels":{"21":null}}`)
	f.Add(`{"v":1,"id":"4194304000000"}`)
	f.Fuzz(func(t *testing.T, data string) {
		m := discord.NewMemory(botID, botID)
		if m.Load(store.GuildSnapshot{Guild: guildID, Data: []byte(data)}) != nil {
			return
		}
		for _, e := range [][2]string{
			{"VOICE_STATE_UPDATE", voiceEvent("7", "21")},
			{"CHANNEL_CREATE", `{"id":"23","guild_id":"4194304000000"}`},
			{"GUILD_ROLE_CREATE", `{"guild_id":"4194304000000","role":{"id":"5"}}`},
		} {
			if _, err := m.Apply(e[0], e[1]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Complete(press("7")); err != nil {
			t.Fatal(err)
		}
	})
}
