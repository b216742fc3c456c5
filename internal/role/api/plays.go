package api

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/store"
)

// Plays implements httpapi.Backend.
func (r *Role) Plays(ctx context.Context, f httpapi.PlayFilter) (view.HeardPage, error) {
	g, err := r.row(ctx, f.Guild)
	if err != nil {
		return view.HeardPage{}, err
	}
	rows, err := r.opt.Store.Plays(ctx, store.PlayQuery{
		Guild: g.ID, User: music.UserID(f.User), Since: f.Since, Until: f.Until, Limit: f.Limit, After: music.PlayID(f.Cursor),
	})
	if err != nil {
		if f.Cursor != "" && fault.CodeOf(err) == fault.NotFound {
			err = errCursor
		}
		return view.HeardPage{}, err
	}
	out := view.HeardPage{Items: make([]view.Heard, 0, len(rows))}
	for i := range rows {
		p := &rows[i]
		out.Items = append(out.Items, view.Heard{
			ID: string(p.ID), Guild: string(p.Guild), Bot: string(p.Bot), BotName: r.opt.BotNames[p.Bot], User: string(p.User),
			Track: info(p.Track), StartedAt: p.Started.UTC(), EndedAt: p.Ended.UTC(), ListenedMS: p.Listened.Milliseconds(),
			Reason: p.Reason, Node: string(p.Node),
		})
	}
	if len(rows) > 0 && len(rows) == f.Limit {
		out.NextCursor = string(rows[len(rows)-1].ID)
	}
	return out, nil
}

// PlayTotals implements httpapi.Backend.
func (r *Role) PlayTotals(ctx context.Context, guild string, since time.Time) (view.Totals, error) {
	g, err := r.row(ctx, guild)
	if err != nil {
		return view.Totals{}, err
	}
	t, err := r.opt.Store.PlayTotals(ctx, g.ID, since)
	if err != nil {
		return view.Totals{}, err
	}
	out := view.Totals{Guild: string(g.ID), GuildName: g.Name, Count: t.Count, ListenedMS: t.Listened.Milliseconds()}
	for _, x := range t.Tracks {
		out.Tracks = append(out.Tracks, view.TrackTotal{Track: info(x.Track), Count: x.Count, ListenedMS: x.Listened.Milliseconds()})
	}
	for _, x := range t.Users {
		out.Users = append(out.Users, view.UserTotal{User: string(x.User), Count: x.Count, ListenedMS: x.Listened.Milliseconds()})
	}
	return out, nil
}

// rebuildWithin is how long a request waits for plays to be made anew.
const rebuildWithin = 8 * time.Second

// RebuildPlays implements httpapi.Backend. What it began is gone on with by the
// worker, so a request that has waited long enough says so.
func (r *Role) RebuildPlays(ctx context.Context) (done bool, err error) {
	within, cancel := context.WithTimeout(ctx, rebuildWithin)
	defer cancel()
	err = r.opt.Fleet.Rebuild(within)
	if fault.CodeOf(err) == fault.Pending || err != nil && within.Err() != nil && ctx.Err() == nil {
		return false, nil
	}
	return err == nil, err
}

func info(t music.TrackInfo) view.Track {
	return view.Track{
		Identifier: t.Identifier, Title: t.Title, Author: t.Author, Source: t.Source, URI: t.URI, ISRC: t.ISRC,
		LengthMS: t.LengthMS, Stream: t.Stream,
	}
}
