package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os/user"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

func (f *fake) order(what ...any) error {
	f.mu.Lock()
	f.told = what
	f.mu.Unlock()
	return f.answer()
}

func (f *fake) Guilds(_ context.Context, p httpapi.Page) (view.GuildPage, error) {
	f.page = p
	return view.GuildPage{}, f.answer()
}

func (f *fake) Guild(_ context.Context, guild string) (view.Guild, error) {
	return view.Guild{ID: guild}, f.answer()
}

func (f *fake) Settings(_ context.Context, guild string) (view.Settings, error) {
	return view.Settings{Guild: guild}, f.answer()
}

func (f *fake) ChangeSettings(_ context.Context, by, guild string, p view.SettingsPatch) (view.Settings, error) {
	return view.Settings{Guild: guild}, f.order("settings", by, guild, p)
}

func (f *fake) Act(_ context.Context, by, guild, bot, action string) (view.Acted, error) {
	return view.Acted{Guild: guild, Bot: bot, Outcome: action}, f.order("act", by, guild, bot, action)
}

func (f *fake) Cordon(_ context.Context, by, node string, cordoned bool, reason string) (view.Node, error) {
	return view.Node{Name: node}, f.order("cordon", by, node, cordoned, reason)
}

func (f *fake) Drain(_ context.Context, by, node, reason string) (view.Node, error) {
	return view.Node{Name: node}, f.order("drain", by, node, reason)
}

func (f *fake) Plays(_ context.Context, p httpapi.PlayFilter) (view.HeardPage, error) {
	f.plays = p
	return view.HeardPage{}, f.answer()
}

func (f *fake) PlayTotals(_ context.Context, guild string, _ time.Time) (view.Totals, error) {
	return view.Totals{Guild: guild}, f.answer()
}

func (f *fake) RebuildPlays(context.Context) (bool, error) { return true, f.order("rebuild") }

func (f *fake) Letters(_ context.Context, p httpapi.Page) (view.LetterPage, error) {
	f.page = p
	return view.LetterPage{}, f.answer()
}

func (f *fake) Letter(_ context.Context, id string) (view.Letter, error) {
	return view.Letter{ID: id, Input: json.RawMessage(`{"a":1}`)}, f.answer()
}

func (f *fake) RetryLetter(_ context.Context, by, id string) (view.LetterGone, error) {
	return view.LetterGone{ID: id, Outcome: "applied"}, f.order("retry", by, id)
}

func (f *fake) DropLetter(_ context.Context, by, id string) (view.LetterGone, error) {
	return view.LetterGone{ID: id, Outcome: "dropped"}, f.order("drop", by, id)
}

func (f *fake) Jobs(_ context.Context, j httpapi.JobFilter) (view.JobPage, error) {
	f.page = j.Page
	return view.JobPage{}, f.answer()
}

func (f *fake) Job(_ context.Context, id int64) (view.Job, error) {
	return view.Job{ID: id, Kind: "prune", State: "running"}, f.answer()
}

func (f *fake) RetryJob(_ context.Context, by string, id int64) (view.Job, error) {
	return view.Job{ID: id, State: "available"}, f.order("retry-job", by, id)
}

func (f *fake) CancelJob(_ context.Context, by string, id int64) (view.Job, error) {
	return view.Job{ID: id, State: "cancelled"}, f.order("cancel-job", by, id)
}

func (f *fake) Maintenance(context.Context) (view.Maintenance, error) {
	return view.Maintenance{Active: true, Message: "disks", By: "olga"}, f.answer()
}

func (f *fake) BeginMaintenance(_ context.Context, by, message string, until time.Time) (view.Maintenance, error) {
	return view.Maintenance{Active: true, Message: message}, f.order("maintenance", by, message, until)
}

func (f *fake) EndMaintenance(_ context.Context, by string) (view.Maintenance, error) {
	return view.Maintenance{By: by}, f.order("maintenance ends", by)
}

