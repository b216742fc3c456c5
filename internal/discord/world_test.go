package discord_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
	sim "github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/store"
)

// world is the simulator behind a listener, with a REST client of its bot.
type world struct {
	*sim.World

	t     *testing.T
	bot   sim.BotView
	guild sim.GuildView
	rest  *discord.REST
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := newFaultyWorld(t)
	t.Cleanup(func() {
		for _, v := range w.Violations() {
			// What is not there may be asked for; what is malformed may not be sent.
			if v.Surface == "gateway" || v.Status == http.StatusBadRequest || v.Status == http.StatusTooManyRequests {
				t.Errorf("what Discord refuses was sent: %+v", v)
			}
		}
	})
	return w
}

// newFaultyWorld is a world that may refuse what is sent, because it was told to.
func newFaultyWorld(t *testing.T) *world {
	t.Helper()
	w := sim.New(sim.Options{IdentifyInterval: -1})
	srv := httptest.NewServer(w.Handler())
	w.SetBaseURL(srv.URL)
	v := w.View()
	r, err := discord.NewREST(discord.RESTOptions{Token: secret.New(v.Bots[0].Token), URL: v.RESTURL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		srv.Close()
	})
	return &world{World: w, t: t, bot: v.Bots[0], guild: v.Guilds[0], rest: r}
}

func (w *world) channel(name string) music.ChannelID {
	w.t.Helper()
	for _, c := range w.guild.Channels {
		if c.Name == name {
			return music.ChannelID(c.ID)
		}
	}
	w.t.Fatalf("there is no channel %s", name)
	return ""
}

func (w *world) user(name string) music.UserID {
	w.t.Helper()
	for _, u := range w.View().Users {
		if u.Name == name {
			return music.UserID(u.ID)
		}
	}
	w.t.Fatalf("there is no user %s", name)
	return ""
}

// connect runs a connection from a state.
func (w *world) connect(state store.ShardSession, snaps []store.GuildSnapshot, change ...func(*discord.Options)) *rig {
	w.t.Helper()
	return start(w.t, &gate{t: w.t}, func(o *discord.Options) {
		o.Bot, o.Token = music.BotID(w.bot.ApplicationID), secret.New(w.bot.Token)
		o.Limits, o.State, o.Snapshots = w.rest, state, each(snaps)
		for _, f := range change {
			f(o)
		}
	})
}

// until takes what comes until something fits, and acknowledges all of it.
func until[T music.Body](r *rig, fits func(T) bool) T {
	r.t.Helper()
	for {
		for _, in := range r.in().inputs {
			if b, ok := in.Body.(T); ok && fits(b) {
				return b
			}
		}
	}
}

