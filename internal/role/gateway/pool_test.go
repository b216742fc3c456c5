package gateway_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// commandsOf are the bots that have commands in the guild, by how many.
func commandsOf(t *testing.T, r *roletest.Rig) map[string]int {
	t.Helper()
	all, err := r.World.Commands("demo")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, c := range all {
		out[c.ApplicationID]++
	}
	return out
}

func TestOnlyTheFrontBotHasCommands(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Pool: true})
	// The second bot was the front bot before.
	g := r.StartGateway(func(o *gateway.Options) { o.Tokens = r.Tokens[1:2] })
	if n := commandsOf(t, r)[string(r.Bots[1])]; n < 20 {
		t.Fatalf("%d commands", n)
	}
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	r.StartGateway()
	roletest.Until(t, "the others have none", func() bool {
		n := commandsOf(t, r)
		return len(n) == 1 && n[string(r.Bots[0])] > 20
	})
	clean(t, r)
}

func TestBotsAreListedWithInvitations(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1, Pool: true})
	a, _ := start(t, r)
	roletest.Until(t, "the pool is known", func() bool {
		v, ok := a.Loop().View(r.Guild)
		return ok && len(v.Pool(nil).Bots) == 3
	})
	res := r.Send("/bots")
	if res.State != "answered" {
		t.Fatalf("%+v", res)
	}
	shows := asJSON(t, res.Reply)
	for i, b := range r.Bots[:3] {
		if !strings.Contains(shows, string(b)) {
			t.Errorf("bot %d is not listed: %s", i+1, shows)
		}
	}
	_, link, found := strings.Cut(shows, `"url":"https://discord.com/`)
	link, _, _ = strings.Cut(link, `"`)
	u, err := url.Parse(strings.ReplaceAll(link, `\u0026`, "&"))
	if !found || err != nil {
		t.Fatalf("no invitation: %s", shows)
	}
	q := u.Query()
	// View channels, connect, speak, request to speak: and nothing else.
	if q.Get("client_id") != string(r.Bots[3]) || q.Get("scope") != "bot" || q.Get("permissions") != "4298114048" {
		t.Errorf("the invitation: %s", u)
	}
	clean(t, r)
}

func TestAnInvitationThatIsConfiguredStandsAsItIs(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Pool: true})
	const page = "https://music.example/invite?bot=4"
	g := r.StartGateway(func(o *gateway.Options) { o.Invites = map[music.BotID]string{r.Bots[3]: page, r.Bots[0]: ""} })
	bots := g.Bots()
	if len(bots) != 4 || bots[3].Invite != page {
		t.Fatalf("the bots are %+v", bots)
	}
	for i, b := range bots[:3] {
		u, err := url.Parse(b.Invite)
		if err != nil || u.Host != "discord.com" || u.Query().Get("client_id") != b.ID || (u.Query().Get("scope") == "bot") != (i > 0) {
			t.Errorf("bot %d is invited at %s", i, b.Invite)
		}
	}
	clean(t, r)
}

func TestGuildsWithoutTheFrontBotAreNamed(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Pool: true})
	// The fourth bot is in no guild, so nobody can give commands in that of the second.
	o := r.GatewayOptions()
	o.Tokens = []string{r.Tokens[3], r.Tokens[1]}
	role, err := gateway.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	running := r.Start(role.Run)
	var all []view.Frontless
	roletest.Until(t, "the guild is named", func() bool {
		all = role.Frontless()
		return len(all) == 1
	})
	if f := all[0]; f.ID != string(r.Guild) || f.Name != "demo" || !strings.Contains(f.Invite, "client_id="+string(r.Bots[3])) {
		t.Errorf("it is %+v", f)
	}
	if err := running.Stop(t); err != nil {
		t.Fatal(err)
	}
	g := r.StartGateway()
	roletest.Until(t, "the guilds are known", func() bool { return g.Bots()[0].Guilds == 2 && g.Bots()[1].Guilds == 1 })
	if all := g.Frontless(); len(all) != 0 {
		t.Errorf("with the front bot there, named are %+v", all)
	}
	clean(t, r)
}

func TestAnotherBotOfThePoolPlaysForTheFrontBot(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1, Pool: true})
	pro, err := plan.Of(plan.Pro)
	if err != nil {
		t.Fatal(err)
	}
	a := r.StartAudio(func(o *audio.Options) { o.Entitlements = pro })
	r.StartGateway(func(o *gateway.Options) { o.Entitlements = pro })
	roletest.Until(t, "the node is up", func() bool { return a.Nodes()[0].State == "up" })
	r.Join("ana")
	r.Send(`/play query:"ocean"`)
	roletest.Until(t, "the first bot plays", func() bool { return a.Sounds(r) })
	if err := r.World.JoinVoice("demo", "bruno", "quiet"); err != nil {
		t.Fatal(err)
	}
	res := r.SendAs("bruno", `/play query:"rain"`, untilAnswered)
	if res.State != "answered" {
		t.Fatalf("%+v", res)
	}
	other := func() *music.Player {
		v, ok := a.Loop().View(r.Guild)
		if !ok {
			return nil
		}
		return v.Player(r.Bots[1])
	}
	roletest.Until(t, "the second bot plays", func() bool {
		p := other()
		return p != nil && p.Voice.Channel == r.Quiet && p.Play != nil && p.Play.Phase == music.PhaseSounding
	})
	roletest.Until(t, "each player has a panel", func() bool { return len(posted(t, r)) == 2 })
	for _, m := range posted(t, r) {
		if author, _ := m["author"].(map[string]any); author["id"] != string(r.Bots[0]) {
			t.Errorf("a panel is not of the front bot: %v", m["author"])
		}
	}
	clean(t, r)
}

func TestWorkerThatIsRefusedEndsNothingElse(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Pool: true})
	broken := r.Tokens[1] + "x"
	g := r.StartGateway(func(o *gateway.Options) { o.Tokens = []string{r.Tokens[0], broken, r.Tokens[2]} })
	roletest.Until(t, "it is said", func() bool {
		bots := g.Bots()
		return bots[1].State == "refused" && bots[1].Detail != "" && bots[0].State == "ready" && bots[2].State == "ready"
	})
	if strings.Contains(asJSON(t, g.Bots()), broken) {
		t.Error("the token is shown")
	}
	if res := r.Send("/help"); res.State != "answered" {
		t.Errorf("%+v", res)
	}
}
