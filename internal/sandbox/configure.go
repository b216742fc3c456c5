package sandbox

import (
	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/sim/control"
)

// MediaHost is the host of the simulated media. It exists nowhere else.
const MediaHost = "media.sandbox.example"

// DefaultPlan lets all bots of the demo guild play at once.
const DefaultPlan = plan.Pro

// Configure makes a configuration one that lives in a world: its Discord, its
// bots and its nodes take the place of what was configured. Its guilds are on
// DefaultPlan unless another one was configured.
func Configure(c *config.Config, w control.World) {
	c.Discord.RestURL, c.Discord.GatewayURL = w.RESTURL, ""
	if c.Default("plan.default") {
		c.Plan.Default = string(DefaultPlan)
	}
	c.Discord.Bots = nil
	for _, b := range w.Bots {
		c.Discord.Bots = append(c.Discord.Bots, config.Bot{Name: b.Name, Token: secret.New(b.Token)})
	}
	c.Lavalink.Nodes = nil
	for _, n := range w.Nodes {
		c.Lavalink.Nodes = append(c.Lavalink.Nodes, config.Node{
			Name: n.Name, Address: n.Address, Password: secret.New(n.Password),
		})
	}
}
