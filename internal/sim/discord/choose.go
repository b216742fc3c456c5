package discord

import (
	"fmt"
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// choose turns what a person picked in a select menu into its values: those of
// a string select as they are, members, roles and channels by mention, id or
// name. What the client does not let them pick is Invalid or NotFound.
func (r *resolver) choose(c map[string]any, picked []string) ([]string, error) {
	lo, hi := 1, 1
	if c["min_values"] != nil {
		lo = intOf(c["min_values"])
	}
	if c["max_values"] != nil {
		hi = intOf(c["max_values"])
	}
	out := make([]string, 0, len(picked))
	for _, key := range picked {
		v, err := r.pick(c, key)
		if err != nil {
			return nil, err
		}
		if slices.Contains(out, v) {
			return nil, r.bad("%q was chosen twice", clip(key))
		}
		out = append(out, v)
	}
	if len(out) < lo || len(out) > hi {
		return nil, r.bad("choose %d to %d values", lo, hi)
	}
	return out, nil
}

func (r *resolver) pick(c map[string]any, key string) (string, error) {
	typ := intOf(c["type"])
	if typ == compSelect {
		options, _ := c["options"].([]any)
		o, err := find(r.op, "choice", key, options, func(o any) (string, string) {
			m, _ := o.(map[string]any)
			return fmt.Sprint(m["value"]), fmt.Sprint(m["label"])
		})
		if err != nil {
			return "", err
		}
		m, _ := o.(map[string]any)
		return fmt.Sprint(m["value"]), nil
	}
	name, _ := c["custom_id"].(string)
	o := Option{Name: name, Type: map[int]int{
		compUserSelect: OptUser, compRoleSelect: OptRole, compMentionSelect: OptMentionable, compChannelSelect: OptChannel,
	}[typ]}
	types, _ := c["channel_types"].([]any)
	for _, t := range types {
		o.ChannelTypes = append(o.ChannelTypes, intOf(t))
	}
	v, err := r.reference(o, key)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(v), nil
}

// takeChoices checks the answer to an autocompletion: at most 25 choices whose
// values are of the type of the option that is being typed
// (https://discord.com/developers/docs/interactions/receiving-and-responding).
func takeChoices(data any, typ int) ([]Choice, *apiError) {
	q := &request{body: data, raw: mustJSON(data)}
	p := &problems{}
	object(fields{"choices!": list(0, 25, choiceCheck)}, func(v any, p *problems) {
		m, _ := v.(map[string]any)
		choices, _ := m["choices"].([]any)
		for i, c := range choices {
			one, _ := c.(map[string]any)
			at := p.at("choices").at(fmt.Sprint(i)).at("value")
			switch typ {
			case OptString:
				str(1, 100)(one["value"], at)
			case OptInteger:
				integer(-1<<53, 1<<53)(one["value"], at)
			case OptNumber:
				number(one["value"], at)
			}
		}
	})(data, p)
	if !p.empty() {
		return nil, errForm(p)
	}
	var c struct {
		Choices []Choice `json:"choices"`
	}
	if e := q.take(&c); e != nil {
		return nil, e
	}
	return c.Choices, nil
}

// errNoModal is for a modal that is not there for this person.
func errNoModal(op string) error {
	return fault.New(fault.NotFound, op, "no such modal is open for this user").
		WithHint("use a command or a component that opens one; its answer names the modal")
}
