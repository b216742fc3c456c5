package discord_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/sim/faults"
)

type args = map[string]string

// breaks sets a fault that must be possible.
func (f *fixture) breaks(name string, a args) {
	f.t.Helper()
	if err := f.w.SetFault(name, a); err != nil {
		f.t.Fatalf("%s %v: %v", name, a, err)
	}
}

func (f *fixture) mends(name string, a args) {
	f.t.Helper()
	if err := f.w.ClearFault(name, a); err != nil {
		f.t.Fatalf("%s %v: %v", name, a, err)
	}
}

// active lists how a fault is set.
func (f *fixture) active(name string) []map[string]string {
	f.t.Helper()
	for _, ft := range f.w.Faults() {
		if ft.Name == name {
			return ft.Active
		}
	}
	f.t.Fatalf("no fault %s", name)
	return nil
}

func TestFaultList(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	want := strings.Fields(`gateway.close gateway.cut gateway.cut_after_resumed gateway.cut_before_resumed gateway.invalid_session
		gateway.reconnect gateway.silent rest.error rest.late_reply rest.rate_limit rest.slow
		voice.bot_added voice.channel_deleted voice.deny_connect voice.deny_speak voice.endpoint_null voice.guild_removed
		voice.guild_unavailable voice.kick voice.move voice.server_move voice.stage voice.suppress voice.user_limit`)
	var set faults.Set = f.w
	var got []string
	for _, ft := range set.Faults() {
		got = append(got, ft.Name)
		if !strings.HasPrefix(ft.Name, ft.Area+".") || ft.Summary == "" || len(ft.Active) > 0 {
			t.Errorf("%+v", ft)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got %v", got)
	}
}

func TestFaultsRefuse(t *testing.T) {
	t.Parallel()
	seed := discord.Demo()
	seed.Bots = append(seed.Bots, discord.BotSeed{Name: "second"})
	f := start(t, discord.Options{Seed: &seed})
	for name, tc := range map[string]struct {
		fault string
		args  args
		code  fault.Code
	}{
		"unknown name":          {"gateway.explode", nil, fault.NotFound},
		"unknown argument":      {"gateway.cut", args{"guild": "demo"}, fault.Invalid},
		"unknown bot":           {"gateway.cut", args{"bot": "third"}, fault.NotFound},
		"unknown guild":         {"voice.guild_unavailable", args{"guild": "x"}, fault.NotFound},
		"unknown channel":       {"voice.user_limit", args{"channel": "x"}, fault.NotFound},
		"no channel":            {"voice.user_limit", nil, fault.Invalid},
		"a limit too high":      {"voice.user_limit", args{"channel": "music", "limit": "100"}, fault.Invalid},
		"a limit of a text":     {"voice.user_limit", args{"channel": "music", "limit": "few"}, fault.Invalid},
		"a code that is none":   {"gateway.close", args{"code": "4006"}, fault.Invalid},
		"no code":               {"gateway.close", nil, fault.Invalid},
		"another form":          {"rest.rate_limit", args{"form": "odd"}, fault.Invalid},
		"retry_after of zero":   {"rest.rate_limit", args{"retry_after": "0"}, fault.Invalid},
		"retry_after of NaN":    {"rest.rate_limit", args{"retry_after": "NaN"}, fault.Invalid},
		"a delay without unit":  {"rest.slow", args{"delay": "5"}, fault.Invalid},
		"a delay of a day":      {"rest.slow", args{"delay": "24h"}, fault.Invalid},
		"a negative count":      {"rest.error", args{"count": "-1"}, fault.Invalid},
		"a status of a client":  {"rest.error", args{"status": "404"}, fault.Invalid},
		"which bot?":            {"voice.kick", nil, fault.Invalid},
		"a bot not in voice":    {"voice.kick", args{"bot": "atril"}, fault.Invalid},
		"a bot without a stage": {"voice.suppress", args{"bot": "atril"}, fault.Invalid},
		"a bot that is there":   {"voice.bot_added", args{"bot": "atril"}, fault.Conflict},
		"a stage of that name":  {"voice.stage", args{"name": "music"}, fault.Conflict},
		"a person is no bot":    {"voice.guild_removed", args{"bot": "ana"}, fault.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if err := f.w.SetFault(tc.fault, tc.args); fault.CodeOf(err) != tc.code {
				t.Fatalf("got %v, want %s", err, tc.code)
			}
		})
	}
	if err := f.w.ClearFault("gateway.explode", nil); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := f.w.ClearFault("rest.slow", args{"node": "x"}); fault.CodeOf(err) != fault.Invalid {
		t.Error(err)
	}
	for _, ft := range f.w.Faults() {
		if len(ft.Active) > 0 {
			t.Errorf("what was refused is set: %+v", ft)
		}
	}
}

