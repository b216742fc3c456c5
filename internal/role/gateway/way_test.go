package gateway //nolint:testpackage // what it tests is a part that the role does not show

import (
	"testing"

	dis "github.com/disgoorg/disgo/discord"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/secret"
)

var ways = []way{wayCommand, wayReply, wayPanel, wayUpdate, wayPick}

func TestAddressSaysTheWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := target{
			id: "1", app: rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "application"),
			token: secret.New(rapid.StringMatching(`[A-Za-z0-9_.=~-]{1,200}`).Draw(t, "token")),
			way:   rapid.SampledFrom(ways).Draw(t, "way"), user: music.UserID(rapid.StringMatching(`[0-9]{0,20}`).Draw(t, "user")),
		}
		got, ok := parseTarget(music.ReplyTo{ID: "1", Address: want.address()})
		if !ok || got.token.Reveal() != want.token.Reveal() || got.way != want.way || got.user != want.user || got.app != want.app || got.id != want.id {
			t.Fatalf("%+v became %+v", want, got)
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	if to, ok := parseTarget(music.ReplyTo{Address: "5/token"}); !ok || to.way != wayCommand || to.user != "" {
		t.Errorf("one of before: %+v %v", to, ok)
	}
	for _, bad := range []string{"", "5", "5/", "/token", "5/token/x", "5/token/later/7", "5/token/panel/7/8"} {
		if to, ok := parseTarget(music.ReplyTo{Address: bad}); ok {
			t.Errorf("%q is one: %+v", bad, to)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	f.Add("5/token/panel/7")
	f.Add("5/token")
	f.Fuzz(func(t *testing.T, address string) {
		to, ok := parseTarget(music.ReplyTo{Address: address})
		if ok && to.address() != address && to.address() != address+"//" {
			t.Errorf("%q was read as %q", address, to.address())
		}
	})
}

func TestHowAnswersAreGiven(t *testing.T) {
	t.Parallel()
	const (
		message, deferred = dis.InteractionResponseTypeCreateMessage, dis.InteractionResponseTypeDeferredCreateMessage
		update, silent    = dis.InteractionResponseTypeUpdateMessage, dis.InteractionResponseTypeDeferredUpdateMessage
	)
	for _, c := range []struct {
		way              way
		refused, private bool
		first, promise   dis.InteractionResponseType
	}{
		{wayCommand, false, false, message, deferred},
		{wayCommand, true, false, message, deferred},
		{wayReply, false, true, message, deferred},
		{wayReply, true, true, message, deferred},
		{wayPanel, false, false, silent, silent},
		{wayPanel, true, true, message, silent},
		{wayUpdate, false, false, update, silent},
		{wayUpdate, true, true, message, silent},
		{wayPick, false, false, update, silent},
		{wayPick, true, false, update, silent},
	} {
		first, promise := c.way.first(render.Message{Content: "words"}, c.refused), c.way.promise()
		if first.Type != c.first || promise.Type != c.promise {
			t.Errorf("%q, refused %v: %d and %d", c.way, c.refused, first.Type, promise.Type)
		}
		if m, ok := first.Data.(dis.MessageCreate); ok && m.Flags.Has(dis.MessageFlagEphemeral) != c.private {
			t.Errorf("%q, refused %v: who sees it is wrong", c.way, c.refused)
		}
	}
	if m, ok := wayReply.promise().Data.(dis.MessageCreate); !ok || !m.Flags.Has(dis.MessageFlagEphemeral) {
		t.Error("a reply is promised to everybody")
	}
}
