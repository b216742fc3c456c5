package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/role/roletest"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// panelOf returns the panel's message as it is now, nil while there is none.
func panelOf(t *testing.T, r *roletest.Rig) func() map[string]any {
	return func() map[string]any {
		t.Helper()
		if all := posted(t, r); len(all) > 0 {
			return all[len(all)-1]
		}
		return nil
	}
}

// press presses a control of the panel.
func press(t *testing.T, r *roletest.Rig, c command.Control, values ...string) simdiscord.Result {
	t.Helper()
	id, custom := r.Component(panelOf(t, r), string(c))
	return r.Click(simdiscord.Click{Message: id, CustomID: custom, Values: values})
}

// whispered are the messages that only ana sees.
func whispered(t *testing.T, r *roletest.Rig) []map[string]any {
	t.Helper()
	all, err := r.World.Look(simdiscord.Look{Guild: "demo", Channel: "general", User: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for _, m := range all {
		if m.Ephemeral {
			out = append(out, m.Message)
		}
	}
	return out
}

func TestButtonsOfThePanelAreSilent(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, g := start(t, r)
	if res := press(t, r, command.ControlPause); res.State != "answered" {
		t.Errorf("%+v", res)
	}
	roletest.Until(t, "it is paused", func() bool { return a.Player(r).Paused })
	if n := len(whispered(t, r)); n != 0 {
		t.Errorf("%d messages for the member alone", n)
	}
	press(t, r, command.ControlResume)
	roletest.Until(t, "it goes on", func() bool { return !a.Player(r).Paused })
	press(t, r, command.ControlLouder)
	roletest.Until(t, "it is louder", func() bool { return a.Player(r).Volume > 100 })
	nothingOwed(t, r)
	if _, done := g.Metrics.Told(); !slices.Contains(done, "pause done") || !slices.Contains(done, "resume done") {
		t.Errorf("told: %v", done)
	}
	clean(t, r)
}

func TestRefusedPressIsSaidToTheMemberAlone(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, _ := start(t, r)
	id, custom := r.Component(panelOf(t, r), string(command.ControlPause))
	res := r.Click(simdiscord.Click{User: "bruno", Message: id, CustomID: custom}) // not in voice: refused where it is born
	if res.State != "answered" || roletest.Text(t, res) == "" {
		t.Errorf("%+v", res)
	}
	if now, _ := panel(t, r); now != id {
		t.Error("a refusal took the place of the panel")
	}
	// Somebody in another channel is refused by the guild itself.
	if err := r.World.JoinVoice("demo", "carla", "quiet"); err != nil {
		t.Fatal(err)
	}
	res = r.Click(simdiscord.Click{User: "carla", Message: id, CustomID: custom})
	if res.State != "answered" || roletest.Text(t, res) == "" || a.Player(r).Paused {
		t.Errorf("%+v", res)
	}
	clean(t, r)
}

func TestPagesOfTheQueueReplaceEachOther(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, _ := start(t, r)
	for range 12 {
		r.Send(`/play query:"rain"`)
	}
	roletest.Until(t, "they wait", func() bool { return len(a.Player(r).Queue) == 12 })
	res := press(t, r, command.ControlQueue)
	if res.State != "answered" || res.Reply == nil {
		t.Fatalf("%+v", res)
	}
	first := whispered(t, r)
	if len(first) != 1 {
		t.Fatalf("%d messages for the member alone", len(first))
	}
	_, next := r.Component(func() map[string]any { return first[0] }, string(command.ControlQueueNext))
	r.Click(simdiscord.Click{Message: fmt.Sprint(first[0]["id"]), CustomID: next})
	second := whispered(t, r)
	if len(second) != 1 || second[0]["id"] != first[0]["id"] {
		t.Fatalf("the page did not replace the other: %v", second)
	}
	if fmt.Sprint(second[0]["embeds"]) == fmt.Sprint(first[0]["embeds"]) {
		t.Error("it is still the first page")
	}
	clean(t, r)
}

func TestMenuOfThePanelJumps(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, _ := start(t, r)
	r.Send(`/play query:"rain"`)
	r.Send(`/play query:"ocean"`)
	roletest.Until(t, "they wait", func() bool { return len(a.Player(r).Queue) == 2 && a.Player(r).Unready == 0 })
	slot := string(a.Player(r).Queue[1].ID)
	shows := func() map[string]any {
		if m := panelOf(t, r)(); strings.Contains(asJSON(t, m), slot) {
			return m
		}
		return nil
	}
	id, custom := r.Component(shows, string(command.ControlJump))
	r.Click(simdiscord.Click{Message: id, CustomID: custom, Values: []string{slot}})
	roletest.Until(t, "it was jumped to", func() bool { p := a.Player(r); return p.Play != nil && string(p.Play.Slot) == slot })
	clean(t, r)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestFormAddsTracks(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, g := start(t, r)
	res := press(t, r, command.ControlAdd)
	if len(res.Modal) == 0 {
		t.Fatalf("no form: %+v", res)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	res, err := r.World.SubmitModal(ctx, simdiscord.ModalSubmit{
		ID: res.InteractionID, User: "ana", Fields: map[string][]string{command.FieldQuery: {"rain"}},
	})
	if err != nil || res.State != "answered" || !strings.Contains(roletest.Text(t, res), "ain") {
		t.Fatalf("%+v %v", res, err)
	}
	if n := len(whispered(t, r)); n != 1 {
		t.Errorf("%d answers for the member alone", n)
	}
	roletest.Until(t, "it waits", func() bool { return len(a.Player(r).Queue) == 1 })
	if acked, _ := g.Metrics.Told(); !slices.Contains(acked, "form") {
		t.Errorf("told: %v", acked)
	}
	clean(t, r)
}

func TestSlowPressIsAcknowledgedAndAnsweredBehindIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		restart bool
	}{{"by the same process", false}, {"by the next one", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{Nodes: 1})
			_, g := start(t, r)
			res := press(t, r, command.ControlAdd)
			r.Nodes[0].SetLoadDelay(3 * time.Second)
			seen := make(chan simdiscord.Result, 1)
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				res, err := r.World.SubmitModal(ctx, simdiscord.ModalSubmit{
					ID: res.InteractionID, User: "ana", Fields: map[string][]string{command.FieldQuery: {"rain"}},
				})
				if err != nil {
					t.Errorf("the form: %v", err)
				}
				seen <- res
			}()
			roletest.Until(t, "it is promised", func() bool { return deferred(r) })
			if c.restart {
				if err := g.Stop(t); err != nil {
					t.Fatal(err)
				}
				r.StartGateway()
			}
			if res := <-seen; res.State != "answered" || !res.Deferred || roletest.Text(t, res) == "" {
				t.Errorf("%+v", res)
			}
			if n := len(whispered(t, r)); n != 1 {
				t.Errorf("%d answers for the member alone", n)
			}
			nothingOwed(t, r)
			clean(t, r)
		})
	}
}
