// Package world is what the benchmarks play in: a simulated Discord with many
// guilds and one simulated node, without limits of rate, and with a tap on both
// that says when a request came in. Each system under test gets a World of its
// own, made from the same seed.
package world

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/sim/lavalink"
)

const (
	// ApplicationID is the bot's.
	ApplicationID = "1000000000000000001"
	// Password is the node's; the node exists on loopback only.
	Password = "bench-only"
	// Member is who types commands, in every guild.
	Member = "ana"
	// VoiceChannel is where Member sits.
	VoiceChannel = "music"
	// OtherChannel is empty.
	OtherChannel = "quiet"
	// songs is how many different tracks there are.
	songs = 300
)

// Options says how large a World is. Guilds is required; Length is how long
// its tracks are, an hour if zero.
type Options struct {
	Guilds int
	Length time.Duration
}

// World is a Discord and a node, each on a port of its own on loopback.
type World struct {
	Discord *discord.World
	Node    *lavalink.Node
	// Address and NodeAddress are host:port.
	Address, NodeAddress string

	guilds  []string
	tap     *tap
	servers []*http.Server

	mu    sync.Mutex
	asked int
}

// Token is the bot's token. Its first segment is the application's id, as
// Discord's are.
func Token() string {
	return base64.RawStdEncoding.EncodeToString([]byte(ApplicationID)) + ".bench1." + strings.Repeat("b", 38)
}

// Start starts a World.
func Start(o Options) (*World, error) {
	if o.Length <= 0 {
		o.Length = time.Hour
	}
	catalog, err := lavalink.NewCatalog(tracks(o.Length), nil)
	if err != nil {
		return nil, err
	}
	seed := seed(o.Guilds)
	w := &World{tap: newTap()}
	w.Discord = discord.New(discord.Options{
		Logger: slog.New(slog.DiscardHandler), Seed: &seed,
		IdentifyInterval: -1, GlobalLimit: -1, NoRouteLimits: true, QueueLimit: 1 << 16,
	})
	w.Node, err = lavalink.New(lavalink.Options{Name: "bench", Password: Password, Catalog: catalog, Verify: w.verify})
	if err != nil {
		return nil, errors.Join(err, w.Discord.Close())
	}
	w.Discord.OnVoiceClosed(func(guild, user string, code int) {
		_ = w.Node.CloseVoice(user, guild, code, "Disconnected.", true) // there may be none
	})
	for _, g := range w.Discord.View().Guilds {
		w.guilds = append(w.guilds, g.ID)
	}
	if w.Address, err = w.serve(w.tap.discord(w.Discord.Handler())); err == nil {
		w.Discord.SetBaseURL("http://" + w.Address)
		w.NodeAddress, err = w.serve(w.tap.node(w.Node.Handler()))
	}
	for i := 0; err == nil && i < len(w.guilds); i++ {
		err = w.Discord.JoinVoice(w.guilds[i], Member, VoiceChannel)
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// seed describes guilds that are all alike.
func seed(guilds int) discord.Seed {
	s := discord.Seed{
		Users: []discord.UserSeed{{Name: Member, Locale: "en-US"}, {Name: "bruno", Locale: "es-ES"}},
		Bots:  []discord.BotSeed{{Name: "atril", Token: Token(), ApplicationID: ApplicationID}},
	}
	for i := range guilds {
		s.Guilds = append(s.Guilds, discord.GuildSeed{
			Name: fmt.Sprintf("guild-%04d", i), Locale: "en-US",
			Channels: []discord.ChannelSeed{{Name: "general"}, {Name: VoiceChannel, Voice: true}, {Name: OtherChannel, Voice: true}},
		})
	}
	return s
}

func tracks(length time.Duration) []lavalink.Track {
	out := make([]lavalink.Track, songs)
	for i := range out {
		out[i] = lavalink.Track{
			ID: fmt.Sprintf("song-%04d", i), Title: fmt.Sprintf("Song%04d of the Shore", i), Author: "The Tin Orchard",
			Length: length, Latency: time.Millisecond,
		}
	}
	return out
}

// Query returns words that find exactly one track and that nobody has typed
// before: no cache of what was found before can help with them.
func (w *World) Query() string {
	w.mu.Lock()
	n := w.asked
	w.asked++
	w.mu.Unlock()
	// The node does not look at punctuation; whoever compares texts does.
	return fmt.Sprintf("song%04d %s", n%songs, strings.NewReplacer("0", ".", "1", "-").Replace(strconv.FormatInt(int64(n), 2)))
}

// Guilds is how many guilds there are.
func (w *World) Guilds() int { return len(w.guilds) }

// Guild returns the id of the i-th guild, counted around.
func (w *World) Guild(i int) string { return w.guilds[i%len(w.guilds)] }

// Registered tells whether the bot is there: connected, with its commands
// registered. A session on the node may come later, with the first player.
func (w *World) Registered() bool {
	list, err := w.Discord.Commands(w.guilds[0])
	return err == nil && len(list) > 0 && w.Connected()
}

// Connected tells whether the bot has a connection to the gateway.
func (w *World) Connected() bool {
	bots := w.Discord.View().Bots
	return len(bots) > 0 && bots[0].Connected > 0
}

// Voices counts the guilds in which the node has a voice connection.
func (w *World) Voices() int {
	n := 0
	for _, p := range w.Node.Players() {
		if p.Connected {
			n++
		}
	}
	return n
}

func (w *World) serve(h http.Handler) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.servers = append(w.servers, srv)
	go func() { _ = srv.Serve(ln) }() // it ends with Close
	return ln.Addr().String(), nil
}

func (w *World) verify(v lavalink.Voice) error {
	return w.Discord.VerifyVoice(v.GuildID, v.UserID, v.ChannelID, v.SessionID, v.Token, v.Endpoint)
}

// Close ends everything.
func (w *World) Close() error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	w.Node.Close()
	return errors.Join(append(errs, w.Discord.Close())...)
}
