package discord_test

import (
	"context"
	"testing"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	sim "github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/store"
)

// asks runs what a person does, which waits for an answer, and returns what
// arrives at the bot and the answer that the person gets.
func (w *world) asks(r *rig, act func(context.Context) (sim.Result, error)) (discord.Interaction, <-chan sim.Result) {
	w.t.Helper()
	results := make(chan sim.Result, 1)
	go func() {
		res, err := act(context.Background())
		if err != nil {
			w.t.Error(err)
		}
		results <- res
	}()
	return r.action(), results
}

func uiCommands() []disgo.ApplicationCommandCreate {
	return []disgo.ApplicationCommandCreate{
		disgo.SlashCommandCreate{Name: "play", Description: "Play", Options: []disgo.ApplicationCommandOption{
			disgo.ApplicationCommandOptionString{Name: "query", Description: "What", Required: true, Autocomplete: true},
		}},
		disgo.SlashCommandCreate{Name: "remove", Description: "Remove", Options: []disgo.ApplicationCommandOption{
			disgo.ApplicationCommandOptionUser{Name: "member", Description: "Whose", Required: true},
		}},
	}
}

func TestWorldAutocompletes(t *testing.T) {
	w := newWorld(t)
	_, err := w.rest.SyncCommands(t.Context(), w.bot.ApplicationID, uiCommands())
	w.ok(err)
	r := w.connect(store.ShardSession{}, nil)
	until(r, func(s music.VoiceSnapshot) bool { return true })
	in, results := w.asks(r, func(ctx context.Context) (sim.Result, error) {
		return w.Autocomplete(ctx, sim.SlashCommand{
			Guild: "demo", User: "ana", Name: "play", Options: []sim.Arg{{Name: "query", Value: "oce"}},
		}, "query")
	})
	if option, typed, ok := in.Command.Focused(); !ok || option != "query" || typed != "oce" || in.Type != disgo.InteractionTypeAutocomplete {
		t.Errorf("it is %+v", in.Command)
	}
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, answerOf(8, choices(2, "Ocean", "ocean"))))
	if res := recv(t, results, "the choices"); len(res.Choices) != 2 {
		t.Errorf("ana sees %+v", res)
	}
}

func TestWorldFormsAndMenus(t *testing.T) {
	w := newWorld(t)
	_, err := w.rest.SyncCommands(t.Context(), w.bot.ApplicationID, uiCommands())
	w.ok(err)
	r := w.connect(store.ShardSession{}, nil)
	until(r, func(s music.VoiceSnapshot) bool { return true })

	in, results := w.asks(r, func(ctx context.Context) (sim.Result, error) {
		return w.Send(ctx, sim.SlashCommand{Guild: "demo", User: "ana", Name: "remove", Options: []sim.Arg{{Name: "member", Value: "bruno"}}})
	})
	bruno := w.user("bruno")
	if in.Command.Options[0].Value != string(bruno) || in.Command.Resolved.Users[bruno].Name == "" {
		t.Errorf("it is %+v", in.Command)
	}
	menu := disgo.NewStringSelectMenu("pick:1", "Which", disgo.NewStringSelectMenuOption("One", "1"), disgo.NewStringSelectMenuOption("Two", "2"))
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, answerOf(4, disgo.MessageCreate{
		Embeds:     []disgo.Embed{{Title: "Now", Description: "ocean"}},
		Components: []disgo.LayoutComponent{disgo.NewActionRow(menu), disgo.NewActionRow(disgo.NewPrimaryButton("Seek", "seek:1"))},
	})))
	recv(t, results, "the answer")

	in, results = w.asks(r, func(ctx context.Context) (sim.Result, error) {
		return w.Click(ctx, sim.Click{Guild: "demo", User: "ana", CustomID: "pick:1", Values: []string{"2"}})
	})
	if c := in.Component; c == nil || c.CustomID != "pick:1" || len(c.Values) != 1 || c.Values[0] != "2" || c.Message == "" || c.Ephemeral {
		t.Errorf("it is %+v", in.Component)
	}
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, answerOf(6, nil)))
	recv(t, results, "the answer")
	id, err := w.rest.Followup(t.Context(), in.Application, in.Token, disgo.MessageCreate{Content: "for you", Flags: disgo.MessageFlagEphemeral})
	if err != nil || id == "" {
		t.Errorf("a follow-up gave %q, %v", id, err)
	}

	in, results = w.asks(r, func(ctx context.Context) (sim.Result, error) {
		return w.Click(ctx, sim.Click{Guild: "demo", User: "ana", CustomID: "seek:1"})
	})
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, answerOf(9, form("seek:1", "Seek", 1))))
	recv(t, results, "the form")
	opened := in
	in, results = w.asks(r, func(ctx context.Context) (sim.Result, error) {
		return w.SubmitModal(ctx, sim.ModalSubmit{ID: opened.ID, User: "ana", Fields: map[string][]string{"field0": {"1:30"}}})
	})
	if in.Modal == nil || in.Modal.CustomID != "seek:1" || in.Modal.Text("field0") != "1:30" || in.Modal.Message != opened.Component.Message {
		t.Errorf("it is %+v", in.Modal)
	}
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, answerOf(5, disgo.MessageCreate{Flags: disgo.MessageFlagEphemeral})))
	words := "done"
	w.ok(w.rest.EditOriginal(t.Context(), in.Application, in.Token, disgo.MessageUpdate{Content: &words}))
	if res := recv(t, results, "the answer"); res.Reply["content"] != words {
		t.Errorf("ana sees %+v", res)
	}
}

func TestWorldDirectMessages(t *testing.T) {
	w := newWorld(t)
	ana := w.user("ana")
	channel, first, err := w.rest.DirectMessage(t.Context(), ana, "grab:1", disgo.MessageCreate{Content: "ocean"})
	w.ok(err)
	again, second, err := w.rest.DirectMessage(t.Context(), ana, "grab:1", disgo.MessageCreate{Content: "ocean"})
	if err != nil || again != channel || second != first {
		t.Errorf("the same key gave %s in %s, and %s in %s, %v", first, channel, second, again, err)
	}
	w.ok(w.RefuseDMs("ana", true))
	_, _, err = w.rest.DirectMessage(t.Context(), ana, "grab:2", disgo.MessageCreate{Content: "waves"})
	if !discord.DMsClosed(err) || fault.CodeOf(err) != fault.Denied {
		t.Errorf("where DMs are closed it gave %v", err)
	}
}
