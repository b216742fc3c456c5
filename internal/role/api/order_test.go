package api_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/fleet"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

func TestSettingsAreChangedByTheGuild(t *testing.T) { modes(t, testSettingsAreChangedByTheGuild) }

func testSettingsAreChangedByTheGuild(t *testing.T, m mode) {
	r := roletest.New(t, roletest.Options{})
	ids := fill(t, r, "one", "two")
	b := m.backend(r, r.StartAudio())
	volume, idle, lang := 55, int64(90_000), "es"
	rule := view.ChannelRule{Channel: "77", Use: "roles", Roles: []string{"5", "6"}}
	got, err := b.ChangeSettings(t.Context(), "operator:ana", "one", view.SettingsPatch{Volume: &volume, IdleMS: &idle, Language: &lang, Rule: &rule})
	if err != nil {
		t.Fatal(err)
	}
	if got.Guild != string(ids[0]) || got.Volume != 55 || got.IdleMS != 90_000 || got.Language != "es" || got.Elsewhere != "everyone" ||
		len(got.Rules) != 1 || got.Rules[0].Channel != "77" || strings.Join(got.Rules[0].Roles, ",") != "5,6" {
		t.Errorf("%+v", got)
	}
	// It is stored, the answer is settled, and the journal says who did it.
	if s, err := b.Settings(t.Context(), string(ids[0])); err != nil || s.Volume != 55 {
		t.Errorf("%+v %v", s, err)
	}
	owed, err := r.Store.Owed(t.Context(), partition.KindAnswer, time.Now().Add(time.Minute), 10)
	if err != nil || len(owed) != 0 {
		t.Errorf("answers are still owed: %v %v", owed, err)
	}
	page, err := b.Events(t.Context(), httpapi.EventFilter{Types: []string{"music.settings.changed"}, Limit: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].Guild != string(ids[0]) || !strings.Contains(string(page.Items[0].Data), `"by":"operator:ana"`) {
		t.Errorf("%+v %v", page.Items, err)
	}
	// The other guild has what it had.
	if s, err := b.Settings(t.Context(), "two"); err != nil || s.Volume != 100 || s.Language != "" || len(s.Rules) != 0 {
		t.Errorf("%+v %v", s, err)
	}
	rule.Use, rule.Roles = "default", nil
	if got, err = b.ChangeSettings(t.Context(), "x", "one", view.SettingsPatch{Rule: &rule}); err != nil || len(got.Rules) != 0 || got.Volume != 55 {
		t.Errorf("%+v %v", got, err)
	}
	if got, err = b.ChangeSettings(t.Context(), "x", "one", view.SettingsPatch{Reset: true}); err != nil || got.Volume != 100 || got.Language != "" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	fill(t, r, "one")
	b := backend(r, r.StartAudio())
	loud, never, short, long := 151, -1, int64(1), int64(1<<40)
	klingon, odd, spaced := "tlh", "sometimes", "a b"
	for name, c := range map[string]struct {
		patch view.SettingsPatch
		says  string
	}{
		"a volume that a plan lifts": {view.SettingsPatch{Volume: &loud}, "the plan pro raises this limit"},
		"a volume below 0":           {view.SettingsPatch{Volume: &never}, "volume has to be from 0 to 150"},
		"a short time":               {view.SettingsPatch{IdleMS: &short}, "idle has to be from 10s to 24h"},
		"a long time":                {view.SettingsPatch{EmptyMS: &long}, "empty has to be from 10s to 24h"},
		"a language":                 {view.SettingsPatch{Language: &klingon}, "language has to be one of [en es]"},
		"elsewhere":                  {view.SettingsPatch{Elsewhere: &odd}, "elsewhere has to be everyone or nobody"},
		"a channel":                  {view.SettingsPatch{Announce: &spaced}, "name a text channel by its id"},
		"roles without roles":        {view.SettingsPatch{Rule: &view.ChannelRule{Channel: "7", Use: "roles"}}, "1 to 25 ids of roles"},
	} {
		_, err := b.ChangeSettings(t.Context(), "x", "one", c.patch)
		code(t, err, fault.Invalid, c.says)
		if message, _ := fault.Show(err); !strings.Contains(message, "setting_invalid") {
			t.Errorf("%s: the reason is not named: %s", name, message)
		}
	}
	_, err := b.ChangeSettings(t.Context(), "x", "nowhere", view.SettingsPatch{Reset: true})
	code(t, err, fault.NotFound, "platformctl guilds list")
}

func TestPlayersAreOrdered(t *testing.T) { modes(t, testPlayersAreOrdered) }

func testPlayersAreOrdered(t *testing.T, m mode) {
	r := roletest.New(t, roletest.Options{})
	ids := fill(t, r, "one", "two")
	b := m.backend(r, r.StartAudio())
	_, err := b.Act(t.Context(), "x", "one", "main", "dance")
	code(t, err, fault.Invalid, "pause, resume, skip, stop or leave")
	_, err = b.Act(t.Context(), "x", "one", "nobody", "pause")
	code(t, err, fault.NotFound, "no player")
	got, err := b.Act(t.Context(), "operator:ana", "one", "main", "leave")
	if err != nil || got.Outcome != "left" || got.Guild != string(ids[0]) || got.Bot != string(r.Bot) {
		t.Fatalf("%+v %v", got, err)
	}
	for _, action := range []string{"pause", "skip", "leave"} {
		_, err = b.Act(t.Context(), "operator:ana", "one", "main", action)
		code(t, err, fault.Conflict, "(not_connected)")
	}
	// The other guild and the other bot are where they were.
	for guild, bot := range map[string]string{"one": "other", "two": "main"} {
		if p, err := b.Player(t.Context(), guild, bot); err != nil || p.Channel != "50" || p.Queue != 5 {
			t.Errorf("%s/%s: %+v %v", guild, bot, p, err)
		}
	}
}

func TestNobodyOwnsTheGuild(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	fill(t, r, "one")
	b := backend(r, nil)
	_, err := b.Act(t.Context(), "x", "one", "main", "leave")
	code(t, err, fault.Unavailable, "the order was dropped")
	// Whoever takes the guild later does not carry it out.
	r.StartAudio()
	volume := 40
	if _, err := b.ChangeSettings(t.Context(), "x", "one", view.SettingsPatch{Volume: &volume}); err != nil {
		t.Fatal(err)
	}
	if p, err := b.Player(t.Context(), "one", "main"); err != nil || p.Channel != "50" {
		t.Errorf("an order that expired was carried out: %+v %v", p, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Act(ctx, "x", "one", "main", "leave"); err == nil {
		t.Error("a request that was given up is answered")
	}
}

// Rows are the truth: what is told may be missed.
func TestAnAnswerThatWasNotToldIsRead(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	ids := fill(t, r, "one")
	part := partition.Of(ids[0], 4)
	lease, err := r.Store.Acquire(t.Context(), part, "test", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	b := backend(r, nil)
	type result struct {
		set view.Settings
		err error
	}
	done := make(chan result, 1)
	go func() {
		set, err := b.ChangeSettings(t.Context(), "x", "one", view.SettingsPatch{Reset: true})
		done <- result{set, err}
	}()
	// Somebody takes the command, commits its answer and says nothing.
	stream := partition.Stream(part)
	at, err := r.Bus.Begin(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := r.Bus.Read(t.Context(), stream, at, 1)
	if err != nil {
		t.Fatal(err)
	}
	d, err := partition.Decode(got[0].Message)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := d.Input.Body.(music.Command)
	if !ok || !c.Actor.Operator || c.Reply.Surface != "api" || d.Expires.IsZero() {
		t.Fatalf("%+v", d)
	}
	payload := topicAnswer(t, c.Reply, music.Answer{Kind: music.AnswerSettingsSet, Settings: &music.Settings{Volume: 33}})
	batch := &store.Batch{
		At: time.Now().UTC(), Stamps: []store.Stamp{{Partition: part, Epoch: lease.Epoch, Batch: lease.Batch + 1}},
		Effects: []store.EffectRow{{Key: partition.AnswerKey(c.Reply.ID), Kind: partition.KindAnswer, Partition: part, Guild: ids[0], Payload: payload, Created: time.Now().UTC(), NotBefore: time.Now().UTC(), Expires: time.Now().Add(time.Minute).UTC()}},
	}
	if _, err := r.Store.Commit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	select {
	case res := <-done:
		if res.err != nil || res.set.Volume != 33 {
			t.Errorf("%+v %v", res.set, res.err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("no answer")
	}
}

func TestNodesAreCordoned(t *testing.T) { modes(t, testNodesAreCordoned) }

func testNodesAreCordoned(t *testing.T, m mode) {
	r := roletest.New(t, roletest.Options{})
	none := m.backend(r, nil)
	_, err := none.Cordon(t.Context(), "x", "n1", true, "")
	code(t, err, fault.Unavailable, "--roles audio")
	_, err = none.Drain(t.Context(), "x", "n1", "")
	code(t, err, fault.Unavailable, "--roles audio")
	_, err = none.RebuildPlays(t.Context())
	code(t, err, fault.Unavailable, "--roles worker")
	var told []string
	b := m.with(r, fleet.Local{
		Nodes: func() []view.Node { return []view.Node{{Name: "n1"}} },
		Cordon: func(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error {
			told = append(told, by+": "+reason)
			return r.Store.Cordon(ctx, node, cordoned, by, reason)
		},
		Drain: func(_ context.Context, name music.NodeName) error {
			told = append(told, "drain "+string(name))
			return nil
		},
		Rebuild: func(context.Context) error { return errors.New("no database") },
	}, nil, "audio", "worker")
	if n, err := b.Cordon(t.Context(), "ana", "n1", true, "kernel"); err != nil || !n.Cordoned || n.CordonedBy != "ana" {
		t.Errorf("%+v %v", n, err)
	}
	if n, err := b.Drain(t.Context(), "bob", "n1", ""); err != nil || n.CordonReason != "kernel" {
		t.Errorf("the reason that was given is gone: %+v %v", n, err)
	}
	if n, err := b.Cordon(t.Context(), "ana", "n1", false, ""); err != nil || n.Cordoned {
		t.Errorf("%+v %v", n, err)
	}
	if n, err := b.Drain(t.Context(), "bob", "n1", "disk"); err != nil || !n.Cordoned || n.CordonReason != "disk" {
		t.Errorf("%+v %v", n, err)
	}
	if got := strings.Join(told, "; "); got != "ana: kernel; drain n1; ana: ; bob: disk; drain n1" {
		t.Errorf("told %q", got)
	}
	_, err = b.Drain(t.Context(), "bob", "n2", "")
	code(t, err, fault.NotFound, "nodes list")
	if done, err := b.RebuildPlays(t.Context()); done || err == nil {
		t.Errorf("%v %v", done, err)
	}
}

func topicAnswer(t *testing.T, to music.ReplyTo, a music.Answer) []byte {
	t.Helper()
	return mustJSON(t, topic.Answer{To: to, Answer: a})
}
