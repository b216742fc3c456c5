package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// posted are the messages that the bot posted by itself, not as answers.
func posted(t *testing.T, r *roletest.Rig) []map[string]any {
	t.Helper()
	all, err := r.World.Messages("demo", "general", 50)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for _, m := range all {
		if m.Message["interaction_metadata"] == nil && m.Message["interaction"] == nil {
			out = append(out, m.Message)
		}
	}
	return out
}

// panel waits for exactly one panel, and returns its id and what it shows.
func panel(t *testing.T, r *roletest.Rig) (id, shows string) {
	t.Helper()
	roletest.Until(t, "there is one panel", func() bool { return len(posted(t, r)) == 1 })
	m := posted(t, r)[0]
	return fmt.Sprint(m["id"]), fmt.Sprint(m["content"], m["embeds"])
}

// rest calls the simulated Discord as the bot does.
func rest(t *testing.T, r *roletest.Rig, method, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.URL+"/api/v10"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+r.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 300 {
		raw, _ := io.ReadAll(res.Body)
		t.Fatalf("%s %s: %s", method, path, bytes.TrimSpace(raw))
	}
	http.DefaultClient.CloseIdleConnections()
}

// edits counts edits of messages in channels on their way to Discord.
func edits(t *testing.T, r *roletest.Rig) (*atomic.Int64, func(*gateway.Options)) {
	var n atomic.Int64
	world := r.World.Handler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPatch && strings.Contains(req.URL.Path, "/channels/") {
			n.Add(1)
		}
		world.ServeHTTP(w, req)
	}))
	t.Cleanup(srv.Close)
	return &n, func(o *gateway.Options) { o.RESTURL = srv.URL + "/api/v10" }
}

func start(t *testing.T, r *roletest.Rig, change ...func(*gateway.Options)) (*roletest.Audio, *roletest.Gateway) {
	t.Helper()
	a := r.StartAudio()
	g := r.StartGateway(change...)
	roletest.Until(t, "the node is up", func() bool { return a.Nodes()[0].State == "up" })
	r.Join("ana")
	r.Send(`/play query:"ocean"`)
	roletest.Until(t, "it sounds", func() bool { return a.Sounds(r) })
	return a, g
}

func TestPanelFollowsThePlayer(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	n, counted := edits(t, r)
	start(t, r, counted)
	id, shows := panel(t, r)
	r.Send("/pause")
	roletest.Until(t, "the pause is shown", func() bool { _, now := panel(t, r); return now != shows })
	before := n.Load()
	from := time.Now()
	for v := range 10 {
		r.Send(fmt.Sprintf("/volume percent:%d", 10+v))
	}
	_, shows = panel(t, r)
	roletest.Until(t, "it is calm", func() bool { _, now := panel(t, r); same := now == shows; shows = now; return same })
	if got, most := n.Load()-before, int64(time.Since(from)/time.Second)+2; got > most {
		t.Errorf("%d edits, at most %d at one a second", got, most)
	}
	if now, _ := panel(t, r); now != id {
		t.Error("another message took its place")
	}
	clean(t, r)
}

func TestPanelThatWasDeletedIsPostedAgain(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	start(t, r)
	id, _ := panel(t, r)
	rest(t, r, http.MethodDelete, "/channels/"+string(r.Text)+"/messages/"+id, "")
	r.Send("/pause")
	roletest.Until(t, "there is a new panel", func() bool {
		all := posted(t, r)
		return len(all) == 1 && fmt.Sprint(all[0]["id"]) != id
	})
}

func TestPanelIsAdoptedAfterARestart(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	_, g := start(t, r)
	id, _ := panel(t, r)
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	g = r.StartGateway()
	r.Send("/pause")
	paused := func() bool { _, now := panel(t, r); return strings.Contains(now, "Paused") }
	roletest.Until(t, "the pause is shown", paused)
	if now, _ := panel(t, r); now != id {
		t.Error("another message took its place")
	}
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	// What changed while nobody looked is shown by the next one.
	stopped := music.Command{Actor: music.Actor{User: "1", Voice: r.Music}, Do: music.Resume{}}
	r.Deliver(music.Input{ID: "resume-1", Guild: r.Guild, Body: stopped})
	r.StartGateway()
	roletest.Until(t, "it is shown", func() bool { return !paused() })
	clean(t, r)
}

func TestNoticeIsPostedOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		away bool
	}{{"told", false}, {"swept", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{})
			a := r.StartAudio(func(o *audio.Options) { o.Settings.Empty = 700 * time.Millisecond })
			g := r.StartGateway()
			r.Join("ana")
			r.Send("/join")
			roletest.Until(t, "the bot is in voice", func() bool { p := a.Player(r); return p != nil && p.Voice.Channel == r.Music })
			if err := r.World.LeaveVoice("demo", "ana"); err != nil {
				t.Fatal(err)
			}
			roletest.Until(t, "the empty channel was noticed", func() bool { p := a.Player(r); return p.Voice.Want == "" || !p.EmptyAt.IsZero() })
			if c.away {
				if err := g.Stop(t); err != nil {
					t.Fatal(err)
				}
				roletest.Until(t, "a notice is owed", func() bool {
					owed, err := r.Store.Owed(t.Context(), "notice", time.Now(), 10)
					return err == nil && len(owed) == 1
				})
				g = r.StartGateway()
			}
			roletest.Until(t, "it says why it left", func() bool { return len(posted(t, r)) == 1 })
			nothingOwed(t, r)
			if err := g.Stop(t); err != nil {
				t.Fatal(err)
			}
			if n := len(posted(t, r)); n != 1 {
				t.Errorf("%d notices", n)
			}
			clean(t, r)
		})
	}
}

func TestComponentOfAnotherVersionIsAnsweredKindly(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.StartGateway()
	rest(t, r, http.MethodPost, "/channels/"+string(r.Text)+"/messages",
		`{"content":"old","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Skip","custom_id":"skip"}]}]}`)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	res, err := r.World.Click(ctx, simdiscord.Click{Guild: "demo", User: "ana", CustomID: "skip"})
	if err != nil || res.State != "answered" || roletest.Text(t, res) == "" {
		t.Errorf("%+v %v", res, err)
	}
	clean(t, r)
}

func TestVoiceWishOfAnOlderEpochIsRefused(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.StartGateway()
	wish := func(ch music.ChannelID, epoch int64) {
		t.Helper()
		w := topic.VoiceWish{Guild: r.Guild, Bot: r.Bot, Channel: ch, Epoch: epoch}
		if err := topic.Tell(t.Context(), r.Bus, topic.Voice, string(r.Guild), w); err != nil {
			t.Fatal(err)
		}
	}
	at := func() string { return r.World.View().Bots[0].Voice["demo"] }
	wish(r.Music, 7)
	roletest.Until(t, "the bot is in voice", func() bool { return at() == "music" })
	wish(r.Quiet, 6)
	wish(r.Music, 7)
	wish(r.Quiet, 8)
	roletest.Until(t, "the newest epoch counts", func() bool { return at() == "quiet" })
	wish(r.Music, 7)
	if res := r.Send("/help"); res.State != "answered" { // comes behind the wish
		t.Fatalf("%+v", res)
	}
	if at() != "quiet" {
		t.Errorf("an older owner moved the bot to %s", at())
	}
	clean(t, r)
}
