package api

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// orders are the actions that a player can be told, by name.
func orders() map[string]music.Action {
	return map[string]music.Action{
		"pause": music.Pause{}, "resume": music.Resume{}, "skip": music.Skip{}, "stop": music.Stop{}, "leave": music.Leave{},
	}
}

// Act implements httpapi.Backend.
func (r *Role) Act(ctx context.Context, by, guild, bot, action string) (view.Acted, error) {
	do, ok := orders()[action]
	if !ok {
		return view.Acted{}, fault.New(fault.Invalid, "api.Act", "a player cannot be told to "+action).
			WithHint("it can be told to pause, resume, skip, stop or leave")
	}
	g, p, err := r.find(ctx, guild, bot)
	if err != nil {
		return view.Acted{}, err
	}
	a, err := r.ask(ctx, by, g.ID, p.Bot, do)
	if err != nil {
		return view.Acted{}, err
	}
	out := view.Acted{Guild: string(g.ID), Bot: string(p.Bot), Outcome: string(a.Kind), Count: a.Count}
	if a.Track != nil {
		t := track(*a.Track)
		out.Track = &t
	}
	return out, nil
}

// Cordon implements httpapi.Backend.
func (r *Role) Cordon(ctx context.Context, by, node string, cordoned bool, reason string) (view.Node, error) {
	if err := r.opt.Fleet.Cordon(ctx, music.NodeName(node), cordoned, by, reason); err != nil {
		return view.Node{}, err
	}
	return r.Node(ctx, node)
}

// Drain implements httpapi.Backend.
func (r *Role) Drain(ctx context.Context, by, node, reason string) (view.Node, error) {
	n, err := r.Node(ctx, node)
	if err != nil {
		return view.Node{}, err
	}
	// One that takes no players already keeps the reason that was given then.
	if !n.Cordoned || reason != "" {
		if err := r.opt.Fleet.Cordon(ctx, music.NodeName(node), true, by, reason); err != nil {
			return view.Node{}, err
		}
	}
	if err := r.opt.Fleet.Drain(ctx, music.NodeName(node)); err != nil {
		return view.Node{}, err
	}
	return r.Node(ctx, node)
}
