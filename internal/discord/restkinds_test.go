package discord_test

import (
	"fmt"
	"strings"
	"testing"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

func answerOf(kind int, data disgo.InteractionResponseData) disgo.InteractionResponse {
	return disgo.InteractionResponse{Type: disgo.InteractionResponseType(kind), Data: data}
}

func choices(n int, name, value string) disgo.AutocompleteResult {
	var all disgo.AutocompleteResult
	for range n {
		all.Choices = append(all.Choices, disgo.AutocompleteChoiceString{Name: name, Value: value})
	}
	return all
}

func form(id, title string, fields int) disgo.ModalCreate {
	m := disgo.NewModalCreate(id, title)
	for i := range fields {
		m.Components = append(m.Components, disgo.NewLabel("Name", disgo.NewShortTextInput(fmt.Sprint("field", i))))
	}
	return m
}

func TestAnswersOfEachKind(t *testing.T) {
	a, r := newAPI(t, reply{status: 204})
	words := "words"
	for name, tc := range map[string]struct {
		response disgo.InteractionResponse
		check    func(data map[string]any) bool
	}{
		"a message": {answerOf(4, disgo.MessageCreate{Content: words}), func(d map[string]any) bool { return d["content"] == words }},
		"a deferred message for one person": {
			answerOf(5, disgo.MessageCreate{Flags: disgo.MessageFlagEphemeral}), func(d map[string]any) bool { return d["flags"] == 64.0 },
		},
		"a deferred message": {answerOf(5, nil), func(d map[string]any) bool { return d == nil }},
		"a deferred edit":    {answerOf(6, nil), func(d map[string]any) bool { return d == nil }},
		"an edit":            {answerOf(7, disgo.MessageUpdate{Content: &words}), func(d map[string]any) bool { return d["content"] == words }},
		"choices": {answerOf(8, choices(25, strings.Repeat("é", 100), "v")), func(d map[string]any) bool {
			all, _ := d["choices"].([]any)
			return len(all) == 25
		}},
		"no choices": {answerOf(8, disgo.AutocompleteResult{}), func(d map[string]any) bool {
			all, ok := d["choices"].([]any)
			return ok && len(all) == 0
		}},
		"a form": {answerOf(9, form("seek:1", "Seek", 5)), func(d map[string]any) bool { return d["custom_id"] == "seek:1" }},
	} {
		t.Run(name, func(t *testing.T) {
			if err := r.CreateResponse(t.Context(), "5", secret.New(hookToken), tc.response); err != nil {
				t.Fatal(err)
			}
			all := a.all()
			body := all[len(all)-1].body
			data, _ := body["data"].(map[string]any)
			if body["type"] != float64(tc.response.Type) || !tc.check(data) {
				t.Errorf("it became %v", body)
			}
		})
	}
}

func TestAnswersBeyondTheLimits(t *testing.T) {
	a, r := newAPI(t, reply{status: 204})
	long := strings.Repeat("é", 2001)
	rows := func(n int) []disgo.LayoutComponent {
		var all []disgo.LayoutComponent
		for i := range n {
			all = append(all, disgo.NewActionRow(disgo.NewPrimaryButton("x", fmt.Sprint("x", i))))
		}
		return all
	}
	embeds := make([]disgo.Embed, 11)
	six, ten := rows(6), rows(10)
	layout := disgo.MessageFlagIsComponentsV2
	for name, tc := range map[string]struct {
		response disgo.InteractionResponse
		ok       bool
	}{
		"a pong":                    {answerOf(1, nil), false},
		"a message without one":     {answerOf(4, nil), false},
		"a message as an edit":      {answerOf(7, disgo.MessageCreate{}), false},
		"an edit as a message":      {answerOf(4, disgo.MessageUpdate{}), false},
		"choices as a form":         {answerOf(9, disgo.AutocompleteResult{}), false},
		"a form as choices":         {answerOf(8, form("a", "b", 1)), false},
		"a form without data":       {answerOf(9, nil), false},
		"2001 characters":           {answerOf(4, disgo.MessageCreate{Content: long}), false},
		"an edit of 2001":           {answerOf(7, disgo.MessageUpdate{Content: &long}), false},
		"11 embeds":                 {answerOf(4, disgo.MessageCreate{Embeds: embeds}), false},
		"an edit to 11 embeds":      {answerOf(7, disgo.MessageUpdate{Embeds: &embeds}), false},
		"6 rows":                    {answerOf(4, disgo.MessageCreate{Components: six}), false},
		"an edit to 6 rows":         {answerOf(7, disgo.MessageUpdate{Components: &six}), false},
		"10 parts of a layout":      {answerOf(4, disgo.MessageCreate{Components: ten, Flags: layout}), true},
		"an edit to a layout of 10": {answerOf(7, disgo.MessageUpdate{Components: &ten, Flags: &layout}), true},
		"26 choices":                {answerOf(8, choices(26, "n", "v")), false},
		"a choice without a name":   {answerOf(8, choices(1, "", "v")), false},
		"a choice without a value":  {answerOf(8, choices(1, "n", "")), false},
		"a choice of 101":           {answerOf(8, choices(1, strings.Repeat("é", 101), "v")), false},
		"a value of 101":            {answerOf(8, choices(1, "n", strings.Repeat("é", 101))), false},
		"a form without an id":      {answerOf(9, form("", "t", 1)), false},
		"a form without a title":    {answerOf(9, form("a", "", 1)), false},
		"a title of 46":             {answerOf(9, form("a", strings.Repeat("é", 46), 1)), false},
		"a form without fields":     {answerOf(9, form("a", "t", 0)), false},
		"a form of 6 fields":        {answerOf(9, form("a", "t", 6)), false},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(a.all())
			err := r.CreateResponse(t.Context(), "5", secret.New(hookToken), tc.response)
			if tc.ok != (err == nil) || !tc.ok && fault.CodeOf(err) != fault.Invalid {
				t.Errorf("it gave %v", err)
			}
			if n := len(a.all()) - before; (n == 1) != tc.ok {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

func TestDirectMessages(t *testing.T) {
	a, r := newAPI(t, reply{status: 200, body: `{"id":"900","type":1}`}, reply{status: 200, body: `{"id":"77"}`})
	for range 2 {
		channel, id, err := r.DirectMessage(t.Context(), "7", "grab:1", disgo.MessageCreate{Content: "here"})
		if err != nil || channel != "900" || id != "77" {
			t.Fatalf("it gave %s, %s, %v", channel, id, err)
		}
	}
	got := a.all()
	if len(got) != 3 || got[0].path != "/users/@me/channels" || got[0].body["recipient_id"] != "7" ||
		got[1].path != "/channels/900/messages" || got[1].body["enforce_nonce"] != true || got[2].path != got[1].path {
		t.Errorf("it asked %+v", got)
	}
	if got[1].body["nonce"] != got[2].body["nonce"] {
		t.Error("the same key gave two nonces")
	}
	if _, err := r.OpenDM(t.Context(), "ana"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a user that is none gave %v", err)
	}
}

func TestADirectChannelThatIsGoneIsOpenedAgain(t *testing.T) {
	gone := reply{status: 404, body: `{"message":"Unknown Channel","code":10003}`}
	a, r := newAPI(t, reply{status: 200, body: `{"id":"900"}`}, gone, reply{status: 200, body: `{"id":"901"}`}, reply{status: 200, body: `{"id":"77"}`})
	channel, _, err := r.DirectMessage(t.Context(), "7", "k", disgo.MessageCreate{Content: "here"})
	if err != nil || channel != "901" || len(a.all()) != 4 {
		t.Errorf("it gave %s, %v after %d requests", channel, err, len(a.all()))
	}
	b, s := newAPI(t, reply{status: 200, body: `{"id":"900"}`}, gone, reply{status: 200, body: `{"id":"901"}`}, gone)
	if _, _, err := s.DirectMessage(t.Context(), "7", "k", disgo.MessageCreate{Content: "here"}); fault.CodeOf(err) != fault.NotFound || len(b.all()) != 4 {
		t.Errorf("it gave %v after %d requests", err, len(b.all()))
	}
	_, u := newAPI(t, reply{status: 200, body: `{"id":"x"}`})
	if _, err := u.OpenDM(t.Context(), "7"); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a channel that is none gave %v", err)
	}
}

func TestFailuresThatCallersTellApart(t *testing.T) {
	for name, tc := range map[string]struct {
		reply           reply
		want            fault.Code
		closed, tooOld  bool
		hint, forbidden string
	}{
		"DMs are closed":    {reply{status: 403, body: `{"message":"no","code":50007}`}, fault.Denied, true, false, "allow direct messages", ""},
		"no guild shared":   {reply{status: 403, body: `{"message":"no","code":50278}`}, fault.Denied, true, false, "allow direct messages", ""},
		"a bot as receiver": {reply{status: 400, body: `{"message":"no","code":50007}`}, fault.Denied, true, false, "", ""},
		"no permission":     {reply{status: 403, body: `{"message":"no","code":50013}`}, fault.Denied, false, false, "", "direct messages"},
		"an old message":    {reply{status: 429, body: `{"message":"no","code":30046}`}, fault.Quota, false, true, "", ""},
		"a limit":           {reply{status: 429, body: `{}`, headers: map[string]string{"Retry-After": "3600"}}, fault.Quota, false, false, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a, r := newAPI(t, tc.reply)
			_, err := r.CreateMessage(t.Context(), "20", "k", disgo.MessageCreate{Content: "x"})
			if fault.CodeOf(err) != tc.want || discord.DMsClosed(err) != tc.closed || discord.TooOldToEdit(err) != tc.tooOld {
				t.Errorf("it gave %v, %t, %t", err, discord.DMsClosed(err), discord.TooOldToEdit(err))
			}
			_, hint := fault.Show(err)
			if !strings.Contains(hint, tc.hint) || tc.forbidden != "" && strings.Contains(hint, tc.forbidden) {
				t.Errorf("the hint is %q", hint)
			}
			if n := len(a.all()); n != 1 {
				t.Errorf("it was sent %d times", n)
			}
		})
	}
	if discord.DMsClosed(nil) || discord.TooOldToEdit(nil) {
		t.Error("no failure says something")
	}
}
