//go:build !race

// disgo v0.19.6 itself is not free of data races (its heartbeat goroutine and
// Close share fields without a lock), so the race detector does not see this
// file. The same walks are made by the bare client under it.

package discord_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	dg "github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// stranger is a bot made of an unmodified library.
type stranger struct {
	f      *fixture
	gw     gateway.Gateway
	rest   rest.Rest
	app    snowflake.ID
	events chan gateway.EventData
}

func newStranger(f *fixture, opts ...gateway.ConfigOpt) *stranger {
	f.t.Helper()
	s := &stranger{f: f, app: snowflake.MustParse(f.bot.ApplicationID), events: make(chan gateway.EventData, 1000)}
	quiet := slog.New(slog.DiscardHandler)
	client := rest.NewClient(f.bot.Token, rest.WithURL(f.srv.URL+"/api/v10"), rest.WithLogger(quiet))
	s.rest = rest.New(client)
	url, err := s.rest.GetGatewayBot()
	if err != nil {
		f.t.Fatal(err)
	}
	handler := func(_ gateway.Gateway, _ gateway.EventType, _ int, e gateway.EventData) { s.events <- e }
	opts = append([]gateway.ConfigOpt{
		gateway.WithURL(url.URL), gateway.WithLogger(quiet),
		gateway.WithIntents(gateway.IntentGuilds, gateway.IntentGuildVoiceStates, gateway.IntentGuildMessages),
	}, opts...)
	s.gw = gateway.New(f.bot.Token, handler, opts...)
	f.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.gw.Close(ctx)
		client.HTTPClient().CloseIdleConnections()
	})
	return s
}

func (s *stranger) open() error {
	ctx, cancel := context.WithTimeout(s.f.t.Context(), wait)
	defer cancel()
	return s.gw.Open(ctx)
}

// take waits for the next event of a type.
func take[T gateway.EventData](s *stranger) T {
	s.f.t.Helper()
	deadline := time.After(wait)
	for {
		select {
		case e := <-s.events:
			if v, ok := e.(T); ok {
				return v
			}
		case <-deadline:
			var zero T
			s.f.t.Fatalf("no %T", zero)
		}
	}
}

// command waits for a slash command.
func (s *stranger) command() dg.ApplicationCommandInteraction {
	s.f.t.Helper()
	for {
		if i, ok := take[gateway.EventInteractionCreate](s).Interaction.(dg.ApplicationCommandInteraction); ok {
			return i
		}
	}
}

func TestDisgoWholeSession(t *testing.T) {
	t.Parallel()
	for _, compression := range []gateway.CompressionType{gateway.CompressionNone, gateway.CompressionZlibStream, gateway.CompressionZstdStream} {
		t.Run("compression "+compression.String(), func(t *testing.T) {
			t.Parallel()
			f := start(t, discord.Options{})
			s := newStranger(f, gateway.WithCompression(compression))
			wholeSession(t, f, s)
			if v := f.w.Violations(); len(v) != 0 {
				t.Fatalf("disgo sent what was refused: %+v", v)
			}
		})
	}
}

func wholeSession(t *testing.T, f *fixture, s *stranger) {
	t.Helper()
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	cmds, err := s.rest.SetGlobalCommands(s.app, []dg.ApplicationCommandCreate{dg.SlashCommandCreate{
		Name: "play", Description: "Play", NameLocalizations: map[dg.Locale]string{dg.LocaleSpanishES: "tocar"},
		Options: []dg.ApplicationCommandOption{dg.ApplicationCommandOptionString{Name: "query", Description: "What", Required: true}},
	}})
	if err != nil || len(cmds) != 1 || f.w.CommandWrites() != 1 {
		t.Fatalf("commands %v, %v, %d writes", cmds, err, f.w.CommandWrites())
	}
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	if r := take[gateway.EventReady](s); r.User.ID != s.app || len(r.Guilds) != 2 || r.Application.ID != s.app {
		t.Fatalf("ready %+v", r)
	}
	g := take[gateway.EventGuildCreate](s)
	if g.Name != "demo" || len(g.Channels) != 3 || len(g.VoiceStates) != 1 || len(g.Roles) != 2 || len(g.Members) != 2 {
		t.Fatalf("guild %+v", g.GatewayGuild)
	}
	slash(t, f, s)
	voice(t, f, s, g.ID)
}

