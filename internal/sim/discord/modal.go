package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/fault"
)

// ModalSubmit is a modal that a person has filled in.
type ModalSubmit struct {
	// ID is that of the modal, which is the id of the interaction that opened it.
	ID   string
	User string
	// Fields are what was typed or picked, by custom id. A field that is left
	// out keeps what the modal was opened with.
	Fields map[string][]string
}

// SubmitModal sends a modal back and waits as Send does. A modal is submitted
// once and by the person for whom it was opened: NotFound or Conflict
// otherwise. What the client does not let them send is Invalid.
func (w *World) SubmitModal(ctx context.Context, s ModalSubmit) (Result, error) {
	id, err := w.submit(s)
	if err != nil {
		return Result{}, err
	}
	return w.await(ctx, id), nil
}

func (w *World) submit(s ModalSubmit) (string, error) {
	const op = "discord.SubmitModal"
	w.mu.Lock()
	defer w.unlock()
	u, err := w.findUser(op, s.User)
	if err != nil {
		return "", err
	}
	from := w.interaction(s.ID)
	if from == nil || len(from.Modal) == 0 || from.UserID != u.ID {
		return "", errNoModal(op)
	}
	if from.Submitted {
		return "", fault.New(fault.Conflict, op, "this modal was submitted already")
	}
	g, c := w.st.channel(from.ChannelID)
	if c == nil || g.member(u.ID) == nil {
		return "", errNoModal(op)
	}
	var modal struct {
		CustomID   string `json:"custom_id"`
		Components []any  `json:"components"`
	}
	if err := json.Unmarshal(from.Modal, &modal); err != nil {
		return "", fault.Wrap(err, fault.Internal, op, "the modal cannot be read")
	}
	f := form{r: resolver{w: w, g: g, op: op, seen: map[string]obj{}}, given: s.Fields}
	parts, err := f.fill(modal.Components)
	if err != nil {
		return "", err
	}
	data := obj{"custom_id": modal.CustomID, "components": parts}
	if len(f.r.seen) > 0 {
		data["resolved"] = f.r.seen
	}
	from.Submitted = true
	it := &interaction{
		ID: w.newID(), Type: interactionModal, AppID: from.AppID, GuildID: from.GuildID, ChannelID: from.ChannelID,
		UserID: u.ID, Name: modal.CustomID, SourceID: from.SourceID, From: from.ref(),
	}
	w.open(it, data)
	return it.ID, nil
}

// form fills a modal in.
type form struct {
	r     resolver
	given map[string][]string
	known []string
}

// fill makes the tree that a submitted modal has: the components as they were,
// with values and without what only describes them.
func (f *form) fill(parts []any) ([]obj, error) {
	out := []obj{}
	for _, p := range parts {
		m, _ := p.(map[string]any)
		o := obj{"type": intOf(m["type"]), "id": m["id"]}
		switch intOf(m["type"]) {
		case compRow:
			all, _ := m["components"].([]any)
			in, err := f.fields(all)
			if err != nil {
				return nil, err
			}
			o["components"] = in
		case compLabel:
			in, err := f.fields([]any{m["component"]})
			if err != nil {
				return nil, err
			}
			o["component"] = in[0]
		}
		out = append(out, o)
	}
	for name := range f.given {
		if !slices.Contains(f.known, name) {
			return nil, f.r.bad("the modal has no field %q", clip(name)).WithHint("known: " + strings.Join(f.known, ", "))
		}
	}
	return out, nil
}

func (f *form) fields(all []any) ([]obj, error) {
	out := []obj{}
	for _, c := range all {
		m, _ := c.(map[string]any)
		name, _ := m["custom_id"].(string)
		f.known = append(f.known, name)
		o := obj{"type": intOf(m["type"]), "id": m["id"], "custom_id": name}
		given, ok := f.given[name]
		if isSelect(intOf(m["type"])) {
			if m["required"] == false && len(given) == 0 {
				o["values"] = []string{}
			} else if values, err := f.r.choose(m, given); err != nil {
				return nil, err
			} else {
				o["values"] = values
			}
			out = append(out, o)
			continue
		}
		text, _ := m["value"].(string)
		if ok {
			text = strings.Join(given, "\n")
		}
		if err := f.text(m, text); err != nil {
			return nil, err
		}
		o["value"] = text
		out = append(out, o)
	}
	return out, nil
}

// text checks what was typed as the client does.
func (f *form) text(m map[string]any, text string) error {
	n, hi := utf8.RuneCountInString(text), 4000
	if m["max_length"] != nil {
		hi = intOf(m["max_length"])
	}
	name := fmt.Sprint(m["custom_id"])
	switch {
	case n == 0 && m["required"] != false:
		return f.r.bad("the field %q must be filled in", name)
	case n > 0 && (n < intOf(m["min_length"]) || n > hi):
		return f.r.bad("the field %q must have %d to %d characters", name, intOf(m["min_length"]), hi)
	case intOf(m["style"]) == 1 && strings.ContainsAny(text, "\r\n"):
		return f.r.bad("the field %q takes one line", name)
	}
	return nil
}
