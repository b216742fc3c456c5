package gateway_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// clean fails the test for anything that Discord had to refuse.
func clean(t *testing.T, r *roletest.Rig) {
	t.Helper()
	for _, v := range r.World.Violations() {
		t.Errorf("Discord refused: %+v", v)
	}
}

// nothingOwed waits until every answer and notice is marked as given.
func nothingOwed(t *testing.T, r *roletest.Rig) {
	t.Helper()
	roletest.Until(t, "nothing is owed", func() bool {
		for _, kind := range []string{partition.KindAnswer, partition.KindNotice} {
			owed, err := r.Store.Owed(t.Context(), kind, time.Now(), 10)
			if err != nil || len(owed) > 0 {
				return false
			}
		}
		return true
	})
}

func TestAnswerThatComesSoonIsDirect(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	r.StartAudio()
	g := r.StartGateway()
	r.Join("ana")
	r.SendUntil(`/play query:"ocean"`, func(res simdiscord.Result) bool {
		return res.State == "answered" && !res.Deferred && res.AnsweredMS <= 1400
	})
	nothingOwed(t, r)
	acked, done := g.Metrics.Told()
	if len(acked) == 0 || acked[len(acked)-1] != "direct" || len(done) == 0 || done[len(done)-1] != "play done" {
		t.Errorf("told: %v %v", acked, done)
	}
	clean(t, r)
}

func TestSlowAnswerIsPromisedAndEditedIn(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	g := r.StartGateway()
	roletest.Until(t, "the node is up", func() bool { return a.Nodes()[0].State == "up" })
	r.Join("ana")
	r.Nodes[0].SetLoadDelay(2500 * time.Millisecond)
	res := r.Send(`/play query:"ocean"`)
	if res.State != "answered" || !res.Deferred || res.AckedMS < 1400 || res.AnsweredMS < 2500 {
		t.Errorf("%+v", res)
	}
	nothingOwed(t, r)
	if acked, _ := g.Metrics.Told(); !slices.Equal(acked, []string{"deferred"}) {
		t.Errorf("told: %v", acked)
	}
	clean(t, r)
}

func TestCommandThatIsNotDurableIsRefusedAndExpires(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		ahead time.Duration
		least int64
	}{{"in time", 0, 2300}, {"late", time.Second, 1300}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{})
			a := r.StartAudio(func(o *audio.Options) { o.Clock = ahead{o.Clock, c.ahead} })
			g := r.StartGateway(func(o *gateway.Options) { o.Clock = ahead{o.Clock, c.ahead} })
			r.Join("ana")
			r.Store.Fail("Commit", fault.New(fault.Unavailable, "test", "the database is away"))
			tries := 0
			r.SendUntil("/join", func(res simdiscord.Result) bool {
				if tries++; res.Deferred || res.AckedMS >= 0 && res.AckedMS < c.least {
					t.Errorf("%+v", res)
				}
				return res.State == "answered" && res.AckedMS <= c.least+900
			})
			// Who was refused must not see it happen a moment later.
			r.Store.Fail("Commit", nil)
			roletest.Until(t, "the command has expired", func() bool { return a.Loop().Stats().Expired.Load() == int64(tries) })
			if p := a.Player(r); p != nil && p.Voice.Want != "" {
				t.Errorf("it was carried out: %+v", p)
			}
			// What was answered is told behind the answer.
			roletest.Until(t, "it is told", func() bool {
				acked, done := g.Metrics.Told()
				return len(acked) > 0 && len(done) == tries && !slices.ContainsFunc(acked, func(s string) bool { return s != "direct" }) &&
					!slices.ContainsFunc(done, func(s string) bool { return s != "join failed" })
			})
			clean(t, r)
		})
	}
}

// ahead is a clock that differs from Discord's.
type ahead struct {
	clockwork.Clock

	by time.Duration
}

func (c ahead) Now() time.Time                  { return c.Clock.Now().Add(c.by) }
func (c ahead) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

func TestRefusalIsReplacedWhereTheCommitCameAfterAll(t *testing.T) {
	t.Parallel()
	// On a busy machine the refusal may miss its moment, which is 0.6 s long.
	for range 3 {
		if refusalReplaced(t) {
			return
		}
	}
	t.Error("it was never refused in time")
}

// refusalReplaced is false where the command was not refused in time.
func refusalReplaced(t *testing.T) bool {
	t.Helper()
	r := roletest.New(t, roletest.Options{})
	a := r.StartAudio()
	r.StartGateway()
	r.Join("ana")
	// A commit that is held back must be the command's own: behind another one it expires.
	last, calm := int64(-1), time.Now()
	roletest.Until(t, "nothing is being written", func() bool {
		if n := a.Loop().Stats().Commits.Load(); n != last {
			last, calm = n, time.Now()
		}
		return time.Since(calm) > 600*time.Millisecond
	})
	release := r.Store.Hold()
	defer release()
	res := r.Send("/join")
	if res.State == "failed" {
		return false
	}
	if res.State != "answered" || res.Deferred {
		t.Fatalf("%+v", res)
	}
	refused := roletest.Text(t, res)
	release()
	roletest.Until(t, "it was carried out", func() bool { p := a.Player(r); return p != nil && p.Voice.Channel == r.Music })
	roletest.Until(t, "the answer says so", func() bool {
		msgs, err := r.World.Messages("demo", "general", 10)
		return err == nil && len(msgs) == 1 && msgs[0].Message["content"] != refused
	})
	nothingOwed(t, r)
	clean(t, r)
	return true
}

func TestOldInteractionsAreIgnored(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.StartAudio()
	r.StartGateway(func(o *gateway.Options) { o.Clock = ahead{o.Clock, 16 * time.Minute} })
	r.Join("ana")
	if res := r.Send("/help"); res.State != "failed" || res.Reply != nil {
		t.Errorf("%+v", res)
	}
	clean(t, r)
}

func TestHelpNeedsNoGuild(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.StartGateway() // and nobody who owns a partition
	if res := r.Send("/help"); res.State != "answered" || res.Deferred {
		t.Errorf("%+v", res)
	}
	clean(t, r)
}
