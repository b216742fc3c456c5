package discord

import (
	"fmt"

	"github.com/atrilhq/platform/internal/fault"
)

// AddBot invites a bot to a guild, with a role of its own. It returns NotFound,
// or Conflict for a bot that is there.
func (w *World) AddBot(guild, bot string) error {
	const op = "discord.AddBot"
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild(op, guild)
	if err != nil {
		return err
	}
	b, err := w.findBot(op, bot)
	if err != nil {
		return err
	}
	if g.member(b.ID) != nil {
		return fault.New(fault.Conflict, op, fmt.Sprintf("%s is in %s already", b.Name, g.Name))
	}
	r := &Role{ID: w.newID(), Name: b.Name, Permissions: w.invited(g, b.ID), Position: len(g.Roles), BotID: b.ID}
	m := &Member{UserID: b.ID, Roles: []string{r.ID}, JoinedAt: w.now()}
	g.Roles = append(g.Roles, r)
	w.tellRole("GUILD_ROLE_CREATE", g, r)
	w.dispatch(event{name: "GUILD_MEMBER_ADD", guild: g.ID, intent: IntentGuildMembers, data: merge(w.memberJSON(g, m, true), obj{"guild_id": g.ID})})
	g.Members = append(g.Members, m)
	w.tellGuild(g, b.ID)
	w.touch()
	return nil
}

// invited are the permissions that a bot is invited with: those that it had at
// first, if it was there.
func (w *World) invited(g *Guild, bot string) uint64 {
	for _, first := range w.st.First {
		for _, r := range first.Roles {
			if first.ID == g.ID && r.BotID == bot {
				return r.Permissions
			}
		}
	}
	return UsualPermissions
}