func (r *rig) action() discord.Interaction {
	r.t.Helper()
	for {
		if h := r.in(); h.interaction != nil {
			return *h.interaction
		}
	}
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func commands() []disgo.ApplicationCommandCreate {
	return []disgo.ApplicationCommandCreate{
		disgo.SlashCommandCreate{
			Name: "play", Description: "Play a track",
			DescriptionLocalizations: map[disgo.Locale]string{disgo.LocaleSpanishES: "Pon una pista"},
			Contexts:                 []disgo.InteractionContextType{disgo.InteractionContextTypeGuild},
			Options: []disgo.ApplicationCommandOption{
				disgo.ApplicationCommandOptionString{Name: "query", Description: "What to play", Required: true},
				disgo.ApplicationCommandOptionBool{Name: "next", Description: "Before everything else"},
			},
		},
		disgo.SlashCommandCreate{Name: "skip", Description: "Skip the track"},
	}
}

func TestWorldCommands(t *testing.T) {
	w := newWorld(t)
	sync := func(want []disgo.ApplicationCommandCreate, created, updated, deleted int) {
		t.Helper()
		before := w.CommandWrites()
		got, err := w.rest.SyncCommands(t.Context(), w.bot.ApplicationID, want)
		if err != nil || len(got.Created) != created || len(got.Updated) != updated || len(got.Deleted) != deleted {
			t.Errorf("it wrote %+v, %v", got, err)
		}
		if n := w.CommandWrites() - before; n != min(got.Changes(), 1) {
			t.Errorf("%d writes arrived", n)
		}
	}
	sync(commands(), 2, 0, 0)
	sync(commands(), 0, 0, 0)
	changed := commands()
	play := changed[0].(disgo.SlashCommandCreate) //nolint:forcetypeassert // it is one
	play.DescriptionLocalizations = nil
	changed[0] = play
	sync(changed, 0, 1, 0)
	play.Options[1] = disgo.ApplicationCommandOptionBool{Name: "next", Description: "Now"}
	sync(changed, 0, 1, 0)
	sync(append(changed, disgo.SlashCommandCreate{Name: "stop", Description: "Stop"}), 1, 0, 0)
	sync(changed[:1], 0, 0, 2)
	sync(nil, 0, 0, 1)
	sync(nil, 0, 0, 0)
}

func TestWorldCheck(t *testing.T) {
	w := newWorld(t)
	a, err := w.rest.Check(t.Context())
	if err != nil || a.Application != w.bot.ApplicationID || a.Name != "atril" {
		t.Errorf("Check gave %+v, %v", a, err)
	}
	bad, err := discord.NewREST(discord.RESTOptions{Token: secret.New(token), URL: w.View().RESTURL})
	w.ok(err)
	defer bad.Close()
	if _, err := bad.Check(t.Context()); fault.CodeOf(err) != fault.Unauthenticated {
		t.Errorf("with another token it gave %v", err)
	}
}

func TestWorldAnswers(t *testing.T) {
	w := newWorld(t)
	_, err := w.rest.SyncCommands(t.Context(), w.bot.ApplicationID, commands())
	w.ok(err)
	r := w.connect(store.ShardSession{}, nil)
	eventually(t, "the connection", r.conn.Connected)
	w.ok(w.JoinVoice("demo", "ana", "music"))
	results := make(chan sim.Result, 1)
	send := func() discord.Interaction {
		t.Helper()
		go func() {
			res, err := w.Send(context.Background(), sim.SlashCommand{
				Guild: "demo", User: "ana", Name: "play", Options: []sim.Arg{{Name: "query", Value: "ocean"}},
			})
			if err != nil {
				t.Error(err)
			}
			results <- res
		}()
		return r.action()
	}
	in := send()
	if in.Command == nil || in.Command.Name != "play" || in.Command.Options[0].Value != "ocean" || in.Locale != "en-US" ||
		in.Actor.Voice != w.channel("music") || in.Actor.User != w.user("ana") || in.Actor.Text != w.channel("general") ||
		len(in.Actor.Bots) != 1 || !in.Actor.Bots[0].Connect || !in.Actor.Bots[0].Speak || in.Age(time.Now()) > time.Minute {
		t.Errorf("the interaction is %+v", in)
	}
	text := func(s string) disgo.MessageUpdate { return disgo.MessageUpdate{Content: &s} }
	deferred := disgo.InteractionResponse{Type: disgo.InteractionResponseTypeDeferredCreateMessage}
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, deferred))
	w.ok(w.rest.EditOriginal(t.Context(), in.Application, in.Token, text("found it")))
	if res := recv(t, results, "the answer"); res.Reply["content"] != "found it" {
		t.Errorf("ana sees %+v", res)
	}
	id, err := w.rest.Followup(t.Context(), in.Application, in.Token, disgo.MessageCreate{Content: "and more"})
	if err != nil || id == "" {
		t.Errorf("the follow-up gave %q, %v", id, err)
	}
	w.ok(w.rest.DeleteOriginal(t.Context(), in.Application, in.Token))

	in = send()
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, disgo.InteractionResponse{
		Type: disgo.InteractionResponseTypeCreateMessage, Data: disgo.MessageCreate{
			Content:    "@everyone now: ocean",
			Components: []disgo.LayoutComponent{disgo.NewActionRow(disgo.NewPrimaryButton("Skip", "skip:1"))},
		},
	}))
	if res := recv(t, results, "the answer"); res.Reply["content"] != "@everyone now: ocean" || res.Reply["mention_everyone"] == true {
		t.Errorf("ana sees %+v", res)
	}
	go func() {
		res, err := w.Click(context.Background(), sim.Click{Guild: "demo", User: "ana", CustomID: "skip:1"})
		if err != nil {
			t.Error(err)
		}
		results <- res
	}()
	in = r.action()
	if in.Component == nil || in.Component.CustomID != "skip:1" || in.Component.Message == "" {
		t.Errorf("the click is %+v", in)
	}
	w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, disgo.InteractionResponse{
		Type: disgo.InteractionResponseTypeUpdateMessage, Data: text("skipped"),
	}))
	recv(t, results, "the answer")
}

