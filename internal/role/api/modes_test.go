package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/api"
	"github.com/atrilhq/platform/internal/role/fleet"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// mode is how roles are put into processes: the same operations give the same
// answers whichever it is.
type mode struct {
	apart bool
}

// modes runs a test with the roles in one process, and apart.
func modes(t *testing.T, f func(t *testing.T, m mode)) {
	t.Helper()
	t.Parallel()
	t.Run("together", func(t *testing.T) { t.Parallel(); f(t, mode{}) })
	t.Run("apart", func(t *testing.T) { t.Parallel(); f(t, mode{apart: true}) })
}

// process is a process of the rig with a name and roles.
func process(name string, held func() int, roles ...string) func(context.Context) view.Process {
	return func(context.Context) view.Process {
		p := view.Process{Name: name, Ready: true, Version: "v1", StartedAt: time.Unix(0, 0).UTC()}
		for _, r := range roles {
			p.Roles = append(p.Roles, view.Role{Name: r, State: "running"})
		}
		if held != nil {
			p.Partitions = held()
		}
		return p
	}
}

// local is what an audio role knows; nothing without one.
func local(a *roletest.Audio) (l fleet.Local, held func() int) {
	if a == nil {
		return l, nil
	}
	return fleet.Local{Nodes: a.Nodes, Guild: a.Loop().View, Cordon: a.Cordon, Drain: a.Drain}, func() int { return len(a.Loop().Owned()) }
}

// member starts a process beside that of the api, and waits until it is known.
func member(r *roletest.Rig, of *fleet.Fleet, name string, l fleet.Local, held func() int, roles ...string) *roletest.Running {
	r.T.Helper()
	run := r.Start(fleet.New(fleet.Options{
		Bus: r.Bus, Clock: r.Clock(), Logger: r.Log, Self: process(name, held, roles...), Local: l,
	}).Run)
	roletest.Until(r.T, name+" is known", func() bool {
		for _, p := range of.Look(context.Background()).Processes {
			if p.Name == name && p.State == "up" {
				return true
			}
		}
		return false
	})
	return run
}

// backend is a role on the rig's database, in the process of the audio role or
// in one of its own.
func (m mode) backend(r *roletest.Rig, a *roletest.Audio, roles ...string) *api.Role {
	r.T.Helper()
	l, held := local(a)
	if a != nil {
		roles = append(roles, "audio")
	}
	return m.with(r, l, held, roles...)
}

// with is backend for what any roles know.
func (m mode) with(r *roletest.Rig, l fleet.Local, held func() int, roles ...string) *api.Role {
	r.T.Helper()
	o := fleet.Options{Bus: r.Bus, Clock: r.Clock(), Logger: r.Log, Self: process("front", held, append(roles, "api")...), Local: l}
	if m.apart {
		o.Self, o.Local = process("front", nil, "api"), fleet.Local{}
	}
	front := fleet.New(o)
	r.Start(front.Run)
	if m.apart && len(roles) > 0 {
		member(r, front, "back", l, held, roles...)
	}
	return api.New(api.Options{
		Store: r.Store, Bus: r.Bus, Clock: r.Clock(), Logger: r.Log, Fleet: front,
		Base:     func(context.Context) view.Status { return view.Status{Version: "v1"} },
		BotNames: map[music.BotID]string{r.Bot: "main", "901": "other"},
	})
}

// backend is a role in the process of the audio role.
func backend(r *roletest.Rig, a *roletest.Audio) *api.Role { return mode{}.backend(r, a) }
