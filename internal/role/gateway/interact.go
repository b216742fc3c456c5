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
	case i.Type == dis.InteractionTypeComponent:
		// No panel of this version has components: it is one of another version.
		s.reply(w, render.Refusal(s.role.opt.Words.For(i.Locale), &music.Refusal{Reason: music.ReasonNotPlayer}))
	default:
		s.role.waiters.end(i.ID)
	}
}

// command hands a slash command to its guild, or answers what needs no guild.
func (s *shard) command(e *entry, w *waiter) {
	r, i := s.role, w.i
	w.name = i.Command.Name
	words := r.opt.Words.For(i.Locale)
	action, refusal := command.Parse(i.Command.Name, arguments(i.Command.Options))
	if refusal == nil && action == nil {
		s.reply(w, render.Help(words))
		return
	}
	c := music.Command{
		Actor: r.withPool(s.bot, i), Do: action,
		Reply: music.ReplyTo{Surface: surface, ID: i.ID, Address: addressOf(i), Locale: i.Locale},
	}
	if refusal == nil {
		refusal = music.Admit(c, music.DefaultSettings(), r.opt.Entitlements)
	}
	if refusal != nil {
		s.reply(w, render.Refusal(words, refusal))
		return
	}
	r.waiters.wg.Go(func() { s.attend(w) })
	s.hand(e, partition.Delivery{
		Input:   music.Input{ID: i.ID, Guild: i.Guild, Trace: w.trace, Body: c},
		Expires: w.received.Add(giveUpAfter - w.late),
	})
}

// arguments are the options in the form in which Parse reads them.
func arguments(in []discord.Option) []dis.SlashCommandOption {
	out := make([]dis.SlashCommandOption, 0, len(in))
	for _, o := range in {
		raw, err := json.Marshal(o.Value)
		if err != nil {
			continue
		}
		out = append(out, dis.SlashCommandOption{Name: o.Name, Type: o.Type, Value: raw})
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
