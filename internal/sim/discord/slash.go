package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/fault"
)

// Arg is an option of a slash command as it was typed. Without a name it is
// the value of the first required string option that has none yet.
type Arg struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// SlashCommand is a command that a person types. Guild, Channel, User and Bot
// are ids or names; Channel is the guild's first text channel if empty, Bot
// the one that has such a command.
type SlashCommand struct {
	Guild   string `json:"guild"`
	Channel string `json:"channel"`
	User    string `json:"user"`
	Bot     string `json:"bot"`
	// Name is the command, with the group and the subcommand behind it,
	// separated by spaces.
	Name    string `json:"name"`
	Options []Arg  `json:"options"`
}

// Send types a slash command and waits for the answer: for a deferred one
// until @original was edited, at most until ctx ends. What Discord's client
// would not send is refused with Invalid, NotFound or Denied and a hint that
// lists what exists. A bot that does not answer is no error; see Result.State.
func (w *World) Send(ctx context.Context, s SlashCommand) (Result, error) {
	id, err := w.begin(s, "")
	if err != nil {
		return Result{}, err
	}
	return w.await(ctx, id), nil
}

// Autocomplete asks for the choices of one option while it is being typed. It
// fails as Send does, and with Invalid for an option without autocompletion.
func (w *World) Autocomplete(ctx context.Context, s SlashCommand, focused string) (Result, error) {
	if focused == "" {
		return Result{}, fault.New(fault.Invalid, "discord.Autocomplete", "name the option that is being typed")
	}
	id, err := w.begin(s, focused)
	if err != nil {
		return Result{}, err
	}
	return w.await(ctx, id), nil
}

// begin checks a command as the client does and opens its interaction.
func (w *World) begin(s SlashCommand, focused string) (string, error) {
	const op = "discord.Send"
	w.mu.Lock()
	defer w.unlock()
	key := s.Channel
	if s.Guild == "" && key == "" {
		key = s.Bot
	}
	g, u, ch, err := w.findPlace(op, s.Guild, s.User, key)
	if err == nil && ch == nil {
		ch, err = w.stand(op, g, u, s.Channel)
	}
	if err != nil {
		return "", err
	}
	path := strings.Fields(s.Name)
	cmd, err := w.pick(op, g, s.Bot, path)
	if err != nil {
		return "", err
	}
	if need := cmd.DefaultMemberPermissions; need != nil {
		bits, _ := strconv.ParseUint(*need, 10, 64)
		if have := g.permissions(u.ID, nil); have != permAll && (bits == 0 || have&bits != bits) {
			return "", fault.New(fault.Denied, op, fmt.Sprintf("%s may not use /%s here", u.Name, cmd.Name))
		}
	}
	r := resolver{w: w, g: g, op: op, focused: focused, seen: map[string]obj{}}
	options, err := r.command(cmd, path[1:], s.Options)
	if err != nil {
		return "", err
	}
	data := obj{"id": cmd.ID, "name": cmd.Name, "type": 1, "options": options}
	if cmd.GuildID != "" {
		data["guild_id"] = cmd.GuildID
	}
	if len(r.seen) > 0 {
		data["resolved"] = r.seen
	}
	it := &interaction{
		ID: w.newID(), Type: interactionCommand, AppID: cmd.ApplicationID,
		GuildID: g.ID, ChannelID: ch.ID, UserID: u.ID, Name: strings.Join(path, " "),
	}
	if focused != "" {
		it.Type, it.Focus = interactionAutocomplete, r.focus
	}
	w.open(it, data)
	return it.ID, nil
}

// stand finds the channel in which a person types.
func (w *World) stand(op string, g *Guild, u *User, key string) (*Channel, error) {
	if u.Bot {
		return nil, fault.New(fault.Denied, op, "bots do not use commands")
	}
	ch, err := findChannel(op, g, g.orFirst(key))
	if err != nil {
		return nil, err
	}
	if p := g.permissions(u.ID, ch); p&PermViewChannel == 0 || p&PermUseCommands == 0 {
		return nil, fault.New(fault.Denied, op, fmt.Sprintf("%s may not use commands in %s", u.Name, ch.Name))
	}
	return ch, nil
}

