package daemon

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/resolve"
	"github.com/atrilhq/platform/internal/role/api"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/store"
)

// roles are those that were chosen; the others are nil.
type roles struct {
	gateway *gateway.Role
	audio   *audio.Role
	worker  *worker.Role
	api     *api.Role

	mu     sync.Mutex
	states []view.Role
}

// set notes how far a role is. Listeners are not listed.
func (r *roles) set(name, state, detail string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.states {
		if r.states[i].Name == name {
			r.states[i].State, r.states[i].Detail = state, detail
		}
	}
}

func (r *roles) list() []view.Role {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.states)
}

// parts are the roles in the order in which they are ended. The api role is its
// listeners.
func (d *daemon) parts() []part {
	r := &d.roles
	var out []part
	if r.gateway != nil {
		out = append(out, part{"gateway", d.greeted})
	}
	if r.audio != nil {
		out = append(out, part{"audio", r.audio.Run})
	}
	if r.worker != nil {
		out = append(out, part{"worker", r.worker.Run})
	}
	return out
}

// compose makes the chosen roles.
func (d *daemon) compose(ctx context.Context) error {
	c := d.Config
	can, err := plan.Of(plan.Name(c.Plan.Default))
	if err != nil {
		return err
	}
	for _, name := range c.Roles {
		d.roles.states = append(d.roles.states, view.Role{Name: name, State: "starting"})
		switch name {
		case "gateway":
			d.roles.gateway, err = d.newGateway(ctx, can)
		case "audio":
			d.roles.audio, err = d.newAudio(ctx, can)
		case "worker":
			d.roles.worker, err = d.newWorker(ctx)
		}
		if err != nil {
			return err
		}
	}
	d.nameBots()
	d.fleet = d.newFleet()
	if slices.Contains(c.Roles, "api") {
		d.roles.api = d.newAPI()
	}
	return nil
}

func (d *daemon) newWorker(ctx context.Context) (_ *worker.Role, err error) {
	o := worker.Options{Store: d.store, Bus: d.bus, Clock: d.clock, Logger: d.Logger, Queue: d.queue, Retention: retention(d.Config.Retention)}
	if o.Archive, err = openArchive(ctx, d.Config); err != nil {
		return nil, err
	}
	return worker.New(o), nil
}

// openArchive returns the configured archive, nil for none.
func openArchive(ctx context.Context, c config.Config) (*archive.Archive, error) {
	if b, ok := c.ArchiveBucket(); ok {
		return archive.OpenS3(ctx, archive.S3{
			Endpoint: b.Endpoint, Plain: b.Plain, Region: b.Region, Bucket: b.Name, Prefix: b.Prefix, Virtual: b.Virtual,
			AccessKey: c.Archive.AccessKey, SecretKey: c.Archive.SecretKey,
		}, archive.Limits{})
	}
	if dir := c.ArchiveDir(); dir != "" {
		return archive.Open(dir, archive.Limits{})
	}
	return nil, nil //nolint:nilnil // no archive is no error
}

// retention are the configured days, as times.
func retention(c config.Retention) worker.Retention {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return worker.Retention{
		Journal: days(c.Journal), Effects: days(c.Effects), Plays: days(c.Plays), Heard: days(c.Heard), DeadLetters: days(c.DeadLetters),
		Types: c.KeptTypes(),
	}
}

func (d *daemon) newGateway(ctx context.Context, can plan.Entitlements) (*gateway.Role, error) {
	o := gateway.Options{
		Store: d.store, Bus: d.bus, Clock: d.clock, Logger: d.Logger, Holder: d.holder(), Version: d.Version, LeaseTTL: d.Config.Timeouts.LeaseTTL,
		RESTURL: d.Config.Discord.RestURL, GatewayURL: d.Config.Discord.GatewayURL,
		Compression: compressions()[d.Config.Discord.Compression], Words: d.words, Entitlements: can,
		Metrics: d.metrics,
	}
	o.Invites = map[music.BotID]string{}
	for _, b := range d.Config.Discord.Bots {
		o.Tokens = append(o.Tokens, b.Token.Reveal())
		if _, id, err := discord.ParseToken(b.Token.Reveal()); err == nil {
			o.Invites[music.BotID(id)] = b.InviteURL
		}
	}
	return gateway.New(ctx, o)
}

// compressions are the values of discord.compression, as the gateway names them.
func compressions() map[string]discord.Compression {
	return map[string]discord.Compression{
		"zstd": discord.CompressionZstd, "zlib": discord.CompressionZlib, "off": discord.CompressionOff,
	}
}

func (d *daemon) newAudio(ctx context.Context, can plan.Entitlements) (*audio.Role, error) {
	r := d.Config.Resolve
	o := audio.Options{
		Store: d.store, Bus: d.bus, Clock: d.clock, Logger: d.Logger, Holder: d.holder(), Version: d.Version, LeaseTTL: d.Config.Timeouts.LeaseTTL,
		Weight: d.Config.Audio.Weight, SearchPrefix: r.SearchPrefix, Entitlements: can, Metrics: d.metrics, Cordons: d.store,
		Policy: resolve.PolicyOptions{Trusted: d.TrustedHosts, Allowed: r.AllowHosts, Denied: r.DenyHosts},
	}
	o.Settings = music.DefaultSettings()
	o.Settings.Idle, o.Settings.Empty = d.Config.Music.Idle, d.Config.Music.Empty
	for _, n := range r.AllowNetworks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "daemon.newAudio", "resolve.allow_networks has "+n+", which is no network")
		}
		o.Policy.Networks = append(o.Policy.Networks, p)
	}
	o.Pool = d.pool
	for _, n := range d.Config.Lavalink.Nodes {
		o.Nodes = append(o.Nodes, lavalink.Node{
			Name: music.NodeName(n.Name), Address: n.Address, Secure: n.Secure, Password: secret.New(n.Password.Reveal()), Regions: n.Regions,
		})
	}
	return audio.New(ctx, o)
}

// nameBots reads which bots the configuration has, and how it calls them.
func (d *daemon) nameBots() {
	d.names = map[music.BotID]string{}
	for _, b := range d.Config.Discord.Bots {
		if _, id, err := discord.ParseToken(b.Token.Reveal()); err == nil {
			d.names[music.BotID(id)] = b.Name
			d.pool = append(d.pool, music.BotID(id))
		}
	}
}

func (d *daemon) newAPI() *api.Role {
	return api.New(api.Options{
		Store: d.store, Bus: d.bus, Clock: d.clock, Logger: d.Logger, Base: d.base, BotNames: d.names, Pool: d.pool,
		Sandbox: d.Sandbox, Fleet: d.fleet, Jobs: d.queue,
		Reapply: func(ctx context.Context, l *store.DeadLetter) error { return worker.Reapply(ctx, d.store, l) },
	})
}

// base is what is true of the process.
func (d *daemon) base(ctx context.Context) view.Status {
	ready, checks := d.ready.Check(ctx)
	s := view.Status{
		Version: d.Version, Commit: d.Commit, Mode: "live", Ready: ready, StartedAt: d.started,
		UptimeMS: d.clock.Since(d.started).Milliseconds(), PID: os.Getpid(), DataDir: d.Config.DataDir,
		Roles: d.roles.list(), Checks: []view.Check{}, Bots: []view.Bot{}, Addresses: d.addrs, Processes: []view.Process{},
	}
	if d.Sandbox != nil {
		s.Mode = "sandbox"
	}
	for _, c := range checks {
		s.Checks = append(s.Checks, view.Check{Name: c.Name, OK: c.OK, Reason: c.Reason})
	}
	return s
}
