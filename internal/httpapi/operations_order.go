package httpapi

import (
	"context"
	"net/http"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

type orderIn struct {
	PlayerPath

	Action string `path:"action" enum:"pause,resume,skip,stop,leave" doc:"What the player is to do."`
}

type cordonIn struct {
	NodePath

	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"256" doc:"Why, for whoever looks next."`
	}
}

func (s *Server) registerOrders() {
	b := s.opts.Backend
	on(s, http.MethodPost, "/v1/players/{guild}/{bot}/{action}", "order-player", "Pause, resume, skip, stop or leave",
		func(ctx context.Context, in *orderIn) (view.Acted, error) {
			return b.Act(ctx, operatorOf(ctx), in.Guild, in.Bot, in.Action)
		})
	on(s, http.MethodPost, "/v1/nodes/{name}/cordon", "cordon-node", "Give a node no new players",
		func(ctx context.Context, in *cordonIn) (view.Node, error) {
			return b.Cordon(ctx, operatorOf(ctx), in.Name, true, in.Body.Reason)
		})
	on(s, http.MethodDelete, "/v1/nodes/{name}/cordon", "uncordon-node", "Give a node new players again",
		func(ctx context.Context, in *NodePath) (view.Node, error) {
			return b.Cordon(ctx, operatorOf(ctx), in.Name, false, "")
		})
	on(s, http.MethodPost, "/v1/nodes/{name}/drain", "drain-node", "Give a node no new players and move those that it has to others",
		func(ctx context.Context, in *cordonIn) (view.Node, error) {
			return b.Drain(ctx, operatorOf(ctx), in.Name, in.Body.Reason)
		})
}
