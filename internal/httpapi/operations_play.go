package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

type playsIn struct {
	Guild string    `query:"guild" required:"true" minLength:"1" maxLength:"64" doc:"Id or name of a guild."`
	User  string    `query:"user" maxLength:"64" doc:"Only what this member asked for, by id."`
	Since time.Time `query:"since" doc:"Only plays that ended from this time on."`
	Until time.Time `query:"until" doc:"Only plays that ended before this time."`
	PageQuery
}

type totalsIn struct {
	Guild string    `query:"guild" required:"true" minLength:"1" maxLength:"64" doc:"Id or name of a guild."`
	Since time.Time `query:"since" doc:"Only plays that ended from this time on."`
}

func (s *Server) registerPlays() {
	b := s.opts.Backend
	get(s, "/v1/plays", "list-plays", "What was heard in a guild, the latest first", func(ctx context.Context, in *playsIn) (view.HeardPage, error) {
		if !in.Until.IsZero() && !in.Since.Before(in.Until) {
			return view.HeardPage{}, fault.New(fault.Invalid, "httpapi.plays", "since has to be before until")
		}
		p, err := b.Plays(ctx, PlayFilter{Guild: in.Guild, User: in.User, Since: in.Since, Until: in.Until, Page: in.page()})
		p.Items = present(p.Items)
		return p, err
	})
	get(s, "/v1/plays/totals", "get-play-totals", "What was heard in a guild, summed up", func(ctx context.Context, in *totalsIn) (view.Totals, error) {
		t, err := b.PlayTotals(ctx, in.Guild, in.Since)
		t.Tracks, t.Users = present(t.Tracks), present(t.Users)
		return t, err
	})
	on(s, http.MethodPost, "/v1/plays/rebuild", "rebuild-plays", "Make the plays anew of the journal", func(ctx context.Context, _ *none) (view.Rebuilt, error) {
		done, err := b.RebuildPlays(ctx)
		return view.Rebuilt{Done: done}, err
	})
}
