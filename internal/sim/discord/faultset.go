package discord

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// breaker is one fault with what it does. Its functions are called without the
// World's lock.
type breaker struct {
	faults.Fault
	// any is true where leaving the bot out means all of them.
	any bool
	// outside is true where leaving the bot out means one that is not in the guild.
	outside bool
	set     func(*World, target) error
	// clear mends one of those that are active; nil for a fault that happens once.
	clear func(*World, target) error
	// mend is called with the lock, after all were cleared; it may be nil.
	mend func(*World)
	// active is called with the lock.
	active func(*World) []map[string]string
}

// breakers are all faults of this World, sorted by name.
func breakers() []breaker {
	all := slices.Concat(gatewayBreakers(), restBreakers(), voiceBreakers())
	slices.SortFunc(all, func(a, b breaker) int { return strings.Compare(a.Name, b.Name) })
	for i := range all {
		all[i].Area, _, _ = strings.Cut(all[i].Name, ".")
		all[i].Lasting = all[i].clear != nil
	}
	return all
}

// Faults implements faults.Set.
func (w *World) Faults() []faults.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []faults.Fault
	for _, b := range breakers() {
		if b.active != nil {
			b.Active = b.active(w)
		}
		out = append(out, b.Fault)
	}
	return out
}

func breakerOf(op, name string) (breaker, error) {
	all := breakers()
	for _, b := range all {
		if b.Name == name {
			return b, nil
		}
	}
	names := make([]string, 0, len(all))
	for _, b := range all {
		names = append(names, b.Name)
	}
	return breaker{}, fault.New(fault.NotFound, op, fmt.Sprintf("there is no fault %q", name)).
		WithHint("known: " + strings.Join(names, ", "))
}

// SetFault implements faults.Set. Besides NotFound for an unknown name and
// Invalid for arguments that do not fit, what the arguments name may be
// NotFound, or not be in a state to break (Invalid, Denied).
func (w *World) SetFault(name string, args map[string]string) error {
	const op = "discord.SetFault"
	b, err := breakerOf(op, name)
	if err != nil {
		return err
	}
	if args, err = b.Check(args); err != nil {
		return err
	}
	t, err := w.target(op, b, args)
	if err != nil {
		return err
	}
	if err := b.set(w, t); err != nil {
		return err
	}
	w.faultsChanged()
	return nil
}

// ClearFault implements faults.Set. Arguments choose among several that are
// set; what they name may be NotFound. It returns NotFound for an unknown name.
func (w *World) ClearFault(name string, args map[string]string) error {
	const op = "discord.ClearFault"
	b, err := breakerOf(op, name)
	if err != nil || b.clear == nil {
		return err
	}
	for k := range args {
		if !slices.ContainsFunc(b.Args, func(a faults.Arg) bool { return a.Name == k }) {
			return fault.New(fault.Invalid, op, fmt.Sprintf("%s has no argument %q", name, k))
		}
	}
	w.mu.Lock()
	var hit []map[string]string
	for _, a := range b.active(w) {
		if w.chosen(a, args) {
			hit = append(hit, a)
		}
	}
	w.mu.Unlock()
	for _, a := range hit {
		t, err := w.target(op, b, a)
		if err == nil {
			err = b.clear(w, t)
		}
		if err != nil {
			return err
		}
	}
	if b.mend != nil {
		w.mu.Lock()
		b.mend(w)
		w.mu.Unlock()
	}
	w.faultsChanged()
	return nil
}

// chosen says whether an active fault is one that args mean.
func (w *World) chosen(active, args map[string]string) bool {
	for k, v := range args {
		if v != "" && !strings.EqualFold(active[k], v) && !strings.EqualFold(active[k], w.nameOf(v)) {
			return false
		}
	}
	return true
}

// nameOf is the name of a guild, channel or user by its id.
func (w *World) nameOf(id string) string {
	if g := w.st.guild(id); g != nil {
		return g.Name
	}
	if u := w.st.user(id); u != nil {
		return u.Name
	}
	for _, guilds := range [][]*Guild{w.st.Guilds, w.st.First} {
		for _, g := range guilds {
			if c := g.channel(id); c != nil {
				return c.Name
			}
		}
	}
	return id
}

// clearFaults mends everything that lasts, as far as it can be.
func (w *World) clearFaults() {
	for _, b := range breakers() {
		if b.clear == nil {
			continue
		}
		if err := w.ClearFault(b.Name, nil); err != nil {
			w.log.Warn("a fault could not be mended", "fault", b.Name, "error", err)
		}
	}
}

// OnFaults adds a function that is called when a fault was set, mended or used
// up. It is called without the World's lock and must not wait.
func (w *World) OnFaults(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken.told = append(w.broken.told, f)
}

func (w *World) faultsChanged() {
	w.mu.Lock()
	told := slices.Clone(w.broken.told)
	w.touch()
	w.mu.Unlock()
	for _, f := range told {
		f()
	}
}
