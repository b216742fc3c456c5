//go:build !race

// disgo v0.19.6 itself is not free of data races, as disgo_test.go says.

package discord_test

import (
	"fmt"
	"strings"
	"testing"

	dg "github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// interactionOf waits for an interaction of a kind.
func interactionOf[T dg.Interaction](s *stranger) T {
	s.f.t.Helper()
	for {
		if i, ok := take[gateway.EventInteractionCreate](s).Interaction.(T); ok {
			return i
		}
	}
}

// later runs what a person does while the bot answers it.
func later(t *testing.T, do func() (discord.Result, error)) func() discord.Result {
	done := make(chan discord.Result, 1)
	go func() {
		res, err := do()
		if err != nil {
			t.Error(err)
		}
		done <- res
	}()
	return func() discord.Result { return <-done }
}

// What an unmodified library makes of menus, modals, choices, files and direct
// messages is taken, and it reads what comes back.
func TestDisgoInteractions(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	s := newStranger(f)
	_, err := s.rest.SetGlobalCommands(s.app, []dg.ApplicationCommandCreate{dg.SlashCommandCreate{
		Name: "play", Description: "Play", Options: []dg.ApplicationCommandOption{
			dg.ApplicationCommandOptionString{Name: "query", Description: "What", Required: true, Autocomplete: true},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	t.Run("choices", func(t *testing.T) { disgoChoices(t, f, s) })
	t.Run("menu and modal", func(t *testing.T) { disgoModal(t, f, s) })
	t.Run("file in a direct message", func(t *testing.T) { disgoDirect(t, f, s) })
	if v := f.w.Violations(); len(v) != 0 {
		t.Fatalf("disgo sent what was refused: %+v", v)
	}
}

func disgoChoices(t *testing.T, f *fixture, s *stranger) {
	t.Helper()
	result := later(t, func() (discord.Result, error) { return f.w.Autocomplete(t.Context(), play("oc"), "query") })
	i := interactionOf[dg.AutocompleteInteraction](s)
	if i.Data.Focused().Name != "query" || i.Data.String("query") != "oc" {
		t.Fatalf("%+v", i.Data)
	}
	var choices []dg.AutocompleteChoice
	for n := range 25 {
		choices = append(choices, dg.AutocompleteChoiceString{Name: fmt.Sprint("Ocean ", n), Value: fmt.Sprint("ocean-", n)})
	}
	err := s.rest.CreateInteractionResponse(i.ID(), i.Token(), dg.InteractionResponse{
		Type: dg.InteractionResponseTypeAutocompleteResult, Data: dg.AutocompleteResult{Choices: choices},
	})
	if res := result(); err != nil || len(res.Choices) != 25 || res.Choices[24].Value != "ocean-24" {
		t.Fatalf("%+v %v", res, err)
	}
}

func disgoModal(t *testing.T, f *fixture, s *stranger) {
	t.Helper()
	_, err := s.rest.CreateMessage(snowflake.MustParse(f.channel("general")), dg.MessageCreate{Content: "panel", Components: []dg.LayoutComponent{
		dg.NewActionRow(dg.NewStringSelectMenu("menu", "Choose", dg.NewStringSelectMenuOption("Rename", "rename"), dg.NewStringSelectMenuOption("Drop", "drop"))),
		dg.NewActionRow(dg.NewUserSelectMenu("who", "Whose")),
	}})
	if err != nil {
		t.Fatal(err)
	}
	who := later(t, func() (discord.Result, error) {
		return f.w.Click(t.Context(), discord.Click{Guild: "demo", User: "ana", CustomID: "who", Values: []string{"bruno"}})
	})
	u := interactionOf[dg.ComponentInteraction](s)
	if users := u.UserSelectMenuInteractionData().Users(); len(users) != 1 || users[0].Username != "bruno" {
		t.Fatalf("%+v", u.Data)
	}
	if err := s.rest.CreateInteractionResponse(u.ID(), u.Token(), dg.InteractionResponse{Type: dg.InteractionResponseTypeDeferredUpdateMessage}); err != nil {
		t.Fatal(err)
	}
	who()
	clicked := later(t, func() (discord.Result, error) {
		return f.w.Click(t.Context(), discord.Click{Guild: "demo", User: "ana", Label: "Choose", Values: []string{"rename"}})
	})
	c := interactionOf[dg.ComponentInteraction](s)
	if v := c.StringSelectMenuInteractionData().Values; len(v) != 1 || v[0] != "rename" {
		t.Fatalf("%+v", c.Data)
	}
	err = s.rest.CreateInteractionResponse(c.ID(), c.Token(), dg.InteractionResponse{Type: dg.InteractionResponseTypeModal, Data: dg.ModalCreate{
		CustomID: "rename", Title: "Rename the queue", Components: []dg.LayoutComponent{
			dg.NewLabel("Name", dg.NewShortTextInput("name").WithMinLength(2).WithMaxLength(20)),
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	modal := clicked().InteractionID
	submitted := later(t, func() (discord.Result, error) {
		return f.w.SubmitModal(t.Context(), discord.ModalSubmit{ID: modal, User: "ana", Fields: map[string][]string{"name": {"night drive"}}})
	})
	m := interactionOf[dg.ModalSubmitInteraction](s)
	if m.Data.CustomID != "rename" || m.Data.Text("name") != "night drive" || m.Message == nil {
		t.Fatalf("%+v", m.Data)
	}
	text := "It is called " + m.Data.Text("name")
	err = s.rest.CreateInteractionResponse(m.ID(), m.Token(), dg.InteractionResponse{
		Type: dg.InteractionResponseTypeUpdateMessage, Data: dg.MessageUpdate{Content: &text},
	})
	if res := submitted(); err != nil || res.Reply["content"] != text {
		t.Fatalf("%+v %v", res, err)
	}
}

func disgoDirect(t *testing.T, f *fixture, s *stranger) {
	t.Helper()
	ch, err := s.rest.CreateDMChannel(snowflake.MustParse(f.user("ana")))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.rest.CreateMessage(ch.ID(), dg.MessageCreate{
		Content: "Here it is", Files: []*dg.File{dg.NewFile("queue.txt", "the queue", strings.NewReader("1. Ocean"))},
		Components: []dg.LayoutComponent{dg.NewActionRow(dg.NewPrimaryButton("Thanks", "thanks"))},
	})
	if err != nil || len(m.Attachments) != 1 || m.Attachments[0].Size != 8 || m.Attachments[0].Filename != "queue.txt" {
		t.Fatalf("%+v %v", m, err)
	}
	result := later(t, func() (discord.Result, error) {
		return f.w.Click(t.Context(), discord.Click{User: "ana", Channel: "atril", CustomID: "thanks"})
	})
	c := interactionOf[dg.ComponentInteraction](s)
	if c.GuildID() != nil || c.User().Username != "ana" || c.Channel().Type() != dg.ChannelTypeDM {
		t.Fatalf("%+v", c)
	}
	text := "You are welcome"
	err = s.rest.CreateInteractionResponse(c.ID(), c.Token(), dg.InteractionResponse{
		Type: dg.InteractionResponseTypeUpdateMessage, Data: dg.MessageUpdate{Content: &text, Components: &[]dg.LayoutComponent{}},
	})
	if res := result(); err != nil || res.Reply["content"] != text || len(res.Reply["components"].([]any)) != 0 {
		t.Fatalf("%+v %v", res, err)
	}
}
