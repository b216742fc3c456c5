package cli_test

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

func (b *backend) Maintenance(context.Context) (view.Maintenance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.maintenance, nil
}

func (b *backend) BeginMaintenance(_ context.Context, by, message string, until time.Time) (view.Maintenance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !until.IsZero() && until.Before(at) {
		return view.Maintenance{}, fault.New(fault.Invalid, "backend", "the end of the maintenance is over already")
	}
	changed := at.Add(-time.Minute)
	b.maintenance = view.Maintenance{Active: true, Message: message, By: "operator:olga", Changed: &changed}
	if !until.IsZero() {
		b.maintenance.Until = &until
	}
	return b.maintenance, nil
}

func (b *backend) EndMaintenance(context.Context, string) (view.Maintenance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.maintenance = view.Maintenance{}
	return b.maintenance, nil
}