func TestOrdersReachTheBackend(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	by := "operator:" + me.Username
	volume, idle, none := 60, int64(90_000), ""
	rule := view.ChannelRule{Channel: "c", Use: "roles", Roles: []string{"r"}}
	for _, c := range []struct {
		method, path, body string
		status             int
		told               []any
		says               string
	}{
		{"POST", "/v1/players/g/b/skip", "", 200, []any{"act", by, "g", "b", "skip"}, `"outcome":"skip"`},
		{"POST", "/v1/players/g/b/dance", "", 422, nil, "path.action"},
		{"POST", "/v1/nodes/n/cordon", `{"reason":"kernel"}`, 200, []any{"cordon", by, "n", true, "kernel"}, `"name":"n"`},
		{"POST", "/v1/nodes/n/cordon", `{"reason":"` + strings.Repeat("x", 300) + `"}`, 422, nil, "body.reason"},
		{"DELETE", "/v1/nodes/n/cordon", "", 200, []any{"cordon", by, "n", false, ""}, `"name":"n"`},
		{"POST", "/v1/nodes/n/drain", `{}`, 200, []any{"drain", by, "n", ""}, `"name":"n"`},
		{
			"PATCH", "/v1/guilds/g/settings", `{"volume":60,"idle_ms":90000,"announce":"","rule":{"channel":"c","use":"roles","roles":["r"]},"reset":true}`, 200,
			[]any{"settings", by, "g", view.SettingsPatch{Volume: &volume, IdleMS: &idle, Announce: &none, Rule: &rule, Reset: true}},
			`"rules":[]`,
		},
		{"PATCH", "/v1/guilds/g/settings", `{"volume":"loud"}`, 422, nil, "body.volume"},
		{"PATCH", "/v1/guilds/g/settings", `{"loudness":3}`, 422, nil, "body.loudness"},
		{"PATCH", "/v1/guilds/g/settings", `{"rule":{"channel":"c","use":"sometimes"}}`, 422, nil, "body.rule.use"},
		{"PATCH", "/v1/guilds/g/settings", `{`, 422, nil, "problem"},
		{"POST", "/v1/plays/rebuild", "", 200, []any{"rebuild"}, `"done":true`},
		{"GET", "/v1/letters", "", 200, nil, `"items":[]`},
		{"GET", "/v1/letters?limit=501", "", 422, nil, "query.limit"},
		{"GET", "/v1/letters/tick:1%2F2", "", 200, nil, `"id":"tick:1/2","kind":"","partition":0,"error":"","at":"0001-01-01T00:00:00Z","input":{"a":1}`},
		{"POST", "/v1/letters/a~2/retry", "", 200, []any{"retry", by, "a~2"}, `"outcome":"applied"`},
		{"DELETE", "/v1/letters/projection:plays:7", "", 200, []any{"drop", by, "projection:plays:7"}, `"outcome":"dropped"`},
		{"DELETE", "/v1/letters/" + strings.Repeat("x", 600), "", 422, nil, "path.id"},
		{"GET", "/v1/jobs?kind=prune&state=running", "", 200, nil, `"items":[]`},
		{"GET", "/v1/jobs?state=lost", "", 422, nil, "query.state"},
		{"GET", "/v1/jobs/7", "", 200, nil, `"id":7,"kind":"prune","state":"running"`},
		{"GET", "/v1/jobs/0", "", 422, nil, "path.job"},
		{"POST", "/v1/jobs/7/retry", "", 200, []any{"retry-job", by, int64(7)}, `"state":"available"`},
		{"POST", "/v1/jobs/8/cancel", "", 200, []any{"cancel-job", by, int64(8)}, `"state":"cancelled"`},
		{"POST", "/v1/jobs/x/cancel", "", 422, nil, "path.job"},
		{"GET", "/v1/maintenance", "", 200, nil, `{"active":true,"message":"disks","by":"olga"}`},
		{"PUT", "/v1/maintenance", `{"message":"disks","until":"2026-03-02T00:00:00Z"}`, 200, []any{"maintenance", by, "disks", time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}, `"active":true`},
		{"PUT", "/v1/maintenance", `{}`, 200, []any{"maintenance", by, "", time.Time{}}, `"active":true`},
		{"PUT", "/v1/maintenance", `{"message":"` + strings.Repeat("x", 301) + `"}`, 422, nil, "body.message"},
		{"PUT", "/v1/maintenance", `{"until":"tomorrow"}`, 422, nil, "body.until"},
		{"DELETE", "/v1/maintenance", "", 200, []any{"maintenance ends", by}, `"active":false`},
		{"GET", "/v1/plays", "", 422, nil, "query.guild"},
		{"GET", "/v1/plays?guild=g&since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "", 422, nil, "since has to be before until"},
		{"GET", "/v1/plays/totals?guild=g", "", 200, nil, `"tracks":[]`},
	} {
		t.Run(c.method+" "+c.path+" "+c.body[:min(20, len(c.body))], func(t *testing.T) {
			w := start(t)
			got := w.send(t, true, c.method, c.path, c.body)
			bad := c.status == http.StatusUnprocessableEntity && got.status == http.StatusBadRequest // JSON that is none
			if got.status != c.status && !bad || !strings.Contains(got.body+" problem", c.says) {
				t.Errorf("%d %s", got.status, got.body)
			}
			if !reflect.DeepEqual(w.told, c.told) {
				a, _ := json.Marshal(w.told)
				b, _ := json.Marshal(c.told)
				t.Errorf("it was told %s, want %s", a, b)
			}
		})
	}
}

func TestPlaysAreNarrowed(t *testing.T) {
	w := start(t)
	got := w.do(t, true, http.MethodGet, "/v1/plays?guild=g&user=u&since=2026-03-01T12:00:00Z&limit=9&cursor=p1")
	want := httpapi.PlayFilter{Guild: "g", User: "u", Since: at, Page: httpapi.Page{Limit: 9, Cursor: "p1"}}
	if got.status != 200 || !strings.Contains(got.body, `"items":[]`) || !reflect.DeepEqual(w.plays, want) {
		t.Errorf("%d %s: %+v", got.status, got.body, w.plays)
	}
}
