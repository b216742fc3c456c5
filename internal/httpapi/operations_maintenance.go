package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Maintenances decides whether members' changes wait.
type Maintenances interface {
	Maintenance(ctx context.Context) (view.Maintenance, error)
	// BeginMaintenance lets changes wait until a moment, or until somebody ends it
	// where that is zero. Errors: Invalid for a message that is too long and for a
	// moment that is over.
	BeginMaintenance(ctx context.Context, by, message string, until time.Time) (view.Maintenance, error)
	EndMaintenance(ctx context.Context, by string) (view.Maintenance, error)
}

type maintenanceIn struct {
	Body struct {
		Message string    `json:"message,omitempty" maxLength:"300" doc:"What members read besides our own words."`
		Until   time.Time `json:"until,omitzero" doc:"When changes go on by themselves. Without it they wait until somebody says so."`
	}
}

func (s *Server) registerMaintenance() {
	b := s.opts.Backend
	get(s, "/v1/maintenance", "get-maintenance", "Whether members' changes wait",
		func(ctx context.Context, _ *struct{}) (view.Maintenance, error) { return b.Maintenance(ctx) })
	on(s, http.MethodPut, "/v1/maintenance", "begin-maintenance", "Let members' changes wait while music goes on",
		func(ctx context.Context, in *maintenanceIn) (view.Maintenance, error) {
			return b.BeginMaintenance(ctx, operatorOf(ctx), in.Body.Message, in.Body.Until)
		})
	on(s, http.MethodDelete, "/v1/maintenance", "end-maintenance", "Let members' changes go on",
		func(ctx context.Context, _ *struct{}) (view.Maintenance, error) {
			return b.EndMaintenance(ctx, operatorOf(ctx))
		})
}