// pick finds the command of a guild, its own before the global ones.
func (w *World) pick(op string, g *Guild, bot string, path []string) (*Command, error) {
	if len(path) == 0 {
		return nil, fault.New(fault.Invalid, op, "there is no command; a line is /name option:value")
	}
	if bot != "" {
		b, err := w.findBot(op, bot)
		if err != nil {
			return nil, err
		}
		bot = b.ID
	}
	all := slices.DeleteFunc(w.visible(g), func(c *Command) bool { return bot != "" && c.ApplicationID != bot })
	return find(op, "command", path[0], all, func(c *Command) (string, string) { return "", c.Name })
}

// visible lists the slash commands that may be used in a guild.
func (w *World) visible(g *Guild) []*Command {
	var own, global []*Command
	for _, c := range w.st.Commands {
		if c.Type != 1 || g.member(c.ApplicationID) == nil || !c.usedIn(g) {
			continue
		}
		if c.GuildID == g.ID {
			own = append(own, c)
		} else if c.GuildID == "" {
			global = append(global, c)
		}
	}
	return append(own, global...)
}

// usedIn says whether a command may be used in a guild, or in direct channels.
func (c *Command) usedIn(g *Guild) bool {
	if g.ID != "" {
		return len(c.Contexts) == 0 || slices.Contains(c.Contexts, contextGuild)
	}
	if len(c.Contexts) == 0 {
		return c.GuildID == "" && deref(c.DMPermission, true)
	}
	return c.GuildID == "" && slices.Contains(c.Contexts, contextDM)
}

// Commands returns the slash commands that may be used in a guild. NotFound.
func (w *World) Commands(guild string) ([]Command, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.findGuild("discord.Commands", guild)
	if err != nil {
		return nil, err
	}
	return w.commandsOf(g), nil
}

// DirectCommands returns the slash commands that a person may use in the direct
// channel with a bot, which is opened if there is none. NotFound.
func (w *World) DirectCommands(user, bot string) ([]Command, error) {
	w.mu.Lock()
	defer w.unlock()
	g, _, _, err := w.findPlace("discord.DirectCommands", "", user, bot)
	if err != nil {
		return nil, err
	}
	return w.commandsOf(g), nil
}

func (w *World) commandsOf(g *Guild) []Command {
	out := []Command{}
	for _, c := range w.visible(g) {
		out = append(out, *c)
	}
	return out
}

// resolver turns what was typed into the options of an interaction.
type resolver struct {
	w       *World
	g       *Guild
	op      string
	focused string
	focus   int            // type of the focused option
	seen    map[string]obj // data.resolved
}

func (r *resolver) bad(format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, r.op, fmt.Sprintf(format, args...))
}

func (r *resolver) command(c *Command, path []string, args []Arg) ([]obj, error) {
	return r.level(c.Name, c.Options, path, args)
}

// level resolves the options of a command, or descends into a subcommand.
func (r *resolver) level(name string, options []Option, path []string, args []Arg) ([]obj, error) {
	subs := len(options) > 0 && options[0].Type <= OptGroup
	if !subs {
		if len(path) > 0 { // not subcommands, but a text without a name
			args = append([]Arg{{Value: strings.Join(path, " ")}}, args...)
		}
		return r.values(name, options, args)
	}
	key := ""
	if len(path) > 0 {
		key = path[0]
	}
	sub, err := find(r.op, "subcommand of /"+name, key, options, func(o Option) (string, string) { return "", o.Name })
	if err != nil {
		return nil, err
	}
	inner, err := r.level(name+" "+sub.Name, sub.Options, path[1:], args)
	if err != nil {
		return nil, err
	}
	return []obj{{"type": sub.Type, "name": sub.Name, "options": inner}}, nil
}