// What was broken in any order is whole again once everything was mended, and
// the world is as it was: its channels, their rules, and who is in the guilds.
func TestMendingRestoresTheWorld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		seed := discord.Demo()
		seed.Bots = append(seed.Bots, discord.BotSeed{Name: "second"})
		w := discord.New(discord.Options{Seed: &seed})
		defer func() { _ = w.Close() }()
		before := w.View()
		all := w.Faults()
		for range rapid.IntRange(1, 12).Draw(rt, "faults") {
			ft := rapid.SampledFrom(all).Draw(rt, "fault")
			a := args{}
			for _, arg := range ft.Args {
				var v string
				switch arg.Name {
				case "guild":
					v = rapid.SampledFrom([]string{"", "demo", "empty"}).Draw(rt, "guild")
				case "channel":
					v = rapid.SampledFrom([]string{"", "music", "quiet", "general"}).Draw(rt, "channel")
				case "bot":
					v = rapid.SampledFrom([]string{"", "atril", "second"}).Draw(rt, "bot")
				case "limit":
					v = rapid.SampledFrom([]string{"", "1", "99"}).Draw(rt, "limit")
				case "code":
					v = rapid.SampledFrom(arg.Values).Draw(rt, "code")
				}
				if v != "" {
					a[arg.Name] = v
				}
			}
			_ = w.SetFault(ft.Name, a) // many do not fit the world as it is then
		}
		// A guild with an outage, or without a channel, holds others up: they can be
		// mended once it is back.
		for range 2 {
			for _, ft := range all {
				if err := w.ClearFault(ft.Name, nil); err != nil && fault.CodeOf(err) != fault.Unavailable {
					rt.Fatalf("%s: %v", ft.Name, err)
				}
			}
		}
		for _, ft := range w.Faults() {
			if len(ft.Active) > 0 {
				rt.Fatalf("%s is still set: %v", ft.Name, ft.Active)
			}
		}
		after := w.View()
		for i, g := range before.Guilds {
			now := after.Guilds[i]
			slices.Sort(g.Members)
			slices.Sort(now.Members)
			if !slices.Equal(g.Members, now.Members) || len(g.Channels) != len(now.Channels) {
				rt.Fatalf("%s was %+v and is %+v", g.Name, g, now)
			}
			for j, c := range g.Channels {
				n := now.Channels[j]
				if c.ID != n.ID || c.UserLimit != n.UserLimit || len(c.Overwrites) != len(n.Overwrites) {
					rt.Fatalf("%+v is %+v", c, n)
				}
			}
		}
	})
}

// Whatever a fault is told, the World answers with a reason or does it, and goes on.
func FuzzFaultArguments(f *testing.F) {
	w := discord.New(discord.Options{})
	f.Cleanup(func() { _ = w.Close() })
	for _, s := range [][3]string{
		{"voice.user_limit", "channel", "music"},
		{"rest.rate_limit", "retry_after", "1e308"},
		{"rest.slow", "delay", "-1ns"},
		{"gateway.close", "code", "4000"},
		{"voice.stage", "name", "\x00"},
		{"rest.error", "count", "99999999999999999999"},
		{"", "", ""},
	} {
		f.Add(s[0], s[1], s[2])
	}
	known := []fault.Code{"", fault.Invalid, fault.NotFound, fault.Conflict, fault.Denied, fault.Unavailable}
	f.Fuzz(func(t *testing.T, name, key, value string) {
		err := w.SetFault(name, args{key: value})
		if err != nil && !slices.Contains(known, fault.CodeOf(err)) {
			t.Fatalf("%s %s=%q: %v", name, key, value, err)
		}
		if err := w.ClearFault(name, nil); err != nil && fault.CodeOf(err) != fault.NotFound {
			t.Fatalf("mending %s: %v", name, err)
		}
		for _, ft := range w.Faults() {
			if len(ft.Active) > 0 {
				t.Fatalf("%s is still set after it was mended: %v", ft.Name, ft.Active)
			}
		}
	})
}

func TestFaultsAreTold(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	told := make(chan struct{}, 16)
	f.w.OnFaults(func() { told <- struct{}{} })
	f.breaks("rest.error", nil)
	<-told
	if a := f.active("rest.error"); len(a) != 1 || a[0]["count"] != "1" || a[0]["status"] != "502" {
		t.Fatalf("%v", a)
	}
	f.callRaw("GET", "/gateway") // uses it up
	<-told
	if a := f.active("rest.error"); len(a) != 0 {
		t.Fatalf("%v", a)
	}
	f.mends("rest.error", nil)
	<-told
}
