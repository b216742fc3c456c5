package api

import (
	"context"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

// Maintenance implements httpapi.Backend.
func (r *Role) Maintenance(ctx context.Context) (view.Maintenance, error) {
	m, err := r.opt.Store.Maintenance(ctx)
	if err != nil {
		return view.Maintenance{}, err
	}
	out := view.Maintenance{Active: m.On(r.now()), Message: m.Message, By: m.By}
	if !m.Until.IsZero() {
		out.Until = &m.Until
	}
	if !m.Updated.IsZero() {
		out.Changed = &m.Updated
	}
	return out, nil
}

// BeginMaintenance implements httpapi.Backend. Every gateway is told; one that
// does not hear it reads it within seconds.
func (r *Role) BeginMaintenance(ctx context.Context, by, message string, until time.Time) (view.Maintenance, error) {
	const op = "api.BeginMaintenance"
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > store.MaxMaintenanceMessage {
		return view.Maintenance{}, fault.New(fault.Invalid, op, "the message is longer than 300 bytes").WithHint("members read it in a chat: say it in a sentence")
	}
	if !until.IsZero() && !until.After(r.now()) {
		return view.Maintenance{}, fault.New(fault.Invalid, op, "the end of the maintenance is over already").
			WithHint("name a moment that is still to come, or none")
	}
	return r.maintain(ctx, store.Maintenance{Active: true, Message: message, Until: until, By: by})
}

// EndMaintenance implements httpapi.Backend.
func (r *Role) EndMaintenance(ctx context.Context, by string) (view.Maintenance, error) {
	return r.maintain(ctx, store.Maintenance{By: by})
}

func (r *Role) maintain(ctx context.Context, m store.Maintenance) (view.Maintenance, error) {
	if err := r.opt.Store.SetMaintenance(ctx, m); err != nil {
		return view.Maintenance{}, err
	}
	r.opt.Logger.Info("maintenance was decided", "active", m.Active, "by", m.By, "until", m.Until)
	if err := topic.Tell(ctx, r.opt.Bus, topic.Maintenance, "", topic.MaintenanceChange{}); err != nil {
		r.opt.Logger.Warn("gateways could not be told of the maintenance, they read it within seconds", "error", err)
	}
	return r.Maintenance(ctx)
}
