package gateway_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// sessions is how many gateway sessions the bot has: one more for each IDENTIFY.
func sessions(r *roletest.Rig) int { return r.World.View().Bots[0].Sessions }

func deferred(r *roletest.Rig) bool {
	log := r.World.Log()
	return len(log) > 0 && log[len(log)-1].Deferred
}

func TestAnswerOfAProcessThatIsGoneIsGivenByTheNext(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	g := r.StartGateway()
	roletest.Until(t, "the node is up", func() bool { return a.Nodes()[0].State == "up" })
	r.Join("ana")
	r.Nodes[0].SetLoadDelay(3 * time.Second)
	seen := r.Later(`/play query:"ocean"`)
	roletest.Until(t, "it is promised", func() bool { return deferred(r) })
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "the answer is owed", func() bool {
		owed, err := r.Store.Owed(t.Context(), "answer", time.Now(), 10)
		return err == nil && len(owed) == 1
	})
	r.StartGateway()
	if res := <-seen; res.State != "answered" || !res.Deferred || roletest.Text(t, res) == "" {
		t.Errorf("%+v", res)
	}
	nothingOwed(t, r)
	if n := sessions(r); n != 1 {
		t.Errorf("%d sessions: the second process identified", n)
	}
	clean(t, r)
}

func TestCommandThatWaitsWhileTheGatewayEndsIsPromised(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	g := r.StartGateway()
	roletest.Until(t, "the node is up", func() bool { return a.Nodes()[0].State == "up" })
	r.Join("ana")
	r.Nodes[0].SetLoadDelay(4 * time.Second)
	seen := r.Later(`/play query:"ocean"`)
	roletest.Until(t, "the command is durable", func() bool { p := a.Player(r); return p != nil && len(p.Queue) == 1 })
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	if !deferred(r) {
		t.Fatal("nobody can answer it any more: Discord drops what has no answer after 3 s")
	}
	r.StartGateway()
	if res := <-seen; res.State != "answered" {
		t.Errorf("%+v", res)
	}
	nothingOwed(t, r)
	clean(t, r)
}

func TestSameInteractionTwice(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	g := r.StartGateway()
	r.Join("ana")
	res := r.Send(`/play query:"ocean"`)
	again := func() {
		t.Helper()
		if err := r.World.Redeliver(res.InteractionID); err != nil {
			t.Fatal(err)
		}
	}
	again()
	r.Send(`/play query:"radio"`) // comes behind it
	nothingOwed(t, r)
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	g = r.StartGateway()
	before := a.Loop().Stats().Duplicates.Load()
	again()
	roletest.Until(t, "the partition has seen it again", func() bool { return a.Loop().Stats().Duplicates.Load() > before })
	if p := a.Player(r); p.Play == nil || len(p.Queue) > 1 {
		t.Errorf("it was carried out twice: %+v", p)
	}
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	if acked, done := g.Metrics.Told(); len(acked) > 0 || len(done) > 0 {
		t.Errorf("somebody waited for an answer that was given, and told %v %v", acked, done)
	}
	clean(t, r)
}

func TestResumeBringsWhatWasMissed(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	g := r.StartGateway()
	// Connected is said before what came with it was handled.
	roletest.Until(t, "the guild was handed over", func() bool { _, known := a.Loop().View(r.Guild); return known })
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	r.Join("ana")
	next := r.StartGateway()
	roletest.Until(t, "it sounds", func() bool {
		if p := a.Player(r); p == nil || p.Play == nil {
			r.Send(`/play query:"ocean"`)
		}
		return a.Sounds(r)
	})
	if n := sessions(r); n != 1 {
		t.Errorf("%d sessions: it did not resume", n)
	}
	opened := func(g *roletest.Gateway) (got [2]int64) {
		g.EachOpened(func(_ string, resumed, identified int64) { got = [2]int64{resumed, identified} })
		return got
	}
	if first, second := opened(g), opened(next); first != [2]int64{0, 1} || second != [2]int64{1, 0} {
		t.Errorf("resumed and identified: %v, then %v", first, second)
	}
	clean(t, r)
}

func TestLostShardIsLeftWithoutEndingItsSession(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	g := r.StartGateway(func(o *gateway.Options) { o.LeaseTTL = 600 * time.Millisecond })
	r.Store.Fail("RenewShard", fault.New(fault.Conflict, "test", "somebody else has it"))
	roletest.Until(t, "the connection is closed", func() bool { return r.World.View().Bots[0].Connected == 0 })
	r.Store.Fail("RenewShard", nil)
	roletest.Until(t, "it is there again", g.Connected)
	if n := sessions(r); n != 1 {
		t.Errorf("%d sessions: the first one was ended", n)
	}
	clean(t, r)
}

func TestRoleOutlivesADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	o := r.GatewayOptions()
	o.LeaseTTL = 300 * time.Millisecond
	role, err := gateway.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r.Store.Fail("Snapshots", fault.New(fault.Unavailable, "test", "the database is away"))
	running := r.Start(role.Run)
	roletest.Until(t, "it has tried", func() bool { return r.Store.Failed("Snapshots") > 1 })
	r.Store.Fail("Snapshots", nil)
	roletest.Until(t, "it is connected", role.Connected)
	if err := running.Stop(t); err != nil {
		t.Error(err)
	}
}

func TestTokenThatDiscordDoesNotTakeEndsTheRole(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	o := r.GatewayOptions()
	o.Tokens = []string{r.Token + "x"}
	role, err := gateway.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(role.Run).Wait(t); fault.CodeOf(err) != fault.Unauthenticated {
		t.Errorf("got %v", err)
	}
}
