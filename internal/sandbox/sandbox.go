// Package sandbox starts the simulators of Discord and Lavalink as one world and
// tells a daemon how to reach them: the whole product without an account anywhere.
package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/sim/lavalink"
	"github.com/atrilhq/platform/internal/store/dirlock"
)

const (
	worldFile = "world.json"
	portsFile = "ports.json"
	lockFile  = "sandbox.lock"
	loopback  = "127.0.0.1:0"
	// MaxNodes is how many simulated nodes a world can have.
	MaxNodes = 8
	// DefaultNodes is how many it has where nobody says: enough to see what
	// happens when one of them is lost.
	DefaultNodes = 2
	// nodePassword is no secret: the node exists on loopback only.
	nodePassword = "sandbox-only"
)

// Options says where the simulators are and what they keep.
type Options struct {
	// Listen is where the simulated Discord and the control are; empty takes
	// the port of last time, or a free one.
	Listen string
	// DataDir keeps the world: who is in voice, messages, sessions.
	DataDir string
	// Nodes is how many simulated audio nodes there are, DefaultNodes if 0.
	Nodes  int
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// Sandbox is a running world.
type Sandbox struct {
	world *discord.World
	media *lavalink.Catalog
	nodes []*node
	http  *http.Server
	addr  string
	lock  *dirlock.Lock
}

// ports are remembered, so that a daemon that was killed with its simulators
// finds them where they were.
type ports struct {
	Main  string            `json:"main"`
	Nodes map[string]string `json:"nodes"`
}

// Start starts the simulators. Errors: Conflict where a port is taken or another
// process has the directory,
// Unavailable or Denied where the directory cannot be used, Invalid for a stored
// world that cannot be read.
func Start(o Options) (*Sandbox, error) {
	const op = "sandbox.Start"
	if o.Nodes < 0 || o.Nodes > MaxNodes {
		return nil, fault.New(fault.Invalid, op, "a sandbox has at most "+strconv.Itoa(MaxNodes)+" nodes")
	}
	if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
		code := fault.Unavailable
		if os.IsPermission(err) {
			code = fault.Denied
		}
		return nil, fault.Wrap(err, code, op, "the directory "+o.DataDir+" of the sandbox cannot be made").
			WithHint("choose another one with --data-dir")
	}
	// Two worlds in one directory would write over each other.
	lock, err := dirlock.Take(o.DataDir, lockFile)
	if err != nil {
		return nil, err
	}
	s, err := start(o)
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	s.lock = lock
	return s, nil
}

