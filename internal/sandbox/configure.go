package sandbox

import "github.com/atrilhq/platform/internal/sim/control"

// MediaHost is the host of the simulated media. It exists nowhere else.
const MediaHost = "media.sandbox.example"

// Values returns what a daemon has to be configured with to live in a world, by
// configuration key.
func Values(w control.World) map[string]any {
	bots := make([]any, 0, len(w.Bots))
	for _, b := range w.Bots {
		bots = append(bots, map[string]any{"name": b.Name, "token": b.Token})
	}
	nodes := make([]any, 0, len(w.Nodes))
	for _, n := range w.Nodes {
		nodes = append(nodes, map[string]any{"name": n.Name, "address": n.Address, "password": n.Password})
	}
	return map[string]any{
		"discord.rest_url": w.RESTURL,
		"discord.bots":     bots,
		"lavalink.nodes":   nodes,
	}
}
