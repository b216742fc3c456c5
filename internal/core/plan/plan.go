// Package plan knows the plans that are sold and what each one lets a guild do.
// It decides nothing about money: which plan a guild is on reaches it from
// grants, and what it returns enters the music aggregate as an input.
package plan

import (
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// Name is the name of a plan as configuration, events and the API write it.
type Name string

// The plans, from the smallest to the largest.
const (
	Free  Name = "free"
	Pro   Name = "pro"
	Elite Name = "elite"
)

// Entitlements is what a guild may do now. It is a snapshot: a change is a new
// value that reaches the guild as an input.
type Entitlements struct {
	// Plan is the plan that these limits come from.
	Plan Name `json:"plan"`
	// Bots is how many bots may play in different channels of the guild at once.
	Bots int `json:"bots"`
	// QueueLength is how many tracks a player's queue may hold, what is pending included.
	QueueLength int `json:"queue_length"`
	// MaxVolume is the highest player volume, in percent.
	MaxVolume int `json:"max_volume"`
}

var ladder = []Entitlements{
	{Plan: Free, Bots: 1, QueueLength: 200, MaxVolume: 150},
	{Plan: Pro, Bots: 3, QueueLength: 2_000, MaxVolume: 200},
	{Plan: Elite, Bots: 5, QueueLength: 10_000, MaxVolume: 200},
}

// Names returns the plans from the smallest to the largest.
func Names() []Name {
	names := make([]Name, len(ladder))
	for i, e := range ladder {
		names[i] = e.Plan
	}
	return names
}

// Of returns the entitlements of a plan. It returns fault.Invalid for a name
// that is not sold.
func Of(n Name) (Entitlements, error) {
	i := slices.IndexFunc(ladder, func(e Entitlements) bool { return e.Plan == n })
	if i < 0 {
		return Entitlements{}, fault.New(fault.Invalid, "plan.Of", "there is no plan of that name").
			WithHint("the plans are free, pro and elite")
	}
	return ladder[i], nil
}

// Default is what a guild that nobody pays for may do.
func Default() Entitlements { return ladder[0] }

// Lifts returns the smallest plan whose limit, as read by limit, is above have.
// It returns the empty name where no plan helps.
func Lifts(have int, limit func(Entitlements) int) Name {
	for _, e := range ladder {
		if limit(e) > have {
			return e.Plan
		}
	}
	return ""
}