func start(o Options) (*Sandbox, error) {
	seed := discord.DemoPool()
	s := &Sandbox{world: discord.New(discord.Options{Clock: o.Clock, Logger: o.Logger, Seed: &seed}), media: lavalink.DefaultCatalog()}
	if err := s.open(o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Sandbox) open(o Options) error {
	path := filepath.Join(o.DataDir, worldFile)
	if err := s.world.Load(path); err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	known := readPorts(o.DataDir)
	for i := range orElse(o.Nodes, DefaultNodes) {
		if err := s.addNode(o, i, known); err != nil {
			return err
		}
	}
	s.world.OnVoiceClosed(s.voiceClosed)
	if err := s.serve(o, known.Main); err != nil {
		return err
	}
	// What is written down from here on is of a world that is reached.
	if err := s.world.AutoSave(path); err != nil {
		return err
	}
	now := ports{Main: s.addr, Nodes: map[string]string{}}
	for _, n := range s.nodes {
		now.Nodes[n.name] = n.addr
	}
	writePorts(o, now)
	return nil
}

// regions are those of the simulated nodes, in turn.
var regions = []string{"eu", "us", "asia"}

// addNode starts the i-th simulated node: sim-1, sim-2, and so on.
func (s *Sandbox) addNode(o Options, i int, known ports) error {
	name := "sim-" + strconv.Itoa(i+1)
	sim, err := lavalink.New(lavalink.Options{
		Name: name, Password: nodePassword, Clock: o.Clock, Logger: o.Logger, Catalog: s.media, Verify: s.verify,
		Region: regions[i%len(regions)],
	})
	if err != nil {
		return err
	}
	n := &node{Node: sim, name: name}
	s.nodes = append(s.nodes, n)
	return n.listen(known.Nodes[name])
}

func orElse(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

func (s *Sandbox) serve(o Options, last string) error {
	ln, err := listen(o.Listen, last)
	if err != nil {
		return err
	}
	s.addr = ln.Addr().String()
	s.world.SetBaseURL("http://" + s.addr)
	if err := s.media.SetBaseURL("http://" + s.addr); err != nil {
		return err
	}
	deps := control.Deps{
		World: s.world, Passwords: map[string]string{}, Audio: s.media.AudioHandler(), Artwork: s.media.ArtworkHandler(), Clock: o.Clock,
	}
	for _, n := range s.nodes {
		deps.Nodes = append(deps.Nodes, n)
		deps.Passwords[n.name] = nodePassword
	}
	mux := http.NewServeMux()
	mux.Handle(control.Prefix+"/", control.Handler(deps))
	mux.Handle("/", s.world.Handler())
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(ln) }()
	return nil
}

// listen opens the address that was asked for, or the one of last time, or any.
func listen(address, last string) (net.Listener, error) {
	const op = "sandbox.listen"
	if address == "" && onLoopback(last) {
		if ln, err := net.Listen("tcp", last); err == nil { //nolint:noctx // on loopback nothing is waited for
			return ln, nil
		}
	}
	if address == "" {
		address = loopback
	}
	if !onLoopback(address) {
		return nil, fault.New(fault.Invalid, op, "simulators listen on loopback only").
			WithHint("use an address such as 127.0.0.1:8090")
	}
	ln, err := net.Listen("tcp", address) //nolint:noctx // on loopback nothing is waited for
	if err != nil {
		return nil, fault.Wrap(err, fault.Conflict, op, "the address "+address+" cannot be listened on").
			WithHint("stop what uses it, or choose another port")
	}
	return ln, nil
}

func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}

// Address is where the simulated Discord and the control are, as host:port.
func (s *Sandbox) Address() string { return s.addr }

// Close ends the simulators and writes the world down.
func (s *Sandbox) Close() error {
	var err error
	if s.http != nil {
		err = s.http.Close()
	}
	for _, n := range s.nodes {
		n.close()
	}
	err = errors.Join(err, s.world.Close())
	if s.lock != nil {
		err = errors.Join(err, s.lock.Release())
	}
	return err
}

// verify lets the node ask Discord whether credentials for voice are real.
func (s *Sandbox) verify(v lavalink.Voice) error {
	return s.world.VerifyVoice(v.GuildID, v.UserID, v.ChannelID, v.SessionID, v.Token, v.Endpoint)
}

func (s *Sandbox) voiceClosed(guild, user string, code int) {
	for _, n := range s.nodes {
		_ = n.CloseVoice(user, guild, code, "Disconnected.", true)
	}
}

func readPorts(dir string) ports {
	var p ports
	raw, err := os.ReadFile(filepath.Join(dir, portsFile))
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return ports{}
	}
	return p
}

func writePorts(o Options, p ports) {
	raw, err := json.Marshal(p)
	if err == nil {
		err = os.WriteFile(filepath.Join(o.DataDir, portsFile), raw, 0o600)
	}
	if err != nil {
		o.Logger.Warn("the ports of the sandbox cannot be written down", "error", err)
	}
}

// World asks a sandbox, in this process or in another one, what there is.
// Errors: Unavailable where none answers.
func World(ctx context.Context, address string) (control.World, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	w, err := control.NewClient(address, nil).World(ctx)
	if err != nil {
		return w, fault.Wrap(err, fault.Unavailable, "sandbox.World", "no sandbox answers at "+address).
			WithHint("start one with: platformd sim --listen " + address)
	}
	return w, nil
}
