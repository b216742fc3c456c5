package api

import (
	"context"
	"encoding/base64"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Guilds implements httpapi.Backend.
func (r *Role) Guilds(ctx context.Context, p httpapi.Page) (view.GuildPage, error) {
	after, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return view.GuildPage{}, errCursor
	}
	rows, err := r.opt.Store.List(ctx, music.GuildID(after), p.Limit)
	if err != nil {
		return view.GuildPage{}, err
	}
	out := view.GuildPage{Items: make([]view.Guild, 0, len(rows))}
	for _, g := range rows {
		out.Items = append(out.Items, view.Guild{ID: string(g.ID), Name: g.Name, Plan: g.Plan, Updated: g.Updated})
	}
	if len(rows) > 0 && len(rows) == p.Limit {
		out.NextCursor = base64.RawURLEncoding.EncodeToString([]byte(rows[len(rows)-1].ID))
	}
	return out, nil
}

// row reads a guild by its id or its name. Errors: NotFound.
func (r *Role) row(ctx context.Context, guild string) (music.Guild, error) {
	id, err := r.guild(ctx, guild)
	if err != nil {
		return music.Guild{}, err
	}
	rows, err := r.opt.Store.Load(ctx, []music.GuildID{id})
	if err != nil {
		return music.Guild{}, err
	}
	if len(rows) == 0 {
		return music.Guild{}, fault.New(fault.NotFound, "api.guild", "no guild of that name or id is known").
			WithHint("list them with: platformctl guilds list")
	}
	return rows[0], nil
}

// Guild implements httpapi.Backend.
func (r *Role) Guild(ctx context.Context, guild string) (view.Guild, error) {
	g, err := r.row(ctx, guild)
	if err != nil {
		return view.Guild{}, err
	}
	e := g.Entitlements
	out := view.Guild{
		ID: string(g.ID), Name: g.Name, Plan: string(e.Plan),
		Limits: &view.PlanLimits{Bots: e.Bots, QueueLength: e.QueueLength, MaxVolume: e.MaxVolume},
	}
	pool := slices.Clone(r.opt.Pool)
	for _, b := range g.Bots {
		if !slices.Contains(pool, b) {
			pool = append(pool, b)
		}
	}
	for _, id := range pool {
		b := view.GuildBot{
			ID: string(id), Name: r.opt.BotNames[id],
			Present: slices.Contains(g.Bots, id), Away: slices.Contains(g.Away, id),
		}
		if p := g.Player(id); p != nil {
			b.State, b.Channel = state(p, len(p.Queue)), string(p.Voice.Want)
		}
		out.Bots = append(out.Bots, b)
	}
	return out, nil
}

// Settings implements httpapi.Backend.
func (r *Role) Settings(ctx context.Context, guild string) (view.Settings, error) {
	g, err := r.row(ctx, guild)
	if err != nil {
		return view.Settings{}, err
	}
	return settings(&g, g.Settings), nil
}

// ChangeSettings implements httpapi.Backend.
func (r *Role) ChangeSettings(ctx context.Context, by, guild string, p view.SettingsPatch) (view.Settings, error) {
	g, err := r.row(ctx, guild)
	if err != nil {
		return view.Settings{}, err
	}
	a, err := r.ask(ctx, by, g.ID, "", music.ChangeSettings{Change: change(p)})
	if err != nil {
		return view.Settings{}, err
	}
	if a.Settings == nil {
		return view.Settings{}, fault.New(fault.Internal, "api.ChangeSettings", "the answer has no settings")
	}
	return settings(&g, *a.Settings), nil
}

func change(p view.SettingsPatch) music.SettingsChange {
	c := music.SettingsChange{Volume: p.Volume, Language: p.Language, Reset: p.Reset}
	for _, t := range []struct {
		to **time.Duration
		ms *int64
	}{{&c.Idle, p.IdleMS}, {&c.Empty, p.EmptyMS}} {
		if t.ms != nil {
			d := time.Duration(*t.ms) * time.Millisecond
			*t.to = &d
		}
	}
	if p.Announce != nil {
		ch := music.ChannelID(*p.Announce)
		c.Announce = &ch
	}
	if p.Elsewhere != nil {
		use := music.ChannelUse(*p.Elsewhere)
		c.Elsewhere = &use
	}
	if p.Rule != nil {
		rule := ruleOf(*p.Rule)
		c.Rule = &rule
	}
	for _, rule := range p.Rules {
		c.Rules = append(c.Rules, ruleOf(rule))
	}
	return c
}

func ruleOf(v view.ChannelRule) music.ChannelRule {
	rule := music.ChannelRule{Channel: music.ChannelID(v.Channel), Use: music.ChannelUse(v.Use)}
	if v.Use == "default" {
		rule.Use = ""
	}
	for _, role := range v.Roles {
		rule.Roles = append(rule.Roles, music.RoleID(role))
	}
	return rule
}

func settings(g *music.Guild, s music.Settings) view.Settings {
	out := view.Settings{
		Guild: string(g.ID), GuildName: g.Name, Volume: s.Volume, IdleMS: s.Idle.Milliseconds(), EmptyMS: s.Empty.Milliseconds(),
		Announce: string(s.Announce), Language: s.Language, Elsewhere: string(s.Elsewhere), Rules: []view.ChannelRule{},
	}
	if out.Elsewhere == "" {
		out.Elsewhere = string(music.UseEveryone)
	}
	for _, rule := range s.Rules {
		v := view.ChannelRule{Channel: string(rule.Channel), Use: string(rule.Use)}
		for _, role := range rule.Roles {
			v.Roles = append(v.Roles, string(role))
		}
		out.Rules = append(out.Rules, v)
	}
	return out
}
