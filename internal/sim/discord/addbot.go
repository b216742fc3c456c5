package discord

import "github.com/atrilhq/platform/internal/fault"

// enter makes a bot a member of a guild, with a role of its own as Discord
// makes one for the permissions that it was invited with.
func (w *World) enter(g *Guild, b *Bot) (*Role, *Member) {
	perms := b.Permissions
	if perms == 0 {
		perms = UsualPermissions
	}
	r := &Role{ID: w.newID(), Name: b.Name, Permissions: perms, Position: len(g.Roles), BotID: b.ID}
	m := &Member{UserID: b.ID, Roles: []string{r.ID}, JoinedAt: w.now()}
	g.Roles, g.Members = append(g.Roles, r), append(g.Members, m)
	return r, m
}

// AddBot brings a bot into a guild, as a person does who follows its invite
// link. The bot gets GUILD_CREATE, the others hear of its role and of the new
// member. It returns NotFound, or Conflict if the bot is in the guild.
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
		return fault.New(fault.Conflict, op, b.Name+" is a member of "+g.Name+" already")
	}
	r, m := w.enter(g, b)
	others := func(data obj) func(*session) any {
		return func(s *session) any {
			if s.BotID == b.ID {
				return nil
			}
			return data
		}
	}
	w.dispatch(event{name: "GUILD_CREATE", guild: g.ID, bot: b.ID, view: func(s *session) any { return w.guildCreateJSON(g, s) }})
	w.dispatch(event{name: "GUILD_ROLE_CREATE", guild: g.ID, intent: IntentGuilds, view: others(obj{"guild_id": g.ID, "role": roleJSON(r)})})
	joined := merge(w.memberJSON(g, m, true), obj{"guild_id": g.ID})
	w.dispatch(event{name: "GUILD_MEMBER_ADD", guild: g.ID, intent: IntentGuildMembers, view: others(joined)})
	w.touch()
	return nil
}
