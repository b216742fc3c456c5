// Command barebot is a music bot that keeps nothing, made of disgo and disgolink
// the way their own documentation shows. It is the peer that the platform is
// measured against: what a command costs when nothing is stored, nothing is
// decided and nobody else is thought of.
//
//	barebot --rest http://127.0.0.1:8090/api/v10 --node 127.0.0.1:2333
//
// The bot's token is read from DISCORD_TOKEN, the node's password from
// LAVALINK_PASSWORD.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/disgoorg/disgo"
	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/cache"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/disgolink/v3/disgolink"

	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

func main() {
	url := flag.String("rest", "", "base `address` of Discord's REST API")
	node := flag.String("node", "", "`host:port` of the node")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *url, *node)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "barebot:", err)
		os.Exit(1)
	}
}

// barebot is the two clients; the libraries' caches are all that it knows.
type barebot struct {
	client *bot.Client
	link   disgolink.Client
}

func run(ctx context.Context, url, node string) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	// Many commands at once would open a connection for each otherwise: a peer
	// that is slow for that reason proves nothing.
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented as one
	transport.MaxIdleConnsPerHost = 256
	web := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	b := &barebot{}
	var err error
	b.client, err = disgo.New(os.Getenv("DISCORD_TOKEN"),
		bot.WithLogger(log),
		bot.WithRestClientConfigOpts(rest.WithURL(url), rest.WithHTTPClient(web)),
		bot.WithGatewayConfigOpts(gateway.WithIntents(gateway.IntentGuilds|gateway.IntentGuildVoiceStates)),
		bot.WithCacheConfigOpts(cache.WithCaches(cache.FlagVoiceStates)),
		bot.WithEventListenerFunc(b.onCommand),
		bot.WithEventListenerFunc(b.onVoiceState),
		bot.WithEventListenerFunc(b.onVoiceServer),
	)
	if err != nil {
		return err
	}
	b.link = disgolink.New(b.client.ApplicationID, disgolink.WithLogger(log), disgolink.WithHTTPClient(web))
	words, err := i18n.New()
	if err != nil {
		return err
	}
	if _, err := b.link.AddNode(ctx, disgolink.NodeConfig{Name: "bench", Address: node, Password: os.Getenv("LAVALINK_PASSWORD")}); err != nil {
		return err
	}
	if err := b.client.OpenGateway(ctx); err != nil {
		return err
	}
	// The same commands as the platform's, registered last: when they are there
	// the bot is ready.
	if _, err := b.client.Rest.SetGlobalCommands(b.client.ApplicationID, command.Register(words)); err != nil {
		return err
	}
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	b.link.Close()
	b.client.Close(end)
	return nil
}

func (b *barebot) onVoiceState(e *events.GuildVoiceStateUpdate) {
	if e.VoiceState.UserID == b.client.ApplicationID {
		b.link.OnVoiceStateUpdate(context.Background(), e.VoiceState.GuildID, e.VoiceState.ChannelID, e.VoiceState.SessionID)
	}
}

func (b *barebot) onVoiceServer(e *events.VoiceServerUpdate) {
	if e.Endpoint != nil {
		b.link.OnVoiceServerUpdate(context.Background(), e.GuildID, e.Token, *e.Endpoint)
	}
}
