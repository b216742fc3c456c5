package discord_test

import (
	"slices"
	"strings"
	"testing"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
)

// registered is a command as Discord shows it, defaults filled in.
const registered = `{"id":"501","application_id":"1000","version":"7","default_member_permissions":null,"type":1,
	"name":"play","name_localizations":null,"description":"Play a track","description_localizations":{"es-ES":"Pon una pista"},
	"dm_permission":true,"contexts":[0],"integration_types":[0],"nsfw":false,"options":[
	{"type":3,"name":"query","name_localizations":null,"description":"What to play","description_localizations":null,"required":true},
	{"type":5,"name":"next","description":"Before everything else","required":false,"autocomplete":false,"choices":[]}]}`

const skipRegistered = `{"id":"502","type":1,"name":"skip","description":"Skip the track","options":[],"contexts":null}`

func TestSyncCommandsWritesDifferencesOnly(t *testing.T) {
	change := func(f func(*disgo.SlashCommandCreate)) []disgo.ApplicationCommandCreate {
		list := commands()
		play := list[0].(disgo.SlashCommandCreate) //nolint:forcetypeassert // it is one
		f(&play)
		list[0] = play
		return list
	}
	minimum := 1
	for name, tc := range map[string]struct {
		have string
		want []disgo.ApplicationCommandCreate
		sent []string
	}{
		"equal":           {registered + "," + skipRegistered, commands(), nil},
		"another order":   {skipRegistered + "," + registered, commands(), nil},
		"nothing there":   {"", commands(), []string{"PUT commands"}},
		"one is missing":  {registered, commands(), []string{"POST skip"}},
		"one too many":    {registered + "," + skipRegistered, commands()[:1], []string{"DELETE 502"}},
		"another version": {strings.Replace(registered, `"version":"7"`, `"version":"8"`, 1) + "," + skipRegistered, commands(), nil},
		"another description": {registered + "," + skipRegistered, change(func(c *disgo.SlashCommandCreate) {
			c.Description = "Play"
		}), []string{"POST play"}},
		"another translation": {registered + "," + skipRegistered, change(func(c *disgo.SlashCommandCreate) {
			c.DescriptionLocalizations = map[disgo.Locale]string{disgo.LocaleSpanishES: "Toca"}
		}), []string{"POST play"}},
		"other contexts": {registered + "," + skipRegistered, change(func(c *disgo.SlashCommandCreate) {
			c.Contexts = append(c.Contexts, disgo.InteractionContextTypeBotDM)
		}), []string{"POST play"}},
		"no contexts wanted": {registered + "," + skipRegistered, change(func(c *disgo.SlashCommandCreate) {
			c.Contexts = nil
		}), nil},
		"options in another order": {registered + "," + skipRegistered, change(func(c *disgo.SlashCommandCreate) {
			slices.Reverse(c.Options)
		}), []string{"POST play"}},
		"a limit of an option": {registered + "," + skipRegistered, change(func(c *disgo.SlashCommandCreate) {
			c.Options[0] = disgo.ApplicationCommandOptionString{Name: "query", Description: "What to play", Required: true, MinLength: &minimum}
		}), []string{"POST play"}},
		"no longer required": {registered + "," + skipRegistered, change(func(c *disgo.SlashCommandCreate) {
			c.Options[0] = disgo.ApplicationCommandOptionString{Name: "query", Description: "What to play"}
		}), []string{"POST play"}},
		"a user command of the same name": {registered + "," + skipRegistered + `,{"id":"503","type":2,"name":"play"}`, commands(), []string{"DELETE 503"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, r := newAPI(t, reply{status: 200, body: "[" + tc.have + "]"}, reply{status: 200, body: `{"id":"600"}`})
			done, err := r.SyncCommands(t.Context(), botID, tc.want)
			if err != nil {
				t.Fatal(err)
			}
			var sent []string
			for _, q := range a.all()[1:] {
				what := q.path[strings.LastIndex(q.path, "/")+1:]
				if n, ok := q.body["name"].(string); ok {
					what = n
				}
				sent = append(sent, q.method+" "+what)
			}
			if !slices.Equal(sent, tc.sent) || (done.Changes() == 0) != (len(tc.sent) == 0) {
				t.Errorf("it sent %v and says %+v", sent, done)
			}
		})
	}
}

func TestSyncCommandsFails(t *testing.T) {
	_, r := newAPI(t, reply{status: 200, body: `[]`}, reply{status: 400, body: `{"code":50035,"message":"Invalid Form Body"}`})
	if done, err := r.SyncCommands(t.Context(), botID, commands()); fault.CodeOf(err) != fault.Invalid || done.Changes() != 0 {
		t.Errorf("it gave %+v, %v", done, err)
	}
	if _, err := r.SyncCommands(t.Context(), "me", nil); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("for an application that is none it gave %v", err)
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(token)
	f.Add("Bot " + token)
	f.Add("..")
	f.Fuzz(func(t *testing.T, raw string) {
		got, account, err := discord.ParseToken(raw)
		if err == nil && (!strings.Contains(raw, got.Reveal()) || strings.Trim(account, "0123456789") != "" || account == "") {
			t.Errorf("%q is %q of %q", raw, got.Reveal(), account)
		}
	})
}
