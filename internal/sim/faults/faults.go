// Package faults is the word that the simulators, their remote control and its
// clients share about what can be broken on purpose.
package faults

import (
	"maps"
	"slices"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// Areas in which things break.
const (
	AreaGateway = "gateway"
	AreaREST    = "rest"
	AreaVoice   = "voice"
	AreaNode    = "node"
)

// Arg is one argument of a fault.
type Arg struct {
	Name     string `json:"name"`
	Required bool   `json:"required,omitempty"`
	// Values are the only ones allowed, where there are few.
	Values []string `json:"values,omitempty"`
	// Default is taken where it is left out.
	Default string `json:"default,omitempty"`
	// Help says in a few words what it is, with its unit.
	Help string `json:"help,omitempty"`
}

// Fault is something that can be broken, and where it is broken now.
type Fault struct {
	// Name is area.what, as gateway.reconnect.
	Name string `json:"name"`
	Area string `json:"area"`
	// Summary says in one sentence what happens.
	Summary string `json:"summary"`
	// Lasting is true where it stays until it is cleared; others happen once.
	Lasting bool  `json:"lasting,omitempty"`
	Args    []Arg `json:"args,omitempty"`
	// Active holds the arguments of each time that it is set now.
	Active []map[string]string `json:"active,omitempty"`
}

// Set is something whose faults can be set and cleared.
type Set interface {
	// Faults lists all of them, sorted by name.
	Faults() []Fault
	// SetFault breaks it. It returns fault.NotFound for an unknown name and
	// fault.Invalid for arguments that do not fit.
	SetFault(name string, args map[string]string) error
	// ClearFault mends it; args may name one of several. Mending what is whole is no error.
	ClearFault(name string, args map[string]string) error
}

// Check completes args with the defaults of f and refuses what does not fit
// with fault.Invalid.
func (f Fault) Check(args map[string]string) (map[string]string, error) {
	const op = "faults.Check"
	out := make(map[string]string, len(f.Args))
	for _, a := range f.Args {
		v := args[a.Name]
		if v == "" {
			v = a.Default
		}
		switch {
		case v == "" && a.Required:
			return nil, fault.New(fault.Invalid, op, f.Name+" needs the argument "+a.Name).WithHint(a.Help)
		case v == "":
			continue
		case len(a.Values) > 0 && !slices.Contains(a.Values, v):
			return nil, fault.New(fault.Invalid, op, a.Name+" has no such value").WithHint("one of " + strings.Join(a.Values, ", "))
		}
		out[a.Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if !slices.ContainsFunc(f.Args, func(a Arg) bool { return a.Name == name }) {
			return nil, fault.New(fault.Invalid, op, f.Name+" has no argument "+name).WithHint("known: " + f.names())
		}
	}
	return out, nil
}

func (f Fault) names() string {
	if len(f.Args) == 0 {
		return "none"
	}
	var names []string
	for _, a := range f.Args {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}