// slash: a direct answer with a button, a deferred one with an edit, a follow-up.
func slash(t *testing.T, f *fixture, s *stranger) {
	t.Helper()
	done := make(chan discord.Result, 1)
	send := func(user, query string) {
		res, err := f.w.Send(t.Context(), discord.SlashCommand{Guild: "demo", User: user, Name: "play", Options: []discord.Arg{{Name: "query", Value: query}}})
		if err != nil {
			t.Error(err)
		}
		done <- res
	}
	go send("bruno", "ocean")
	i := s.command()
	if q := i.SlashCommandInteractionData().String("query"); q != "ocean" || i.Locale() != dg.LocaleSpanishES || i.Member().User.Username != "bruno" {
		t.Fatalf("interaction %q %s", q, i.Locale())
	}
	if !i.Member().Permissions.Has(dg.PermissionConnect) || !i.AppPermissions().Has(dg.PermissionSpeak) || i.Channel().Name() != "general" {
		t.Fatal("permissions and channel must be there")
	}
	err := s.rest.CreateInteractionResponse(i.ID(), i.Token(), dg.InteractionResponse{Type: dg.InteractionResponseTypeCreateMessage, Data: dg.MessageCreate{
		Content: "playing", Embeds: []dg.Embed{{Title: "Ocean", Color: 0xFFFFFF}}, AllowedMentions: &dg.AllowedMentions{},
		Components: []dg.LayoutComponent{dg.ActionRowComponent{Components: []dg.InteractiveComponent{dg.NewPrimaryButton("Skip", "skip")}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if res := <-done; res.State != discord.StateAnswered || res.Deferred || res.Reply["content"] != "playing" {
		t.Fatalf("result %+v", res)
	}
	if m := take[gateway.EventMessageCreate](s); m.Content != "playing" || len(m.Components) != 1 || m.InteractionMetadata == nil {
		t.Fatalf("message %+v", m.Message)
	}
	go send("ana", "river")
	i = s.command()
	cb, err := s.rest.CreateInteractionResponseWithCallback(i.ID(), i.Token(), dg.InteractionResponse{Type: dg.InteractionResponseTypeDeferredCreateMessage})
	if err != nil || !cb.Interaction.ResponseMessageLoading {
		t.Fatalf("callback %+v %v", cb, err)
	}
	text := "river it is"
	if _, err := s.rest.UpdateInteractionResponse(s.app, i.Token(), dg.MessageUpdate{Content: &text}); err != nil {
		t.Fatal(err)
	}
	if res := <-done; !res.Deferred || res.Reply["content"] != text {
		t.Fatalf("result %+v", res)
	}
	m, err := s.rest.CreateFollowupMessage(s.app, i.Token(), dg.MessageCreate{Content: "and more", Flags: dg.MessageFlagEphemeral})
	if err != nil || m.Content != "and more" {
		t.Fatal(m, err)
	}
	if err := s.rest.DeleteFollowupMessage(s.app, i.Token(), m.ID); err != nil {
		t.Fatal(err)
	}
	click(t, f, s)
}

func click(t *testing.T, f *fixture, s *stranger) {
	t.Helper()
	done := make(chan discord.Result, 1)
	go func() {
		res, err := f.w.Click(t.Context(), discord.Click{Guild: "demo", User: "carla", Label: "skip"})
		if err != nil {
			t.Error(err)
		}
		done <- res
	}()
	for {
		c, ok := take[gateway.EventInteractionCreate](s).Interaction.(dg.ComponentInteraction)
		if !ok {
			continue
		}
		if c.Data.CustomID() != "skip" || c.Message.Content != "playing" {
			t.Fatalf("component %+v", c.Data)
		}
		text := "skipped"
		err := s.rest.CreateInteractionResponse(c.ID(), c.Token(), dg.InteractionResponse{Type: dg.InteractionResponseTypeUpdateMessage, Data: dg.MessageUpdate{Content: &text}})
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if res := <-done; res.Reply["content"] != "skipped" {
		t.Fatalf("result %+v", res)
	}
}

func voice(t *testing.T, f *fixture, s *stranger, guild snowflake.ID) {
	t.Helper()
	ch := snowflake.MustParse(f.channel("music"))
	if err := s.gw.Send(t.Context(), gateway.OpcodeVoiceStateUpdate, gateway.MessageDataVoiceStateUpdate{GuildID: guild, ChannelID: &ch, SelfDeaf: true}); err != nil {
		t.Fatal(err)
	}
	vs := take[gateway.EventVoiceStateUpdate](s)
	srv := take[gateway.EventVoiceServerUpdate](s)
	if vs.UserID != s.app || *vs.ChannelID != ch || srv.Endpoint == nil || vs.Member.User.ID != s.app {
		t.Fatalf("%+v %+v", vs, srv)
	}
	if err := f.w.VerifyVoice(guild.String(), f.bot.ApplicationID, ch.String(), vs.SessionID, srv.Token, *srv.Endpoint); err != nil {
		t.Fatal(err)
	}
	state, err := s.rest.GetUserVoiceState(guild, s.app)
	if err != nil || state.SessionID != vs.SessionID || !state.SelfDeaf {
		t.Fatalf("%+v %v", state, err)
	}
	// A cut: what happens meanwhile is replayed after the RESUME.
	if n, err := f.w.CutGateway("atril"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := f.w.JoinVoice("demo", "carla", "quiet"); err != nil {
		t.Fatal(err)
	}
	if e := take[gateway.EventVoiceStateUpdate](s); e.Member.User.Username != "carla" {
		t.Fatalf("missed event %+v", e)
	}
	take[gateway.EventResumed](s)
	// Op 7 once the session is up: resumed again, without a new session.
	if n, err := f.w.Reconnect("atril"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	take[gateway.EventResumed](s)
	if v := f.w.View().Bots[0]; v.Sessions != 1 || v.Voice["demo"] != "music" {
		t.Fatalf("bot %+v", v)
	}
}

func TestDisgoNewSessionAfterInvalid(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{IdentifyInterval: -1})
	s := newStranger(f, gateway.WithIdentifyRateLimiter(gateway.NewNoopIdentifyRateLimiter()))
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	first := take[gateway.EventReady](s).SessionID
	if _, err := f.w.InvalidateSessions("", true); err != nil {
		t.Fatal(err)
	}
	take[gateway.EventResumed](s)
	if _, err := f.w.InvalidateSessions("", false); err != nil {
		t.Fatal(err)
	}
	if second := take[gateway.EventReady](s).SessionID; second == first {
		t.Fatal("op 9 with false must end the session")
	}
}

func TestDisgoWrongToken(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	s := newStranger(f)
	handler := func(gateway.Gateway, gateway.EventType, int, gateway.EventData) {}
	gw := gateway.New(f.bot.Token+"x", handler, gateway.WithURL(f.w.View().GatewayURL), gateway.WithLogger(slog.New(slog.DiscardHandler)))
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	if err := gw.Open(ctx); err == nil || ctx.Err() != nil {
		t.Fatal("a wrong token must not open")
	}
	if v := f.w.Violations(); len(v) != 1 || v[0].Code != 4004 {
		t.Fatalf("violations %+v", v)
	}
	if _, err := s.rest.GetCurrentUser("nope"); err == nil {
		t.Fatal("a wrong token must not be served")
	}
}
