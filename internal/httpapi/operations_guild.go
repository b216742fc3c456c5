package httpapi

import (
	"context"
	"net/http"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// GuildPath names a guild.
type GuildPath struct {
	Guild string `path:"guild" maxLength:"64" doc:"Id or name of a guild."`
}

type settingsIn struct {
	GuildPath

	Body view.SettingsPatch
}

func (s *Server) registerGuilds() {
	b := s.opts.Backend
	get(s, "/v1/guilds", "list-guilds", "Guilds, by id", func(ctx context.Context, in *PageQuery) (view.GuildPage, error) {
		p, err := b.Guilds(ctx, in.page())
		p.Items = present(p.Items)
		return p, err
	})
	get(s, "/v1/guilds/{guild}", "get-guild", "One guild with its bots", func(ctx context.Context, in *GuildPath) (view.Guild, error) {
		return b.Guild(ctx, in.Guild)
	})
	get(s, "/v1/guilds/{guild}/settings", "get-settings", "What is decided for a guild", func(ctx context.Context, in *GuildPath) (view.Settings, error) {
		set, err := b.Settings(ctx, in.Guild)
		set.Rules = present(set.Rules)
		return set, err
	})
	on(s, http.MethodPatch, "/v1/guilds/{guild}/settings", "change-settings", "Change what is decided for a guild",
		func(ctx context.Context, in *settingsIn) (view.Settings, error) {
			set, err := b.ChangeSettings(ctx, operatorOf(ctx), in.Guild, in.Body)
			set.Rules = present(set.Rules)
			return set, err
		})
}

// operatorOf names who gives an order, for the journal and the tables.
func operatorOf(ctx context.Context) string {
	c := callerOf(ctx)
	if c.uid < 0 {
		return "operator"
	}
	return "operator:" + userName(c.uid)
}
