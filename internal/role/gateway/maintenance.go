package gateway

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// maintenanceEvery is how often is read whether changes wait although nobody
	// said that it changed: what is told may be missed.
	maintenanceEvery = 5 * time.Second
	// maintenanceWithin bounds how long it is read for.
	maintenanceWithin = 2 * time.Second
)

// maintenance knows whether changes wait because of an operator's work. While it
// cannot be read it stays what it was.
type maintenance struct {
	role  *Role
	told  chan struct{}
	known atomic.Pointer[store.Maintenance]
}

func newMaintenance(r *Role) *maintenance {
	return &maintenance{role: r, told: make(chan struct{}, 1)}
}

// run keeps it up to date until ctx ends.
func (m *maintenance) run(ctx context.Context) {
	for {
		next := m.role.opt.Clock.NewTimer(maintenanceEvery)
		m.read(ctx)
		select {
		case <-ctx.Done():
			next.Stop()
			return
		case <-next.Chan():
		case <-m.told:
			next.Stop()
		}
	}
}

// hear has it read again at once.
func (m *maintenance) hear(context.Context, bus.Message) {
	select {
	case m.told <- struct{}{}:
	default: // it is going to be read
	}
}

func (m *maintenance) read(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, maintenanceWithin)
	defer cancel()
	now, err := m.role.opt.Store.Maintenance(within)
	if err != nil {
		if ctx.Err() == nil {
			m.role.log.Warn("whether changes wait for maintenance cannot be read, it stays as it was", "error", err)
		}
		return
	}
	was := m.known.Swap(&now)
	if was == nil && now.Active || was != nil && was.Active != now.Active {
		m.role.log.Info("maintenance", "active", now.Active, "by", now.By, "until", now.Until)
	}
}

// refuses returns why a member's action waits, nil where it does not: what only
// reads goes on.
func (m *maintenance) refuses(do music.Action) *music.Refusal {
	if music.OnlyReads(do) {
		return nil
	}
	return m.now()
}

// now returns why changes wait, nil where they do not.
func (m *maintenance) now() *music.Refusal {
	known := m.known.Load()
	if known == nil || !known.On(m.role.opt.Clock.Now()) {
		return nil
	}
	r := &music.Refusal{Reason: music.ReasonMaintenance, Query: known.Message}
	if !known.Until.IsZero() {
		r.Limit = int(known.Until.Unix())
	}
	return r
}
