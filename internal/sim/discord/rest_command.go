package discord

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// intOf reads a whole number of a decoded body, in either form.
func intOf(v any) int {
	if f, ok := v.(float64); ok {
		return int(f)
	}
	n, _ := v.(json.Number)
	i, _ := strconv.Atoi(n.String())
	return i
}

func (w *World) commandRoutes() []route {
	var out []route
	perTwenty := rate{10, 20 * time.Second}
	for _, base := range []string{"/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"} {
		out = append(out,
			route{pattern: "GET " + base, rate: perTen, handle: w.ownApp(w.listCommands)},
			route{pattern: "POST " + base, rate: perTwenty, handle: w.ownApp(w.createCommand)},
			route{pattern: "PUT " + base, rate: perTwenty, handle: w.ownApp(w.putCommands)},
			route{pattern: "GET " + base + "/{command}", rate: perTen, handle: w.ownApp(w.getCommand)},
			route{pattern: "PATCH " + base + "/{command}", rate: perTwenty, handle: w.ownApp(w.patchCommand)},
			route{pattern: "DELETE " + base + "/{command}", rate: perTwenty, handle: w.ownApp(w.deleteCommand)},
		)
	}
	return out
}

// ownApp lets a bot only at its own application, and only into its guilds.
func (w *World) ownApp(f func(*request) (int, any, *apiError)) func(*request) (int, any, *apiError) {
	return func(q *request) (int, any, *apiError) {
		if q.PathValue("app") != q.bot.ID {
			return 0, nil, refuse(403, 20012, "You are not authorized to perform this action on this application")
		}
		if id := q.PathValue("guild"); id != "" {
			if g := w.st.guild(id); g == nil || g.member(q.bot.ID) == nil {
				return 0, nil, errAccess()
			}
		}
		return f(q)
	}
}

// CommandWrites returns how many requests have changed commands so far.
func (w *World) CommandWrites() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.st.CommandWrites
}

func (w *World) wrote() {
	w.st.CommandWrites++
	w.touch()
}

// scope lists the commands of the request's application and guild.
func (w *World) scope(q *request) []*Command {
	var out []*Command
	for _, c := range w.st.Commands {
		if c.ApplicationID == q.bot.ID && c.GuildID == q.PathValue("guild") {
			out = append(out, c)
		}
	}
	return out
}

func (w *World) listCommands(q *request) (int, any, *apiError) {
	out := []Command{}
	for _, c := range w.scope(q) {
		cp := *c
		if !q.flag("with_localizations") {
			cp.NameLocalizations, cp.DescriptionLocalizations = nil, nil
			cp.Options = withoutLocales(c.Options)
		}
		out = append(out, cp)
	}
	return 200, out, nil
}

func withoutLocales(in []Option) []Option {
	out := slices.Clone(in)
	for i := range out {
		out[i].NameLocalizations, out[i].DescriptionLocalizations = nil, nil
		out[i].Options = withoutLocales(out[i].Options)
		out[i].Choices = slices.Clone(out[i].Choices)
		for j := range out[i].Choices {
			out[i].Choices[j].NameLocalizations = nil
		}
	}
	return out
}

// store puts a command in, in the place of one with the same name and type. It
// says whether it is new.
func (w *World) store(q *request, c Command) (*Command, bool) {
	c.ApplicationID, c.GuildID = q.bot.ID, q.PathValue("guild")
	c.Version = w.newID()
	if c.Type == 0 {
		c.Type = 1
	}
	if c.IntegrationTypes == nil {
		c.IntegrationTypes = []int{0}
	}
	if c.GuildID == "" && c.DMPermission == nil {
		yes := true
		c.DMPermission = &yes
	}
	for _, old := range w.scope(q) {
		if old.Name == c.Name && old.Type == c.Type {
			c.ID = old.ID
			*old = c
			return old, false
		}
	}
	c.ID = w.newID()
	w.st.Commands = append(w.st.Commands, &c)
	return &c, true
}

