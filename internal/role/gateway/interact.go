package gateway

import (
	"encoding/json"
	"slices"
	"time"

	dis "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/observe"
	"github.com/atrilhq/platform/internal/partition"
)

const (
	// giveUpAfter is when a command that is not durable is refused; it is not
	// carried out after that. Discord waits 3 s.
	giveUpAfter = 2400 * time.Millisecond
	// maxLate bounds how much of that an interaction can have lost on its way,
	// by a clock that may not be Discord's.
	maxLate = time.Second
	// maxAge is when an interaction that comes late cannot be answered any more.
	maxAge = 15 * time.Minute
)

// surface is the name under which answers of this role are owed.
const surface = "discord"

// Interaction implements discord.Handler.
func (s *shard) Interaction(at discord.Position, i discord.Interaction) {
	e, done := s.ledger.begin(at)
	defer done()
	now := s.role.opt.Clock.Now()
	if i.Guild == "" || i.Age(now) > maxAge {
		return
	}
	w := s.role.waiters.begin(i, now)
	if w == nil {
		return
	}
	w.ctx, w.trace = s.ctx, observe.NewTrace().String()
	switch {
	case i.Type == dis.InteractionTypeApplicationCommand && i.Command != nil:
		s.command(e, w)
	case i.Type == dis.InteractionTypeAutocomplete && i.Command != nil:
		s.complete(w)
	case i.Type == dis.InteractionTypeComponent && i.Component != nil:
		s.pressed(e, w)
	case i.Type == dis.InteractionTypeModalSubmit && i.Modal != nil:
		s.submitted(e, w)
	default:
		s.role.waiters.end(i.ID)
	}
}

// command hands a slash command to its guild, or answers what needs no guild.
func (s *shard) command(e *entry, w *waiter) {
	i := w.i
	w.name = i.Command.Name
	action, refusal := command.Parse(i.Command.Name, arguments(i.Command.Options))
	if _, grabs := action.(music.Grab); grabs {
		w.to.way = wayReply // what comes of it is for the member alone
	}
	switch {
	case refusal != nil:
		s.refuse(w, refusal)
	case action == nil:
		s.reply(w, "done", func() (render.Message, bool) {
			return render.Help(s.role.opt.Words.For(s.language(w))), false
		})
	default:
		s.wish(e, w, music.Command{Do: action})
	}
}

// wish hands what a member wishes for to their guild, unless it is refused here
// or answered without it.
func (s *shard) wish(e *entry, w *waiter, c music.Command) {
	r := s.role
	c.Actor = r.withPool(s.bot, w.i)
	c.Reply = music.ReplyTo{Surface: surface, ID: w.i.ID, Address: w.to.address(), Locale: w.i.Locale}
	if _, asked := c.Do.(music.ShowBots); asked {
		c.Do = music.ShowBots{Pool: r.pool()}
	}
	if refusal := music.Admit(c, r.settings.now(w.i.Guild), r.opt.Entitlements); refusal != nil {
		s.refuse(w, refusal)
		return
	}
	if refusal := r.works.refuses(c.Do); refusal != nil {
		s.refuse(w, refusal)
		return
	}
	if do, asked := c.Do.(music.Search); asked {
		s.search(w, do.Query)
		return
	}
	s.beside(w, func() { s.attend(w) })
	s.hand(e, partition.Delivery{
		Input:   music.Input{ID: w.i.ID, Guild: w.i.Guild, Trace: w.trace, Body: c},
		Expires: w.received.Add(giveUpAfter - w.late),
	})
}

// arguments are the options in the form in which Parse reads them: those of a
// subcommand come behind it.
func arguments(in []discord.Option) []dis.SlashCommandOption {
	out := make([]dis.SlashCommandOption, 0, len(in))
	for _, o := range in {
		raw, err := json.Marshal(o.Value)
		if err != nil {
			continue
		}
		x := dis.SlashCommandOption{Name: o.Name, Type: o.Type}
		if o.Value != nil {
			x.Value = raw
		}
		out = append(out, x)
		out = append(out, arguments(o.Options)...)
	}
	return out
}

// withPool completes what the actor's own connection knows by what the other
// bots of the pool may do in the channel.
func (r *Role) withPool(front *bot, i discord.Interaction) music.Actor {
	a := i.Actor
	if a.Voice == "" {
		return a
	}
	for _, b := range r.bots {
		if b == front {
			continue
		}
		if conn := b.conn(i.Guild); conn != nil {
			if access, known := conn.Access(i.Guild, a.Voice); known {
				a.Bots = append(slices.Clip(a.Bots), access)
			}
		}
	}
	return a
}
