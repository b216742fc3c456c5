package api

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/fleet"
	"github.com/atrilhq/platform/internal/store"
)

// bot returns the id of a bot that is given by id or by name.
func (r *Role) bot(s string) music.BotID {
	for id, name := range r.opt.BotNames {
		if name == s {
			return id
		}
	}
	return music.BotID(s)
}

const (
	// maxNamed is how many guilds are looked through for a name.
	maxNamed = 10_000
	// maxHinted is how many guilds of one name are listed.
	maxHinted = 10
)

// guild returns the id of a guild that is given by id or by name. A name that
// several guilds have is refused.
func (r *Role) guild(ctx context.Context, s string) (music.GuildID, error) {
	const op = "api.guild"
	if s == "" || strings.Trim(s, "0123456789") == "" {
		return music.GuildID(s), nil
	}
	var found []string
	var after music.GuildID
	for seen := 0; seen < maxNamed; seen += page {
		rows, err := r.opt.Store.List(ctx, after, page)
		if err != nil {
			return "", err
		}
		for _, g := range rows {
			if g.Name == s {
				found = append(found, string(g.ID))
			}
		}
		if len(rows) < page {
			break
		}
		after = rows[len(rows)-1].ID
	}
	switch len(found) {
	case 0:
		return "", fault.New(fault.NotFound, op, "no guild of that name or id is known").
			WithHint("list them with: platformctl guilds list")
	case 1:
		return music.GuildID(found[0]), nil
	}
	return "", fault.New(fault.Invalid, op, "several guilds have that name").
		WithHint("name the guild by its id: " + strings.Join(found[:min(len(found), maxHinted)], ", "))
}

var errCursor = fault.New(fault.Invalid, "api.cursor", "the cursor is not one of this list").
	WithHint("pass next_cursor of the page before, or none for the first page")

// Players implements httpapi.Backend.
func (r *Role) Players(ctx context.Context, f httpapi.PlayerFilter) (view.PlayerPage, error) {
	guild, err := r.guild(ctx, f.Guild)
	if err != nil {
		return view.PlayerPage{}, err
	}
	q := store.PlayerQuery{
		Guild: guild, Bot: r.bot(f.Bot), Node: music.NodeName(f.Node), Limit: f.Limit,
	}
	if f.Cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(f.Cursor)
		guild, bot, ok := strings.Cut(string(raw), "/")
		if err != nil || !ok {
			return view.PlayerPage{}, errCursor
		}
		q.AfterGuild, q.AfterBot = music.GuildID(guild), music.BotID(bot)
	}
	rows, err := r.opt.Store.Players(ctx, q)
	if err != nil {
		return view.PlayerPage{}, err
	}
	out := view.PlayerPage{Items: make([]view.Player, 0, len(rows))}
	var guilds []music.GuildID
	for i := range rows {
		if id := rows[i].Guild; len(guilds) == 0 || guilds[len(guilds)-1] != id {
			guilds = append(guilds, id)
		}
	}
	heard := r.opt.Fleet.Listeners(ctx, guilds)
	for i := range rows {
		l := heard[rows[i].Guild]
		out.Items = append(out.Items, r.player(l, rows[i].Guild, &rows[i].Player, rows[i].Waiting))
	}
	if len(rows) > 0 && len(rows) == f.Limit {
		last := rows[len(rows)-1]
		out.NextCursor = base64.RawURLEncoding.EncodeToString([]byte(string(last.Guild) + "/" + string(last.Player.Bot)))
	}
	return out, nil
}

// find reads a player with its guild and queue.
func (r *Role) find(ctx context.Context, guild, bot string) (music.Guild, *music.Player, error) {
	g, err := r.row(ctx, guild)
	if err != nil {
		return music.Guild{}, nil, err
	}
	p := g.Player(r.bot(bot))
	if p == nil {
		return music.Guild{}, nil, fault.New(fault.NotFound, "api.find", "the guild has no player of that bot").
			WithHint("list them with: platformctl players list --guild " + guild)
	}
	return g, p, nil
}

// Player implements httpapi.Backend.
func (r *Role) Player(ctx context.Context, guild, bot string) (view.Player, error) {
	g, p, err := r.find(ctx, guild, bot)
	if err != nil {
		return view.Player{}, err
	}
	l := r.opt.Fleet.Listeners(ctx, []music.GuildID{g.ID})[g.ID]
	l.Name = g.Name
	return r.player(l, g.ID, p, len(p.Queue)), nil
}

// Queue implements httpapi.Backend.
func (r *Role) Queue(ctx context.Context, guild, bot string, at httpapi.Page) (view.QueuePage, error) {
	g, p, err := r.find(ctx, guild, bot)
	if err != nil {
		return view.QueuePage{}, err
	}
	from := 0
	if at.Cursor != "" {
		if from, err = strconv.Atoi(at.Cursor); err != nil || from < 0 || from > len(p.Queue) {
			return view.QueuePage{}, errCursor
		}
	}
	out := view.QueuePage{Guild: string(g.ID), Bot: string(p.Bot), Total: len(p.Queue), Items: []view.QueueItem{}}
	for i, q := range p.Queue {
		out.LengthMS += q.Track.Length().Milliseconds()
		if i < from || i >= from+at.Limit {
			continue
		}
		item := view.QueueItem{
			Position: i + 1, Slot: string(q.ID), State: string(q.State), Query: q.Query().Text, By: string(q.By), At: q.At,
		}
		if q.State == music.SlotReady {
			t := track(q.Track.Shown())
			item.Track = &t
		}
		out.Items = append(out.Items, item)
	}
	if next := from + at.Limit; next < len(p.Queue) {
		out.NextCursor = strconv.Itoa(next)
	}
	return out, nil
}

func (r *Role) player(l fleet.Listeners, id music.GuildID, p *music.Player, waiting int) view.Player {
	v := view.Player{
		Guild: string(id), GuildName: l.Name, Bot: string(p.Bot), BotName: r.opt.BotNames[p.Bot], State: state(p, waiting),
		Node: string(p.Node), Channel: string(p.Voice.Want), TextChannel: string(p.Text), Volume: p.Volume, Queue: waiting,
		IdleAt: p.IdleAt, EmptyAt: p.EmptyAt,
	}
	if p.Voice.Channel != "" {
		v.Listeners = l.Bots[p.Bot]
	}
	if p.Play != nil {
		v.Play = &view.Play{
			ID: string(p.Play.ID), Slot: string(p.Play.Slot), Phase: string(p.Play.Phase), By: string(p.Play.By),
			Since: p.Play.Since, PositionMS: p.Play.PositionAt(r.now()).Milliseconds(), Track: track(p.Play.Track.Shown()),
		}
	}
	return v
}

// state is one word for what a player does.
func state(p *music.Player, waiting int) string {
	switch {
	case p.Halted:
		return "halted"
	case p.Kept.Waits():
		return "kept"
	case p.Voice.Want != "" && !p.Voice.JoinBy.IsZero():
		return "joining"
	case p.Play == nil && waiting > 0:
		return "waiting"
	case p.Play == nil:
		return "idle"
	case p.Node == "":
		return "waiting"
	case p.Paused:
		return "paused"
	case p.Play.Phase == music.PhaseSounding:
		return "playing"
	}
	return "loading"
}

func track(t music.Track) view.Track {
	return view.Track{
		Identifier: t.Identifier, Title: t.Title, Author: t.Author, Source: t.Source, URI: t.URI,
		Artwork: t.Artwork, ISRC: t.ISRC, LengthMS: t.Length.Milliseconds(), Stream: t.Stream,
	}
}
