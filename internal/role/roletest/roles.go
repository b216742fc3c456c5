package roletest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/i18n"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/resolve"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/sim/control"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
	simlavalink "github.com/atrilhq/platform/internal/sim/lavalink"
)

// Audio is an audio role that runs.
type Audio struct {
	*audio.Role
	*Running
}

// AudioOptions are those of an audio role on the rig's database and nodes.
func (r *Rig) AudioOptions() audio.Options {
	o := audio.Options{
		Store: r.Store, Bus: r.Bus, Clock: r.Clock(), Logger: r.Log, Holder: "local",
		Policy:       resolve.PolicyOptions{Trusted: []string{simlavalink.MediaHost}},
		SearchPrefix: "ytsearch:", Entitlements: plan.Default(), Settings: music.DefaultSettings(),
	}
	for _, n := range r.Nodes {
		o.Nodes = append(o.Nodes, lavalink.Node{Name: music.NodeName(n.Name), Address: n.Address, Password: secret.New(Password)})
	}
	return o
}

// StartAudio starts an audio role and waits until it owns every partition.
func (r *Rig) StartAudio(change ...func(*audio.Options)) *Audio {
	r.T.Helper()
	o := r.AudioOptions()
	for _, f := range change {
		f(&o)
	}
	role, err := audio.New(r.T.Context(), o)
	if err != nil {
		r.T.Fatal(err)
	}
	a := &Audio{Role: role, Running: r.Start(role.Run)}
	Until(r.T, "the partitions are owned", func() bool { return len(role.Loop().Owned()) == 4 })
	return a
}

// Gateway is a gateway role that runs.
type Gateway struct {
	*gateway.Role
	*Running

	Metrics *Metrics
}

// GatewayOptions are those of a gateway role in the rig's world.
func (r *Rig) GatewayOptions() gateway.Options {
	words, err := i18n.New()
	if err != nil {
		r.T.Fatal(err)
	}
	return gateway.Options{
		Store: r.Store, Bus: r.Bus, Clock: r.Clock(), Logger: r.Log, Holder: "local", Tokens: r.Tokens,
		RESTURL: r.URL + "/api/v10", Words: words, Entitlements: plan.Default(), Metrics: &Metrics{},
	}
}

// StartGateway starts a gateway role and waits until its bots are connected and
// have their commands.
func (r *Rig) StartGateway(change ...func(*gateway.Options)) *Gateway {
	r.T.Helper()
	o := r.GatewayOptions()
	for _, f := range change {
		f(&o)
	}
	role, err := gateway.New(r.T.Context(), o)
	if err != nil {
		r.T.Fatal(err)
	}
	m, _ := o.Metrics.(*Metrics)
	g := &Gateway{Role: role, Running: r.Start(role.Run), Metrics: m}
	Until(r.T, "the gateway is connected", role.Connected)
	Until(r.T, "the commands are registered", func() bool {
		cmds, err := r.World.Commands("demo")
		return err == nil && len(cmds) > 5
	})
	return g
}

// Metrics remembers what it was told.
type Metrics struct {
	mu    sync.Mutex
	acked []string
	done  []string
}

// CommandDone implements gateway.Metrics.
func (m *Metrics) CommandDone(command, outcome string, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = append(m.done, command+" "+outcome)
}

// InteractionAcked implements gateway.Metrics.
func (m *Metrics) InteractionAcked(kind string, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.acked = append(m.acked, kind)
}

// Told returns what was told: kinds of first answers, and commands with what
// came of them.
func (m *Metrics) Told() (acked, done []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.acked...), append([]string(nil), m.done...)
}

// Send types a line as ana and returns what she sees in the end.
func (r *Rig) Send(line string) simdiscord.Result {
	r.T.Helper()
	return r.SendAs("ana", line, time.Minute)
}

// SendUntil types a line as ana, several times where need be, until what she sees
// is as wanted: on a busy machine an answer may miss its moment.
func (r *Rig) SendUntil(line string, ok func(simdiscord.Result) bool) simdiscord.Result {
	r.T.Helper()
	const most = 8
	for try := 1; ; try++ {
		res := r.Send(line)
		if ok(res) {
			return res
		}
		if try == most {
			r.T.Fatalf("%s, %d times, at last: %+v", line, most, res)
		}
	}
}

// SendAs types a line and waits for what the user sees.
func (r *Rig) SendAs(user, line string, within time.Duration) simdiscord.Result {
	r.T.Helper()
	res, err := r.send(user, line, within)
	if err != nil {
		r.T.Fatalf("%s: %v", line, err)
	}
	return res
}

func (r *Rig) send(user, line string, within time.Duration) (simdiscord.Result, error) {
	name, args, err := control.ParseLine(line)
	if err != nil {
		return simdiscord.Result{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	name, args = r.subcommand(name, args)
	return r.World.Send(ctx, simdiscord.SlashCommand{Guild: "demo", User: user, Name: name, Options: args})
}

// subcommand moves a first word that names a subcommand to the command's name.
func (r *Rig) subcommand(name string, args []simdiscord.Arg) (string, []simdiscord.Arg) {
	i := slices.IndexFunc(args, func(a simdiscord.Arg) bool { return a.Name == "" })
	all, err := r.World.Commands("demo")
	if i < 0 || err != nil {
		return name, args
	}
	word, rest, _ := strings.Cut(args[i].Value, " ")
	for _, c := range all {
		if c.Name == name && slices.ContainsFunc(c.Options, func(o simdiscord.Option) bool { return o.Type == 1 && o.Name == word }) {
			if args[i].Value = rest; rest == "" {
				args = slices.Delete(args, i, i+1)
			}
			return name + " " + word, args
		}
	}
	return name, args
}

// Later types a line as ana and returns a channel with what she sees.
func (r *Rig) Later(line string) <-chan simdiscord.Result {
	out := make(chan simdiscord.Result, 1)
	go func() {
		res, err := r.send("ana", line, time.Minute)
		if err != nil {
			r.T.Errorf("%s: %v", line, err)
		}
		out <- res
	}()
	return out
}

// Join walks somebody into the voice channel named music.
func (r *Rig) Join(user string) {
	r.T.Helper()
	if err := r.World.JoinVoice("demo", user, "music"); err != nil {
		r.T.Fatal(err)
	}
}

// Text is what a message says.
func Text(t testing.TB, res simdiscord.Result) string {
	t.Helper()
	s, _ := res.Reply["content"].(string)
	return s
}

// Player returns the guild's player as it was last committed.
func (a *Audio) Player(r *Rig) *music.Player {
	g, ok := a.Loop().View(r.Guild)
	if !ok {
		return nil
	}
	return g.Player(r.Bot)
}

// Sounds says that a player's track is heard.
func (a *Audio) Sounds(r *Rig) bool {
	p := a.Player(r)
	return p != nil && p.Play != nil && p.Play.Phase == music.PhaseSounding
}
