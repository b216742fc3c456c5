package gateway_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/roletest"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// untilAnswered is how long an answer is waited for.
const untilAnswered = time.Minute

func TestLanguageOfTheGuild(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	start(t, r)
	english := roletest.Text(t, r.SendAs("carla", "/pause", untilAnswered)) // refused early: she is not in voice
	roletest.Until(t, "the panel says in English that it plays", func() bool {
		_, shows := panel(t, r)
		return strings.Contains(shows, "Now playing")
	})
	if res := r.Send("/settings language language:es"); res.State != "answered" || strings.Contains(roletest.Text(t, res), "⛔") {
		t.Fatalf("%+v", res)
	}
	roletest.Until(t, "the panel is in Spanish", func() bool {
		_, now := panel(t, r)
		return strings.Contains(now, "onando") || strings.Contains(now, "Ahora")
	})
	roletest.Until(t, "refusals are in Spanish", func() bool {
		now := roletest.Text(t, r.SendAs("carla", "/pause", untilAnswered))
		return now != "" && now != english
	})
	clean(t, r)
}

func TestRuleRefusesWhereTheCommandIsBorn(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, _ := start(t, r)
	if res := r.Send(`/settings channel channel:general who:nobody`); res.State != "answered" {
		t.Fatalf("%+v", res)
	}
	if err := r.World.JoinVoice("demo", "bruno", "music"); err != nil {
		t.Fatal(err)
	}
	var res simdiscord.Result
	roletest.Until(t, "nobody may use the channel", func() bool {
		res = r.SendAs("bruno", `/search query:"ocean"`, untilAnswered)
		return res.State == "answered" && !res.Deferred && len(roletest.Components(res.Reply)) == 0
	})
	before := a.Loop().Stats().Commits.Load()
	if res = r.SendAs("bruno", "/search query:rain", untilAnswered); roletest.Text(t, res) == "" {
		t.Errorf("%+v", res)
	}
	if n := a.Loop().Stats().Commits.Load() - before; n > 5 {
		t.Errorf("%d commits", n)
	}
	clean(t, r)
}

func TestRuleRefusesInTheThreadsOfItsChannel(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	start(t, r)
	if _, err := r.World.CreateThread("demo", "general", "ana", "about ocean"); err != nil {
		t.Fatal(err)
	}
	if res := r.Send(`/settings channel channel:general who:nobody`); res.State != "answered" {
		t.Fatalf("%+v", res)
	}
	asks := func() simdiscord.Result {
		ctx, cancel := context.WithTimeout(t.Context(), untilAnswered)
		defer cancel()
		res, err := r.World.Send(ctx, simdiscord.SlashCommand{Guild: "demo", Channel: "about ocean", User: "bruno", Name: "queue"})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	roletest.Until(t, "nobody may use the thread", func() bool {
		res := asks()
		return res.State == "answered" && strings.Contains(roletest.Text(t, res), "<#"+string(r.Text)+">")
	})
	clean(t, r)
}

func TestSettingsThatCannotBeReadRefuseNothing(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.StartAudio()
	r.Store.Fail("Settings", fault.New(fault.Unavailable, "test", "the database is away"))
	r.StartGateway()
	r.Join("ana")
	if res := r.Send("/join"); res.State != "answered" || res.Deferred {
		t.Errorf("%+v", res)
	}
	if res := r.SendAs("bruno", "/join", untilAnswered); res.State != "answered" || roletest.Text(t, res) == "" {
		t.Errorf("%+v", res)
	}
	clean(t, r)
}