func TestWorldMessages(t *testing.T) {
	w := newWorld(t)
	general := w.channel("general")
	first, err := w.rest.CreateMessage(t.Context(), general, "panel:1", disgo.MessageCreate{Content: "one"})
	w.ok(err)
	second, err := w.rest.CreateMessage(t.Context(), general, "panel:1", disgo.MessageCreate{Content: "one"})
	if err != nil || first != second {
		t.Errorf("the same key gave %s and %s, %v", first, second, err)
	}
	words := "two"
	w.ok(w.rest.EditMessage(t.Context(), general, first, disgo.MessageUpdate{Content: &words}))
	shown, err := w.Messages("demo", "general", 10)
	if err != nil || len(shown) != 1 || shown[0].Message["content"] != "two" {
		t.Errorf("the channel shows %+v, %v", shown, err)
	}
	w.ok(w.rest.DeleteMessage(t.Context(), general, first))
	w.ok(w.JoinVoice("demo", "ana", "music"))
	v, err := w.rest.UserVoiceState(t.Context(), music.GuildID(w.guild.ID), w.user("ana"))
	if err != nil || v.Channel != w.channel("music") {
		t.Errorf("ana is at %+v, %v", v, err)
	}
	v, err = w.rest.UserVoiceState(t.Context(), music.GuildID(w.guild.ID), w.user("bruno"))
	if err != nil || v.Channel != "" {
		t.Errorf("bruno is at %+v, %v", v, err)
	}
}

func TestWorldVoice(t *testing.T) {
	w := newWorld(t)
	r := w.connect(store.ShardSession{}, nil)
	guild, me := music.GuildID(w.guild.ID), music.UserID(w.bot.ApplicationID)
	until(r, func(s music.VoiceSnapshot) bool { return true })
	w.ok(r.conn.SetVoice(t.Context(), guild, w.channel("music"), 1))
	state := until(r, func(s music.VoiceState) bool { return s.User == me })
	server := until(r, func(s music.VoiceServer) bool { return true })
	w.ok(w.VerifyVoice(w.guild.ID, w.bot.ApplicationID, string(state.Channel), state.Session, server.Token, server.Endpoint))

	w.ok(w.VoiceServerDown("demo", "atril"))
	until(r, func(s music.VoiceServer) bool { return s.Endpoint == "" })
	w.ok(w.VoiceServerUp("demo", "atril"))
	until(r, func(s music.VoiceServer) bool { return s.Endpoint != "" && s.Token != server.Token })
	w.ok(w.JoinVoice("demo", "atril", "quiet")) // an admin moves the bot
	until(r, func(s music.VoiceState) bool {
		return s.User == me && s.Channel == w.channel("quiet") && s.Session == state.Session
	})
	w.ok(w.JoinVoice("demo", "ana", "quiet"))
	until(r, func(s music.VoiceState) bool { return s.User == w.user("ana") && !s.Bot && s.Session == "" })
	w.ok(r.conn.SetVoice(t.Context(), guild, "", 1))
	until(r, func(s music.VoiceState) bool { return s.User == me && s.Channel == "" })
	w.ok(w.DeleteChannel("demo", "quiet"))
	until(r, func(c music.ChannelGone) bool { return c.Channel == w.channel("quiet") })
}

func TestWorldResumes(t *testing.T) {
	w := newWorld(t)
	r := w.connect(store.ShardSession{}, nil)
	until(r, func(s music.VoiceSnapshot) bool { return true })
	guild := music.GuildID(w.guild.ID)
	w.ok(r.conn.SetVoice(t.Context(), guild, w.channel("music"), 1))
	until(r, func(s music.VoiceServer) bool { return true })
	lost := 0
	w.OnVoiceClosed(func(string, string, int) { lost++ })
	for i, break1 := range []func(string) (int, error){w.CutGateway, w.Reconnect, w.CutGateway} {
		n, err := break1("")
		if err != nil || n != 1 {
			t.Fatalf("break %d met %d connections, %v", i, n, err)
		}
		channel := []string{"music", "quiet", "music"}[i]
		w.ok(w.JoinVoice("demo", "ana", channel))
		until(r, func(s music.VoiceState) bool { return s.User == w.user("ana") && s.Channel == w.channel(channel) })
		eventually(t, "RESUMED", func() bool { return r.conn.Counters().Resumes == int64(i+1) && r.conn.Connected() })
	}
	if n := r.conn.Counters(); n.Identifies != 1 || lost != 0 {
		t.Errorf("%+v, and voice was lost %d times", n, lost)
	}
	_, err := w.InvalidateSessions("", false)
	w.ok(err)
	until(r, func(s music.VoiceSnapshot) bool { return len(s.States) == 1 && s.States[0].User == w.user("ana") })
	if n := r.conn.Counters(); n.Identifies != 2 {
		t.Errorf("after op 9 d:false: %+v", n)
	}
}

