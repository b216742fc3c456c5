package discord

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// Bounds of what a fault may be told.
const (
	maxFaultDelay = time.Hour
	maxFaultCount = 100_000
)

// target is what the arguments of a fault mean. Ids are filled in for the
// arguments that the fault has.
type target struct {
	args                map[string]string
	guild, channel, bot string
	count, number       int
	delay               time.Duration
}

// Arguments that several faults have.
var (
	argGuild   = faults.Arg{Name: "guild", Help: "name or id of a guild; the first one if left out"}
	argChannel = faults.Arg{Name: "channel", Required: true, Help: "name or id of a channel of the guild"}
	argBots    = faults.Arg{Name: "bot", Help: "name or id of a bot; all bots if left out"}
	argBot     = faults.Arg{Name: "bot", Help: "name or id of a bot; the first one in voice, or else in the guild, if left out"}
	argOutside = faults.Arg{Name: "bot", Help: "name or id of a bot; the first one that is not in the guild if left out"}
	argCount   = faults.Arg{Name: "count", Default: "1", Help: "how many times; 0 is until it is cleared"}
	argDelay   = faults.Arg{Name: "delay", Default: "5s", Help: "a duration, as 1.5s"}
	argRoute   = faults.Arg{Name: "route", Help: "text that the route must contain, as POST /interactions; all routes if left out"}
)

// target resolves arguments that were checked. It returns NotFound for what
// does not exist, Invalid for numbers out of bounds.
func (w *World) target(op string, b breaker, args map[string]string) (target, error) {
	t := target{args: args}
	w.mu.Lock()
	defer w.mu.Unlock()
	has := func(name string) bool {
		return slices.ContainsFunc(b.Args, func(a faults.Arg) bool { return a.Name == name })
	}
	var g *Guild
	var err error
	if has("guild") {
		if g, err = w.targetGuild(op, args); err != nil {
			return t, err
		}
		t.guild, args["guild"] = g.ID, g.Name
	}
	if has("channel") && args["channel"] != "" {
		if t.channel, err = w.targetChannel(op, g, args); err != nil {
			return t, err
		}
	}
	if has("bot") {
		if t.bot, err = w.targetBot(op, g, args, b); err != nil {
			return t, err
		}
	}
	return t, t.numbers(op)
}

func (w *World) targetGuild(op string, args map[string]string) (*Guild, error) {
	if args["guild"] == "" && len(w.st.Guilds) > 0 {
		return w.st.Guilds[0], nil
	}
	return w.findGuild(op, args["guild"])
}

// targetChannel also knows the channels that were there at first.
func (w *World) targetChannel(op string, g *Guild, args map[string]string) (string, error) {
	c, err := findChannel(op, g, args["channel"])
	if err != nil {
		if c = w.firstChannel(g, args["channel"]); c == nil {
			return "", err
		}
	}
	args["channel"] = c.Name
	return c.ID, nil
}

// targetBot is the bot that is named. Where none is, it is all of them for a
// fault that can be of all; otherwise the one that a person sees first: of
// those in voice, of those in the guild, of the pool, in the pool's order. A
// fault that is about a bot outside takes the first that is not in the guild.
func (w *World) targetBot(op string, g *Guild, args map[string]string, b breaker) (string, error) {
	if args["bot"] != "" {
		found, err := w.findBot(op, args["bot"])
		if err != nil {
			return "", err
		}
		args["bot"] = found.Name
		return found.ID, nil
	}
	if b.any {
		return "", nil
	}
	likely := []func(*Bot) bool{func(*Bot) bool { return true }}
	switch {
	case g != nil && b.outside:
		likely = slices.Insert(likely, 0, func(b *Bot) bool { return g.member(b.ID) == nil })
	case g != nil:
		likely = slices.Insert(likely, 0,
			func(b *Bot) bool { return g.Voice[b.ID] != nil }, func(b *Bot) bool { return g.member(b.ID) != nil })
	}
	for _, fits := range likely {
		if i := slices.IndexFunc(w.st.Bots, fits); i >= 0 {
			args["bot"] = w.st.Bots[i].Name
			return w.st.Bots[i].ID, nil
		}
	}
	return "", fault.New(fault.NotFound, op, "this world has no bot")
}

// numbers reads count, delay, retry_after, status, code and limit.
func (t *target) numbers(op string) error {
	refuse := func(name, want string) error {
		return fault.New(fault.Invalid, op, name+" is not as it must be").WithHint(want)
	}
	for _, name := range []string{"count", "status", "code", "limit"} {
		v, ok := t.args[name]
		if !ok {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > maxFaultCount {
			return refuse(name, "a whole number from 0 to "+strconv.Itoa(maxFaultCount))
		}
		if name == "count" {
			t.count = n
		} else {
			t.number = n
		}
	}
	if v, ok := t.args["delay"]; ok {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 || d > maxFaultDelay {
			return refuse("delay", "a duration up to "+maxFaultDelay.String()+", as 1.5s")
		}
		t.delay = d
	}
	if v, ok := t.args["retry_after"]; ok {
		s, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(s) || s < 0.001 || s > maxFaultDelay.Seconds() {
			return refuse("retry_after", "seconds up to 3600, as 1.25")
		}
		t.delay = time.Duration(s * float64(time.Second))
	}
	return nil
}

// armed is the target as a fault that waits.
func (t *target) armed(name string) *armed {
	return &armed{
		name: name, bot: t.bot, route: t.args["route"], left: t.count, args: t.args, delay: t.delay,
		code: t.number, form: t.args["form"], whole: t.args["header"] != "fraction", after: t.args["applied"] == "true",
	}
}
