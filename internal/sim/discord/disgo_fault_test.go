//go:build !race

// See disgo_test.go for why the race detector does not see this file.

package discord_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	dg "github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"
	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestDisgoPayloadCompression(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	s := newStranger(f, gateway.WithCompression(gateway.CompressionZlibPayload))
	wholeSession(t, f, s)
	if v := f.w.Violations(); len(v) != 0 {
		t.Fatalf("disgo sent what was refused: %+v", v)
	}
}

func TestDisgoShards(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{Seed: manyGuilds(6), MaxConcurrency: 2})
	guilds := map[string]bool{}
	for shard := range 2 {
		s := newStranger(f, gateway.WithShardID(shard), gateway.WithShardCount(2))
		if err := s.open(); err != nil {
			t.Fatal(err)
		}
		ready := take[gateway.EventReady](s)
		if ready.Shard != [2]int{shard, 2} {
			t.Fatalf("%v", ready.Shard)
		}
		for range ready.Guilds {
			guilds[take[gateway.EventGuildCreate](s).ID.String()] = true
		}
	}
	if len(guilds) != 6 {
		t.Fatalf("%d guilds", len(guilds))
	}
}

func TestDisgoHearsOfTheGuild(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	s := newStranger(f)
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	guild := snowflake.MustParse(f.guild.ID)
	f.breaks("voice.stage", nil)
	ch, ok := take[gateway.EventChannelCreate](s).GuildChannel.(dg.GuildStageVoiceChannel)
	if !ok || ch.Name() != "live" {
		t.Fatalf("%+v", ch)
	}
	if st := take[gateway.EventStageInstanceCreate](s).StageInstance; st.ChannelID != ch.ID() || st.Topic == "" {
		t.Fatalf("%+v", st)
	}
	id := ch.ID()
	if err := s.gw.Send(t.Context(), gateway.OpcodeVoiceStateUpdate, gateway.MessageDataVoiceStateUpdate{GuildID: guild, ChannelID: &id}); err != nil {
		t.Fatal(err)
	}
	if vs := take[gateway.EventVoiceStateUpdate](s); !vs.Suppress {
		t.Fatalf("%+v", vs)
	}
	now := time.Now().UTC().Format(time.RFC3339)
	if a := f.call("PATCH", "/guilds/"+f.guild.ID+"/voice-states/@me", obj{"request_to_speak_timestamp": now}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if vs := take[gateway.EventVoiceStateUpdate](s); vs.RequestToSpeakTimestamp == nil {
		t.Fatalf("%+v", vs)
	}
	f.mends("voice.suppress", nil)
	if vs := take[gateway.EventVoiceStateUpdate](s); vs.Suppress {
		t.Fatalf("%+v", vs)
	}
	f.breaks("voice.guild_unavailable", nil)
	if g := take[gateway.EventGuildDelete](s); !g.Unavailable || g.ID != guild {
		t.Fatalf("%+v", g)
	}
	f.mends("voice.guild_unavailable", nil)
	for g := take[gateway.EventGuildCreate](s); g.ID != guild || len(g.StageInstances) != 1; {
		g = take[gateway.EventGuildCreate](s) // those of the start come before
	}
	f.breaks("voice.guild_removed", nil)
	if g := take[gateway.EventGuildDelete](s); g.Unavailable {
		t.Fatalf("%+v", g)
	}
	f.mends("voice.guild_removed", nil)
	take[gateway.EventGuildCreate](s)
}

// disgo waits as the headers say and tries again. A global limit is left out: it
// names no bucket, and disgo then tries ten times at once and gives up.
func TestDisgoMeetsLimitsAndErrors(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	s := newStranger(f)
	for _, form := range []string{"route", "shared"} {
		f.breaks("rest.rate_limit", args{"form": form, "retry_after": "0.3", "route": "GET /guilds/{guild}/roles"})
		if _, err := s.rest.GetRoles(snowflake.MustParse(f.guild.ID)); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if a := f.active("rest.rate_limit"); len(a) != 0 {
			t.Fatalf("%s was not met: %v", form, a)
		}
	}
	f.breaks("rest.error", args{"status": "503", "count": "1"})
	_, err := s.rest.GetRoles(snowflake.MustParse(f.guild.ID))
	var e *rest.Error
	if !errors.As(err, &e) && err == nil {
		t.Fatal("a 503 is an error")
	}
	if e != nil && e.Response.StatusCode != http.StatusServiceUnavailable {
		t.Fatal(e.Response.StatusCode)
	}
}

// After a code that must never be retried disgo stays away.
func TestDisgoStaysAwayAfterFinalCodes(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	closed := make(chan error, 1)
	gw := gateway.New(f.bot.Token, func(gateway.Gateway, gateway.EventType, int, gateway.EventData) {},
		gateway.WithURL(f.w.View().GatewayURL), gateway.WithLogger(slog.New(slog.DiscardHandler)), gateway.WithIntents(gateway.IntentGuilds),
		gateway.WithCloseHandler(func(_ gateway.Gateway, err error, _ bool) { closed <- err }),
	)
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	if err := gw.Open(ctx); err != nil {
		t.Fatal(err)
	}
	f.breaks("gateway.close", args{"code": "4004"})
	select {
	case err := <-closed:
		var ce *websocket.CloseError
		if !errors.As(err, &ce) || ce.Code != 4004 {
			t.Fatal(err)
		}
	case <-ctx.Done():
		t.Fatal("disgo was not told")
	}
	if v := f.w.View().Bots[0]; v.Sessions != 0 {
		t.Fatalf("%+v", v)
	}
}
