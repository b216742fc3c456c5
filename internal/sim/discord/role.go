package discord

import (
	"fmt"
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

func (w *World) tellRole(name string, g *Guild, r *Role) {
	w.dispatch(event{name: name, guild: g.ID, intent: IntentGuilds, data: obj{"guild_id": g.ID, "role": roleJSON(r)}})
	w.touch()
}

// dropRole deletes a role and takes it from its members.
func (w *World) dropRole(g *Guild, r *Role) {
	g.Roles = slices.DeleteFunc(g.Roles, func(o *Role) bool { return o == r })
	for _, m := range g.Members {
		m.Roles = slices.DeleteFunc(slices.Clone(m.Roles), func(id string) bool { return id == r.ID })
	}
	w.dispatch(event{name: "GUILD_ROLE_DELETE", guild: g.ID, intent: IntentGuilds, data: obj{"guild_id": g.ID, "role_id": r.ID}})
	w.touch()
}

func findRole(op string, g *Guild, key string) (*Role, error) {
	return find(op, "role", key, g.Roles, func(r *Role) (string, string) { return r.ID, r.Name })
}

// CreateRole adds a role to a guild and returns its id. NotFound.
func (w *World) CreateRole(guild, name string, permissions uint64) (string, error) {
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild("discord.CreateRole", guild)
	if err != nil {
		return "", err
	}
	r := &Role{ID: w.newID(), Name: name, Permissions: permissions, Position: len(g.Roles)}
	g.Roles = append(g.Roles, r)
	w.tellRole("GUILD_ROLE_CREATE", g, r)
	return r.ID, nil
}

// SetRole changes what a role (by name or id) allows; allow is added, deny is
// taken away. NotFound.
func (w *World) SetRole(guild, role string, allow, deny uint64) error {
	return w.withRole("discord.SetRole", guild, role, func(g *Guild, r *Role) error {
		r.Permissions = r.Permissions&^deny | allow
		w.tellRole("GUILD_ROLE_UPDATE", g, r)
		return nil
	})
}

// DeleteRole removes a role from a guild and its members. It returns NotFound,
// or Invalid for @everyone and for the role of a bot.
func (w *World) DeleteRole(guild, role string) error {
	const op = "discord.DeleteRole"
	return w.withRole(op, guild, role, func(g *Guild, r *Role) error {
		if r.ID == g.ID || r.BotID != "" {
			return fault.New(fault.Invalid, op, fmt.Sprintf("the role %s cannot be deleted", r.Name))
		}
		w.dropRole(g, r)
		return nil
	})
}

// GiveRole gives a member a role, or takes it. NotFound.
func (w *World) GiveRole(guild, user, role string, has bool) error {
	const op = "discord.GiveRole"
	return w.withRole(op, guild, role, func(g *Guild, r *Role) error {
		_, u, err := w.findMember(op, g.ID, user)
		if err != nil {
			return err
		}
		m := g.member(u.ID)
		m.Roles = slices.DeleteFunc(slices.Clone(m.Roles), func(id string) bool { return id == r.ID })
		if has {
			m.Roles = append(m.Roles, r.ID)
		}
		w.tellMember(g, m)
		return nil
	})
}

// tellMember sends GUILD_MEMBER_UPDATE: to all with the intent for members, and
// to a bot about itself in any case.
func (w *World) tellMember(g *Guild, m *Member) {
	w.dispatch(event{name: "GUILD_MEMBER_UPDATE", guild: g.ID, view: func(s *session) any {
		if s.Intents&IntentGuildMembers == 0 && s.BotID != m.UserID {
			return nil
		}
		return merge(w.memberJSON(g, m, true), obj{"guild_id": g.ID})
	}})
	w.touch()
}

func (w *World) withRole(op, guild, role string, f func(*Guild, *Role) error) error {
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild(op, guild)
	if err != nil {
		return err
	}
	r, err := findRole(op, g, role)
	if err != nil {
		return err
	}
	return f(g, r)
}