// A process dies and another takes over, five times, while people move.
func TestWorldRestarts(t *testing.T) {
	w := newWorld(t)
	_, err := w.rest.SyncCommands(t.Context(), w.bot.ApplicationID, commands())
	w.ok(err)
	var state store.ShardSession
	kept := map[music.GuildID]store.GuildSnapshot{}
	for round := range 5 {
		var snaps []store.GuildSnapshot
		for _, s := range kept {
			snaps = append(snaps, s)
		}
		r := w.connect(state, snaps)
		if round == 0 {
			until(r, func(s music.VoiceSnapshot) bool { return true })
			w.ok(r.conn.SetVoice(t.Context(), music.GuildID(w.guild.ID), w.channel("music"), 1))
			until(r, func(s music.VoiceServer) bool { return true })
		} else {
			// What happened between the two: ana moved, and typed a command.
			in := r.action()
			if in.Actor.User != w.user("ana") || in.Actor.Voice == "" || !in.Actor.Bots[0].Speak {
				t.Errorf("round %d: the actor is %+v", round, in.Actor)
			}
			w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, disgo.InteractionResponse{
				Type: disgo.InteractionResponseTypeCreateMessage, Data: disgo.MessageCreate{Content: "hello"},
			}))
			until(r, func(s music.VoiceSnapshot) bool { return true })
			if got := r.conn.Locale(music.GuildID(w.guild.ID)); got != "en-US" {
				t.Errorf("round %d: the guild's language is %q", round, got)
			}
			if n := r.conn.Counters(); n.Identifies != 0 || n.Resumes == 0 {
				t.Errorf("round %d: %+v", round, n)
			}
		}
		cp, err := r.conn.Checkpoint()
		w.ok(err)
		state = cp.Session
		for _, s := range cp.Snapshots {
			kept[s.Guild] = s
		}
		w.ok(r.leave())
		eventually(t, "the end of the socket", func() bool { return w.View().Bots[0].Connected == 0 })
		w.ok(w.JoinVoice("demo", "ana", []string{"music", "quiet"}[round%2]))
		if round < 4 {
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // nobody waits for the answer
			_, err = w.Send(ctx, sim.SlashCommand{Guild: "demo", User: "ana", Name: "skip"})
			w.ok(err)
		}
	}
	if got := w.View().Bots[0].Voice["demo"]; got != "music" {
		t.Errorf("the bot is in %q after the restarts", got)
	}
}

func TestWorldPermissions(t *testing.T) {
	w := newWorld(t)
	_, err := w.rest.SyncCommands(t.Context(), w.bot.ApplicationID, commands())
	w.ok(err)
	r := w.connect(store.ShardSession{}, nil)
	until(r, func(s music.VoiceSnapshot) bool { return true })
	w.ok(w.JoinVoice("demo", "ana", "music"))
	access := func() music.BotAccess {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := w.Send(ctx, sim.SlashCommand{Guild: "demo", User: "ana", Name: "skip"})
		w.ok(err)
		in := r.action()
		w.ok(w.rest.CreateResponse(t.Context(), in.ID, in.Token, disgo.InteractionResponse{
			Type: disgo.InteractionResponseTypeCreateMessage, Data: disgo.MessageCreate{Content: "hello"},
		}))
		return in.Actor.Bots[0]
	}
	if a := access(); !a.Connect || !a.Speak {
		t.Errorf("at first %+v", a)
	}
	w.ok(w.SetOverwrite("demo", "music", "atril", 0, uint64(disgo.PermissionSpeak)))
	if a := access(); !a.Connect || a.Speak {
		t.Errorf("without SPEAK %+v", a)
	}
	w.ok(w.SetOverwrite("demo", "music", "atril", 0, uint64(disgo.PermissionConnect)))
	if a := access(); a.Connect || !a.Speak {
		t.Errorf("without CONNECT %+v", a)
	}
}
