package client_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
)

// Each call of the sandbox's client is the request that the control API names.
func TestSandboxFaultsAndForms(t *testing.T) {
	var got, body, answer string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r.Method+" "+r.URL.String(), string(b)
		if r.Header.Get("X-Sandbox") != "1" {
			t.Errorf("%s has no header", got)
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer srv.Close()
	s, err := client.NewSandbox(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	sent := `{"interaction_id":"8","state":"answered","reply":null,"modal":{"title":"x"}}`
	at := client.Place{Guild: "demo", User: "ana"}
	for name, c := range map[string]struct {
		answer, want, body string
		call               func(context.Context) (any, error)
		gives              any
	}{
		"list": {
			`{"faults":[{"name":"node.down","area":"node","summary":"s","lasting":true,"args":[{"name":"node","values":["a"]}],"active":[{"node":"a"}]}]}`, "GET /sim/v1/faults", "",
			func(ctx context.Context) (any, error) { return s.Faults(ctx) },
			[]client.Fault{{Name: "node.down", Area: "node", Summary: "s", Lasting: true, Args: []client.FaultArg{{Name: "node", Values: []string{"a"}}}, Active: []map[string]string{{"node": "a"}}}},
		},
		"set": {
			`{"name":"node.down"}`, "PUT /sim/v1/faults/node.down", `{"args":{"node":"a b"}}`,
			func(ctx context.Context) (any, error) {
				return s.SetFault(ctx, "node.down", map[string]string{"node": "a b"})
			},
			client.Fault{Name: "node.down"},
		},
		"clear": {`{}`, "DELETE /sim/v1/faults/node.down?node=a+b", "", func(ctx context.Context) (any, error) {
			return nil, s.ClearFault(ctx, "node.down", map[string]string{"node": "a b"})
		}, nil},
		"clear all": {`{}`, "DELETE /sim/v1/faults", "", func(ctx context.Context) (any, error) { return nil, s.ClearFaults(ctx) }, nil},
		"invite":    {`{}`, "POST /sim/v1/invite", `{"bot":"b","guild":"g"}`, func(ctx context.Context) (any, error) { return nil, s.Invite(ctx, "b", "g") }, nil},
		"dms":       {`{}`, "POST /sim/v1/dms", `{"user":"ana","refuse":true}`, func(ctx context.Context) (any, error) { return nil, s.RefuseDMs(ctx, "ana", true) }, nil},
		"modal": {
			sent, "POST /sim/v1/modal", `{"modal_id":"7","user":"ana","fields":{"f":["v"]},"wait_ms":1000}`,
			func(ctx context.Context) (any, error) {
				r, err := s.Modal(ctx, "7", "ana", map[string][]string{"f": {"v"}}, time.Second)
				return string(r.Modal), err
			}, `{"title":"x"}`,
		},
		"complete": {
			`{"choices":[{"name":"n","value":3}]}`, "POST /sim/v1/send", `{"line":"/play query:o","guild":"demo","user":"ana","focused":"query","wait_ms":1000}`,
			func(ctx context.Context) (any, error) {
				return s.Complete(ctx, "/play query:o", "query", at, time.Second)
			},
			[]client.Choice{{Name: "n", Value: 3.0}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			answer = c.answer
			out, err := c.call(t.Context())
			if err != nil || got != c.want || body != c.body || !reflect.DeepEqual(out, c.gives) {
				t.Errorf("%s %s -> %+v %v", got, body, out, err)
			}
		})
	}
	for _, walk := range []string{"", "..", "."} {
		if _, err := s.SetFault(t.Context(), walk, nil); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", walk, err)
		}
	}
}