func (r *resolver) values(name string, options []Option, args []Arg) ([]obj, error) {
	given := map[string]string{}
	for _, a := range args {
		opt, err := r.option(name, options, a, given)
		if err != nil {
			return nil, err
		}
		if _, twice := given[opt.Name]; twice {
			return nil, r.bad("option %q of /%s was given twice", opt.Name, name)
		}
		given[opt.Name] = a.Value
	}
	out := []obj{}
	for _, o := range options {
		raw, ok := given[o.Name]
		focus := o.Name == r.focused
		switch {
		case focus && !o.Autocomplete:
			return nil, r.bad("option %q of /%s has no autocompletion", o.Name, name)
		case focus:
			r.focus = o.Type
			out = append(out, obj{"type": o.Type, "name": o.Name, "value": raw, "focused": true})
			continue
		case !ok && o.Required && r.focused == "":
			return nil, r.bad("/%s needs option %q: %s", name, o.Name, o.Description).WithHint(usage(name, options))
		case !ok:
			continue
		}
		v, err := r.value(o, raw)
		if err != nil {
			return nil, err
		}
		out = append(out, obj{"type": o.Type, "name": o.Name, "value": v})
	}
	return out, nil
}

// option finds the option that an argument is for.
func (r *resolver) option(name string, options []Option, a Arg, given map[string]string) (Option, error) {
	if a.Name != "" {
		o, err := find(r.op, "option of /"+name, a.Name, options, func(o Option) (string, string) { return "", o.Name })
		if err != nil {
			return o, fault.Wrap(err, fault.Invalid, r.op, fmt.Sprintf("/%s has no option %q", name, clip(a.Name))).WithHint(usage(name, options))
		}
		return o, nil
	}
	for _, o := range options {
		if _, taken := given[o.Name]; o.Type == OptString && o.Required && !taken {
			return o, nil
		}
	}
	return Option{}, r.bad("/%s takes no text without an option's name", name).WithHint(usage(name, options))
}

// usage shows how a command is typed.
func usage(name string, options []Option) string {
	var b strings.Builder
	b.WriteString("usage: /" + name)
	for _, o := range options {
		if o.Required {
			fmt.Fprintf(&b, " %s:…", o.Name)
		} else {
			fmt.Fprintf(&b, " [%s:…]", o.Name)
		}
	}
	return b.String()
}

func (r *resolver) value(o Option, raw string) (any, error) {
	if len(o.Choices) > 0 {
		c, err := find(r.op, "choice of "+o.Name, raw, o.Choices, func(c Choice) (string, string) { return fmt.Sprint(c.Value), c.Name })
		return c.Value, err
	}
	switch o.Type {
	case OptString:
		n := utf8.RuneCountInString(raw)
		if lo, hi := deref(o.MinLength, 0), deref(o.MaxLength, 6000); n < lo || n > hi {
			return nil, r.bad("option %q must have %d to %d characters", o.Name, lo, hi)
		}
		return raw, nil
	case OptInteger, OptNumber:
		f, err := strconv.ParseFloat(raw, 64)
		if _, ierr := strconv.ParseInt(raw, 10, 54); err != nil || o.Type == OptInteger && ierr != nil || f > 1<<53 || f < -(1<<53) || f != f {
			return nil, r.bad("option %q must be a number, not %q", o.Name, clip(raw))
		}
		if f < deref(o.MinValue, f) || f > deref(o.MaxValue, f) {
			return nil, r.bad("option %q is out of its range", o.Name)
		}
		if o.Type == OptInteger {
			return json.Number(raw), nil
		}
		return f, nil
	case OptBoolean:
		b, err := strconv.ParseBool(strings.ToLower(raw))
		if err != nil {
			return nil, r.bad("option %q must be true or false, not %q", o.Name, clip(raw))
		}
		return b, nil
	}
	return r.reference(o, raw)
}

func deref[T any](p *T, v T) T {
	if p != nil {
		return *p
	}
	return v
}
