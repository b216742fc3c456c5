package roletest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/sim/control"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// Click uses a component and waits for what the user sees.
func (r *Rig) Click(k simdiscord.Click) simdiscord.Result {
	r.T.Helper()
	if k.Guild == "" {
		k.Guild = "demo"
	}
	if k.User == "" {
		k.User = "ana"
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	res, err := r.World.Click(ctx, k)
	if err != nil {
		r.T.Fatalf("%+v: %v", k, err)
	}
	return res
}

// Component returns the id of the first component of a message for which the
// part of the id behind its version begins with what is named; it waits for it.
func (r *Rig) Component(message func() map[string]any, control string) (messageID, customID string) {
	r.T.Helper()
	Until(r.T, "there is a component "+control, func() bool {
		m := message()
		messageID, _ = m["id"].(string)
		customID = componentOf(m, control)
		return customID != ""
	})
	return messageID, customID
}

// Components are the ids of all components of a message.
func Components(m map[string]any) []string {
	raw, err := json.Marshal(m["components"])
	var all []any
	if err != nil || json.Unmarshal(raw, &all) != nil {
		return nil
	}
	var out []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			if id, ok := v["custom_id"].(string); ok && id != "" {
				out = append(out, id)
			}
			walk(v["components"])
		}
	}
	walk(all)
	return out
}

func componentOf(m map[string]any, control string) string {
	all := Components(m)
	i := slices.IndexFunc(all, func(id string) bool {
		parts := strings.Split(id, ":")
		return len(parts) > 1 && parts[1] == control
	})
	if i < 0 {
		return ""
	}
	return all[i]
}

// Type types an option of a command as ana and returns the choices that she sees.
func (r *Rig) Type(line, option string) simdiscord.Result {
	r.T.Helper()
	res, err := r.typed("ana", line, option)
	if err != nil {
		r.T.Fatalf("%s: %v", line, err)
	}
	return res
}

// TypeLater does the same and returns a channel with the result.
func (r *Rig) TypeLater(user, line, option string) <-chan simdiscord.Result {
	out := make(chan simdiscord.Result, 1)
	go func() {
		res, err := r.typed(user, line, option)
		if err != nil {
			r.T.Errorf("%s: %v", line, err)
		}
		out <- res
	}()
	return out
}

func (r *Rig) typed(user, line, option string) (simdiscord.Result, error) {
	name, args, err := control.ParseLine(line)
	if err != nil {
		return simdiscord.Result{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return r.World.Autocomplete(ctx, simdiscord.SlashCommand{Guild: "demo", User: user, Name: name, Options: args}, option)
}

// AnswerQuestions answers what gateways ask of queries until the test ends, as an
// audio role does; where f says false nobody answers.
func (r *Rig) AnswerQuestions(f func(topic.Question) (topic.Suggestions, bool)) {
	sub := r.Bus.Subscribe(topic.Suggest, 64)
	b := r.Bus
	r.Start(func(ctx context.Context) error {
		defer sub.Close()
		for {
			select {
			case <-ctx.Done():
				return nil
			case m, open := <-sub.C():
				if !open {
					return nil
				}
				answer(ctx, r.T, b, m, f)
			}
		}
	})
}

func answer(ctx context.Context, t testing.TB, b bus.Bus, m bus.Message, f func(topic.Question) (topic.Suggestions, bool)) {
	q, err := topic.Hear[topic.Question](m)
	if err != nil {
		t.Errorf("a question: %v", err)
		return
	}
	s, ok := f(q)
	if !ok {
		return
	}
	s.ID = q.ID
	if err := topic.Tell(ctx, b, topic.Suggested, m.Key, s); err != nil && ctx.Err() == nil {
		t.Errorf("an answer: %v", err)
	}
}
