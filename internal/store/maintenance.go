package store

import (
	"context"
	"time"
)

// MaxMaintenanceMessage is how long the message of a maintenance may be, in bytes.
const MaxMaintenanceMessage = 300

// Maintenance says whether changes wait because of an operator's work.
type Maintenance struct {
	Active bool
	// Message is what members read besides our own words; it may be empty.
	Message string
	// Until is when changes go on by themselves, zero for when somebody says so.
	Until time.Time
	// By is who decided it, Updated when.
	By      string
	Updated time.Time
}

// On says whether changes wait at a moment.
func (m Maintenance) On(now time.Time) bool {
	return m.Active && (m.Until.IsZero() || now.Before(m.Until))
}

// Maintenances keeps whether changes wait.
type Maintenances interface {
	// SetMaintenance decides it. Errors: Invalid for a message longer than
	// MaxMaintenanceMessage or a person longer than 512 bytes.
	SetMaintenance(ctx context.Context, m Maintenance) error
	// Maintenance returns what was decided last; the zero value where nothing was.
	Maintenance(ctx context.Context) (Maintenance, error)
}
