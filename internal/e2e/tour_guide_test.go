package e2e_test

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// guide leads members through the sandbox and writes down what they did and
// what they read.
type guide struct {
	t *testing.T
	r *e2e.Rig
	// me leads, other helps; both read the language of the tour.
	me, other string
	// language is that of the tour, en or es.
	language string
	names    *strings.Replacer
	book     *book
	// channel is where one types and looks; held is true while the music is held,
	// so that its position is exact.
	channel string
	held    bool

	typed, pressed map[string]bool
	// modal is the form that is open, by its id.
	modal string
}

// eyes are those of a member in the channel of the moment.
func (g *guide) eyes(user string) discord.Look {
	return discord.Look{Guild: "demo", Channel: g.channel, User: user, Limit: 200}
}

// chapter begins a part of the tour.
func (g *guide) chapter(title string) { g.book.note("# " + title) }

// says types a line and writes down the answer.
func (g *guide) says(user, line string) {
	g.t.Helper()
	g.typed[line] = true
	res, err := g.r.Control().Send(g.t.Context(), control.SendRequest{Line: line, Guild: "demo", Channel: g.channel, User: user, WaitMS: 60_000})
	g.answer(user+" types "+line, user, res, err)
}

// answer writes down what came back. What the client itself does not let one
// send is told so.
func (g *guide) answer(head, user string, res discord.Result, err error) {
	g.t.Helper()
	if err != nil {
		g.book.write(g, head, "(Discord does not let one send that: "+strings.TrimPrefix(err.Error(), "control.Client: ")+")", false)
		return
	}
	if res.State != discord.StateAnswered {
		g.t.Errorf("%s, and it is %s", head, res.State)
	}
	body := "(nothing is said)"
	switch {
	case len(res.Modal) > 0:
		g.modal, body = res.InteractionID, showModal(res.Modal)
	case res.Reply != nil:
		body = show(res.Reply)
		if number(res.Reply["flags"])&discord.FlagEphemeral != 0 {
			body = only(user) + body
		}
	}
	g.book.write(g, head, body, res.Deferred)
}

func only(user string) string { return "(only " + user + " sees this)\n" }

// completes writes down what is suggested while a member types.
func (g *guide) completes(user, line, option string) {
	g.t.Helper()
	g.book.await(g, user+" is typing "+line, func(ctx context.Context) (string, bool) {
		res, err := g.r.Control().Send(ctx, control.SendRequest{
			Line: line, Guild: "demo", Channel: g.channel, User: user, Focused: option, WaitMS: 60_000,
		})
		if err != nil {
			return err.Error(), false
		}
		out := "suggested:"
		for _, c := range res.Choices {
			out += "\n  " + c.Name
		}
		return out, true
	})
}

// find returns the newest message that a member sees with a control.
func (g *guide) find(ctx context.Context, user string, c command.Control) (message, id, name string) {
	all, err := g.r.Control().Look(ctx, g.eyes(user))
	if err != nil {
		return "", "", ""
	}
	for _, m := range slices.Backward(all) {
		for _, row := range list(m.Message["components"]) {
			for _, x := range list(row["components"]) {
				if id := text(x["custom_id"]); strings.HasPrefix(id+":", "1:"+string(c)+":") {
					return text(m.Message["id"]), id, cmp.Or(text(x["label"]), text(x["placeholder"]))
				}
			}
		}
	}
	return "", "", ""
}

// presses uses a control of the newest message that has it; picked is what is
// chosen where it is a menu.
func (g *guide) presses(user string, c command.Control, picked ...string) {
	g.t.Helper()
	var message, id, name string
	g.r.Until("there is the control "+string(c), func(ctx context.Context) bool {
		message, id, name = g.find(ctx, user, c)
		return id != ""
	})
	g.pressed[string(c)] = true
	head := user + " presses [" + name + "]"
	if len(picked) > 0 {
		head = fmt.Sprintf("%s picks %q in [%s]", user, picked, name)
	}
	res, err := g.r.Control().Click(g.t.Context(), control.ClickRequest{
		Click: discord.Click{Guild: "demo", User: user, Message: message, CustomID: id, Values: picked}, WaitMS: 60_000,
	})
	// A press that worked is seen on the message itself, which changes in its turn.
	if err == nil && res.Reply != nil && text(res.Reply["id"]) == message && shownByPanel(c) {
		res.Reply = nil
	}
	g.answer(head, user, res, err)
}

// fills sends the form that is open.
func (g *guide) fills(user, query string) {
	g.t.Helper()
	res, err := g.r.Control().Modal(g.t.Context(), control.ModalRequest{
		ModalID: g.modal, User: user, Fields: map[string]control.Values{command.FieldQuery: {query}}, WaitMS: 60_000,
	})
	g.pressed["modal"] = true
	g.answer(fmt.Sprintf("%s fills in %q", user, query), user, res, err)
}

// panel writes down the newest panel of the channel.
func (g *guide) panel(why string) {
	g.t.Helper()
	g.book.await(g, "the now-playing message "+why, func(ctx context.Context) (string, bool) {
		message, _, _ := g.find(ctx, g.me, command.ControlAdd)
		return g.message(ctx, g.eyes(g.me), message)
	})
}

// last writes down the newest message that nobody asked for.
func (g *guide) last(what string, l discord.Look) {
	g.t.Helper()
	g.book.await(g, what, func(ctx context.Context) (string, bool) { return g.message(ctx, l, "") })
}

// message shows one message, the newest where none is named.
func (g *guide) message(ctx context.Context, l discord.Look, id string) (string, bool) {
	all, err := g.r.Control().Look(ctx, l)
	if err != nil {
		return err.Error(), false
	}
	for _, m := range slices.Backward(all) {
		if id == "" || text(m.Message["id"]) == id {
			return show(m.Message), true
		}
	}
	return "(there is none)", false
}

// joins puts a member into a voice channel.
func (g *guide) joins(user, channel string) {
	g.t.Helper()
	g.book.note(user + " joins " + channel)
	join(g.t, g.r, user, "demo", channel)
}

// sounds waits until so many bots play.
func (g *guide) sounds(n int) {
	g.t.Helper()
	playing(g.t, g.r, n)
}

// begins types a line that lets another track play, and waits until that is
// heard: only what was heard is in the history.
func (g *guide) begins(user, line string) {
	g.t.Helper()
	before := count(g.r, "music.play.started", "")
	g.says(user, line)
	g.r.Until("another track is heard", func(context.Context) bool { return count(g.r, "music.play.started", "") > before })
}

// aside types a line that is not worth writing down, and waits until so many
// more tracks are heard.
func (g *guide) aside(user, line string, more int) {
	g.t.Helper()
	before := count(g.r, "music.play.started", "")
	say(g.t, g.r, user, line)
	g.r.Until("what was asked for is heard", func(context.Context) bool {
		return count(g.r, "music.play.started", "") >= before+more
	})
}

// shownByPanel is true for what changes the panel and says nothing.
func shownByPanel(c command.Control) bool {
	p, _ := command.ParseComponent(command.ComponentID(c, "1", "1", argumentOf(c)), nil)
	return p.Kind == command.KindPanel || c == command.ControlJump
}

func argumentOf(c command.Control) string {
	switch c {
	case command.ControlLoop:
		return "off"
	case command.ControlQuieter, command.ControlLouder:
		return "50"
	default: // the others need none
		return ""
	}
}

func number(v any) int {
	f, _ := v.(float64)
	return int(f)
}

var spaces = regexp.MustCompile(`[ \t]+\n`)

// settle is how long something has to stay as it is when the golden files are
// written anew.
const settle = 2500 * time.Millisecond
