package gateway_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// searches lets ana search, and returns the menu that she sees.
func searches(t *testing.T, r *roletest.Rig) (message, menu string, values []string) {
	t.Helper()
	res := r.Send(`/search query:"ocean"`)
	if res.State != "answered" || len(whispered(t, r)) == 0 {
		t.Fatalf("%+v", res)
	}
	message, menu = r.Component(func() map[string]any { return res.Reply }, string(command.ControlPick))
	for _, part := range strings.Split(asJSON(t, res.Reply["components"]), `"value":"`)[1:] {
		value, _, _ := strings.Cut(part, `"`)
		values = append(values, value)
	}
	return message, menu, values
}

func TestSearchIsAMenuWhosePickIsQueued(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, _ := start(t, r)
	message, menu, values := searches(t, r)
	if len(values) == 0 || len(values) > 25 {
		t.Fatalf("values: %q", values)
	}
	res := r.Click(simdiscord.Click{Message: message, CustomID: menu, Values: values[:1]})
	if res.State != "answered" {
		t.Errorf("%+v", res)
	}
	roletest.Until(t, "it is queued", func() bool { return len(a.Player(r).Queue) == 1 })
	roletest.Until(t, "the answer took the menu's place", func() bool {
		all := whispered(t, r)
		return len(all) == 1 && fmt.Sprint(all[0]["id"]) == message && len(roletest.Components(all[0])) == 0
	})
	nothingOwed(t, r)
	clean(t, r)
}

func TestSearchCanBeCancelled(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	finds(r)
	r.StartGateway()
	r.Join("ana")
	message, _, _ := searches(t, r)
	_, cancel := r.Component(func() map[string]any { return whispered(t, r)[0] }, string(command.ControlCancel))
	r.Click(simdiscord.Click{Message: message, CustomID: cancel})
	if all := whispered(t, r); len(all) != 1 || len(roletest.Components(all[0])) != 0 {
		t.Errorf("the menu is still there: %v", all)
	}
	clean(t, r)
}

func TestSearchWithoutAMenu(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		query    string
		found    topic.Suggestions
		answered bool
		wait     time.Duration
	}{
		{"nothing is found", "ocean", topic.Suggestions{Failure: music.FailureNotFound}, true, 0},
		{"no node", "ocean", topic.Suggestions{Failure: music.FailureLoad}, true, 0},
		{"it takes long", "ocean", topic.Suggestions{}, true, 2 * time.Second},
		{"nobody answers", "ocean", topic.Suggestions{}, false, 0},
		{"no query", " ", topic.Suggestions{}, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{})
			r.AnswerQuestions(func(topic.Question) (topic.Suggestions, bool) {
				<-time.After(c.wait)
				return c.found, c.answered
			})
			g := r.StartGateway()
			r.Join("ana")
			res := r.Send(fmt.Sprintf("/search query:%q", c.query))
			if res.State != "answered" || roletest.Text(t, res) == "" || len(whispered(t, r)) != 1 {
				t.Errorf("%+v", res)
			}
			if slow := c.wait > 0 || !c.answered; slow != res.Deferred {
				t.Errorf("deferred: %v", res.Deferred)
			}
			roletest.Until(t, "it is told", func() bool {
				_, done := g.Metrics.Told()
				return len(done) == 1 && done[0] == "search refused"
			})
			clean(t, r)
		})
	}
}

func TestSearchThatIsNotAdmitted(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	n := finds(r)
	r.StartGateway()
	if res := r.Send(`/search query:"ocean"`); res.State != "answered" || roletest.Text(t, res) == "" || n.Load() != 0 {
		t.Errorf("%+v", res)
	}
	clean(t, r)
}
