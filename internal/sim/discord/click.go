package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// Click is the use of a button or of a select menu below a message.
type Click struct {
	// Guild is empty for a message in the direct channel with a bot; Channel is
	// then that channel, or the bot.
	Guild   string `json:"guild"`
	Channel string `json:"channel,omitempty"`
	User    string `json:"user"`
	// Message is the id of the message; the newest one that has such a
	// component if empty.
	Message string `json:"message"`
	// CustomID or Label name the component (the label of a menu is its
	// placeholder). One of them is needed.
	CustomID string `json:"custom_id"`
	Label    string `json:"label"`
	// Values are what was chosen in a select menu.
	Values []string `json:"values"`
}

func (k Click) matches(c map[string]any) bool {
	if k.CustomID != "" {
		return c["custom_id"] == k.CustomID
	}
	return k.Label != "" && slices.Contains(labels(c), strings.ToLower(k.Label))
}

// labels are the texts by which a person knows a component.
func labels(c map[string]any) []string {
	var out []string
	emoji, _ := c["emoji"].(map[string]any)
	for _, v := range []any{c["label"], c["placeholder"], emoji["name"]} {
		if s, _ := v.(string); s != "" {
			out = append(out, strings.ToLower(s))
		}
	}
	return out
}

// shownAs is the text by which a person names a component, its id where it has
// none, and nothing for a link.
func shownAs(c map[string]any) string {
	id, _ := c["custom_id"].(string)
	if id == "" {
		return ""
	}
	emoji, _ := c["emoji"].(map[string]any)
	for _, v := range []any{c["label"], c["placeholder"], emoji["name"]} {
		if s, _ := v.(string); s != "" {
			return s
		}
	}
	return id
}

// Click uses a component and waits as Send does. A component that does not
// exist is NotFound, one that is disabled, a link or not the user's is Denied.
func (w *World) Click(ctx context.Context, k Click) (Result, error) {
	id, err := w.click(k)
	if err != nil {
		return Result{}, err
	}
	return w.await(ctx, id), nil
}

func (w *World) click(k Click) (string, error) {
	const op = "discord.Click"
	w.mu.Lock()
	defer w.unlock()
	g, u, ch, err := w.findPlace(op, k.Guild, k.User, k.Channel)
	if err != nil {
		return "", err
	}
	if u.Bot {
		return "", fault.New(fault.Denied, op, "bots do not use components")
	}
	where := g.places()
	if ch != nil {
		where = []*Channel{ch}
	}
	m, c, err := w.findComponent(op, g, where, u, k)
	if err != nil {
		return "", err
	}
	typ := intOf(c["type"])
	switch {
	case c["disabled"] == true:
		return "", fault.New(fault.Denied, op, "this component is disabled")
	case c["custom_id"] == nil || c["custom_id"] == "":
		return "", fault.New(fault.Denied, op, "this component is a link and tells the bot nothing")
	}
	data := obj{"custom_id": c["custom_id"], "component_type": typ, "id": c["id"]}
	if typ != compButton {
		r := resolver{w: w, g: g, op: op, seen: map[string]obj{}}
		values, err := r.choose(c, k.Values)
		if err != nil {
			return "", err
		}
		data["values"] = values
		if typ != compSelect {
			data["resolved"] = r.seen
		}
	}
	it := &interaction{
		ID: w.newID(), Type: interactionComponent, AppID: m.AuthorID, GuildID: g.ID, ChannelID: m.ChannelID,
		UserID: u.ID, Name: fmt.Sprint(c["custom_id"]), SourceID: m.ID,
	}
	w.open(it, data)
	return it.ID, nil
}

// findComponent looks through the messages that a user sees, newest first.
func (w *World) findComponent(op string, g *Guild, where []*Channel, u *User, k Click) (*Message, map[string]any, error) {
	var msgs []*Message
	for _, ch := range where {
		if g.permissions(u.ID, ch)&PermViewChannel != 0 {
			msgs = append(msgs, w.st.Messages[ch.ID]...)
		}
	}
	slices.SortFunc(msgs, func(a, b *Message) int { return compareID(b.ID, a.ID) })
	known := []string{}
	for _, m := range msgs {
		if k.Message != "" && m.ID != k.Message || !m.seenBy(u.ID) {
			continue
		}
		for c := range eachComponent(m.Components) {
			if k.matches(c) {
				return m, c, nil
			}
			if name := shownAs(c); name != "" && len(known) < 25 && !slices.Contains(known, name) {
				known = append(known, name)
			}
		}
	}
	return nil, nil, fault.New(fault.NotFound, op, "there is no such component in a message that the user sees").
		WithHint("known: " + strings.Join(known, ", "))
}
