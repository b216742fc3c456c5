package sqlstore

import (
	"math"
	"reflect"
	"slices"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// guild plans the difference between a guild before and after.
func (p *plan) guild(c *store.GuildChange, at int64, book *rankBook) {
	p.fenced(c.Partition)
	g, before := c.After, c.Before
	if g == nil || (before != nil && before.ID != g.ID) {
		p.refuse("a change of a guild needs the guild after it, and the same one before")
		return
	}
	table := tGuildsNew
	var gone []*music.Player
	if before != nil {
		table, gone = tGuilds, before.Players
	}
	if before == nil || !sameState(before, g) {
		p.add(table, p.name(string(g.ID)), c.Partition, shown(g.Name, maxShown), string(g.Entitlements.Plan), p.json(g), stateVersion, at)
	}
	for i, pl := range g.Players {
		if pl == nil {
			p.refuse("a guild has a player that is nil")
			return
		}
		if i > 0 && g.Players[i-1].Bot >= pl.Bot {
			p.refuse("the players of a guild must be in the order of their bots")
			return
		}
		var old *music.Player
		if before != nil {
			old = before.Player(pl.Bot)
		}
		if old != pl {
			p.player(g.ID, c.Partition, old, pl, at, book)
		}
	}
	for _, old := range gone {
		if g.Player(old.Bot) == nil {
			p.add(tSlotsAllGone, string(g.ID), string(old.Bot))
			p.add(tPlayersGone, string(g.ID), string(old.Bot))
		}
	}
}

func (p *plan) player(guild music.GuildID, partition int, old, pl *music.Player, at int64, book *rankBook) {
	g, bot := string(guild), p.name(string(pl.Bot))
	table := tPlayers
	if old != nil && old.Node == pl.Node && active(old) == active(pl) {
		table = tPlayersSame
	}
	p.add(table, g, bot, g, partition, p.text(string(pl.Node)), flag(active(pl)), p.json(pl), stateVersion, at)
	if slices.Contains(pl.Queue, nil) || slices.Contains(pl.History, nil) {
		p.refuse("a queue or a history has a slot that is nil")
		return
	}
	var was, heard []*music.Slot
	var stood ranks
	if old != nil {
		was, heard, stood = old.Queue, old.History, book.of(old)
	}
	d, err := diffQueue(was, stood.queue, pl.Queue)
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		return
	}
	if d.rewrite {
		p.add(tSlotsAllGone, g, bot)
	}
	for _, id := range d.removed {
		p.add(tSlotsGone, g, bot, string(id))
	}
	p.slots(tSlotsNew, g, bot, d.inserted)
	p.slots(tSlots, g, bot, d.updated)
	h := diffHistory(heard, stood.history, stood.known, pl.History)
	p.history(g, bot, &h)
	p.queues = append(p.queues, rankedQueue{pl, ranks{queue: d.ranks, history: h.first, known: true}})
}

func (p *plan) history(guild, bot string, d *historyDiff) {
	if d.rewrite {
		p.add(tHistoryAllGone, guild, bot)
	}
	for _, place := range d.removed {
		p.add(tHistoryGone, guild, bot, place)
	}
	for _, s := range d.written {
		p.add(tHistory, guild, bot, s.place, p.name(string(s.slot.ID)), titleOf(s.slot), p.json(s.slot))
	}
}

// sameState is true where two guilds have the same row: most commands change
// nothing of it, and comparing costs less than encoding both.
func sameState(a, b *music.Guild) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Entitlements == b.Entitlements &&
		slices.Equal(a.Bots, b.Bots) && slices.Equal(a.Away, b.Away) &&
		reflect.DeepEqual(&a.Settings, &b.Settings)
}

// titleOf is what people know a slot by.
func titleOf(s *music.Slot) string {
	title := s.Track.Title()
	if title == "" {
		return shown(s.Query().Text, maxShown)
	}
	return shown(title, maxShown)
}

func (p *plan) slots(table int, guild, bot string, slots []rankedSlot) {
	for _, s := range slots {
		p.add(table, guild, bot, p.name(string(s.slot.ID)), s.rank, p.text(string(s.slot.State)), titleOf(s.slot), p.json(s.slot))
	}
}

// active is true for a player that has something to do without being asked.
func active(p *music.Player) bool {
	return p.Play != nil || len(p.Queue) > 0 || p.Voice.Want != "" || p.Voice.Channel != "" ||
		len(p.Owed) > 0 || !p.IdleAt.IsZero() || !p.EmptyAt.IsZero()
}

// fitsInt32 is true for a number that a column of 32 bits holds.
func fitsInt32(n int) bool { return n >= 0 && n <= math.MaxInt32 }