func tooLarge(c *Command) *apiError {
	if c.size() <= 8000 {
		return nil
	}
	p := &problems{}
	p.add("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
	return errForm(p)
}

func (w *World) createCommand(q *request) (int, any, *apiError) {
	if e := q.validate(commandCheck(true)); e != nil {
		return 0, nil, e
	}
	var c Command
	if e := q.take(&c); e != nil {
		return 0, nil, e
	}
	if e := tooLarge(&c); e != nil {
		return 0, nil, e
	}
	if e := w.mayCreate(q, w.fresh(q, c)); e != nil {
		return 0, nil, e
	}
	if len(w.scope(q)) >= 100 {
		return 0, nil, refuse(400, 30032, "Maximum number of application commands reached (100).")
	}
	stored, fresh := w.store(q, c)
	if fresh {
		w.created(q, 1)
	}
	w.wrote()
	if fresh {
		return http.StatusCreated, *stored, nil
	}
	return 200, *stored, nil
}

func (w *World) putCommands(q *request) (int, any, *apiError) {
	if e := q.validate(list(0, 130, commandCheck(true))); e != nil {
		return 0, nil, e
	}
	var cs []Command
	if e := q.take(&cs); e != nil {
		return 0, nil, e
	}
	p, slash := &problems{}, 0
	for i := range cs {
		cs[i].Type = max(cs[i].Type, 1)
		if cs[i].Type == 1 {
			slash++
		}
		if slices.ContainsFunc(cs[:i], func(o Command) bool { return o.Name == cs[i].Name && o.Type == cs[i].Type }) {
			p.at(strconv.Itoa(i)).at("name").add("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		if e := tooLarge(&cs[i]); e != nil {
			return 0, nil, e
		}
	}
	if !p.empty() {
		return 0, nil, errForm(p)
	}
	if slash > 100 {
		return 0, nil, refuse(400, 30032, "Maximum number of application commands reached (100).")
	}
	fresh := w.fresh(q, cs...)
	if e := w.mayCreate(q, fresh); e != nil {
		return 0, nil, e
	}
	w.created(q, fresh)
	gone := w.scope(q)
	out := []Command{}
	for _, c := range cs {
		stored, _ := w.store(q, c)
		gone = slices.DeleteFunc(gone, func(o *Command) bool { return o == stored })
		out = append(out, *stored)
	}
	w.st.Commands = slices.DeleteFunc(w.st.Commands, func(c *Command) bool { return slices.Contains(gone, c) })
	w.wrote()
	return 200, out, nil
}

func (w *World) oneCommand(q *request) (*Command, *apiError) {
	for _, c := range w.scope(q) {
		if c.ID == q.PathValue("command") {
			return c, nil
		}
	}
	return nil, errUnknown(10063, "application command")
}

func (w *World) getCommand(q *request) (int, any, *apiError) {
	c, e := w.oneCommand(q)
	if e != nil {
		return 0, nil, e
	}
	return 200, *c, nil
}

func (w *World) patchCommand(q *request) (int, any, *apiError) {
	c, e := w.oneCommand(q)
	if e != nil {
		return 0, nil, e
	}
	if e := q.validate(commandCheck(false)); e != nil {
		return 0, nil, e
	}
	next := *c
	if e := q.take(&next); e != nil {
		return 0, nil, e
	}
	next.ID, next.Type, next.Version = c.ID, c.Type, w.newID()
	p := &problems{}
	commandRules(numbersOf(next), p)
	if !p.empty() {
		return 0, nil, errForm(p)
	}
	if e := tooLarge(&next); e != nil {
		return 0, nil, e
	}
	*c = next
	w.wrote()
	return 200, next, nil
}

// numbersOf is a value as the checks expect it: decoded, with json.Number.
func numbersOf(v any) any {
	var out any
	d := json.NewDecoder(bytes.NewReader(mustJSON(v)))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		panic("discord: a command cannot be decoded: " + err.Error())
	}
	return out
}

func (w *World) deleteCommand(q *request) (int, any, *apiError) {
	c, e := w.oneCommand(q)
	if e != nil {
		return 0, nil, e
	}
	w.st.Commands = slices.DeleteFunc(w.st.Commands, func(o *Command) bool { return o == c })
	w.wrote()
	return http.StatusNoContent, nil, nil
}
