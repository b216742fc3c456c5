package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

func stream(t *testing.T, text string) *client.Client {
	return server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, text)
	})
}

func TestTail(t *testing.T) {
	const two = ": connected\n\nid: 4\nevent: a.b\ndata: {\"seq\":4,\"type\":\"a.b\",\"data\":{}}\n\n: still here\n\nid: 5\ndata: {\"seq\":5,\ndata:\"type\":\"c\"}\n\n"
	cases := []struct {
		name, text string
		seen       int
		code       fault.Code
		id         string
	}{
		{"two events, then the end", two, 2, fault.Unavailable, ""},
		{"a reason", two + "event: problem\ndata: {\"code\":\"denied\",\"detail\":\"no more\",\"request_id\":\"r9\"}\n\n", 2, fault.Denied, "r9"},
		{"half an event", two + "id: 6\ndata: {\"seq\":6", 2, fault.Unavailable, ""},
		{"nonsense", "data: [\n\n", 0, fault.Internal, ""},
		{"a nonsensical reason", "event: problem\ndata: [\n\n", 0, fault.Internal, ""},
		{"a line without end", "data: " + strings.Repeat("x", 2<<20), 0, fault.Unavailable, ""},
		{"many lines of one event", strings.Repeat("data: "+strings.Repeat("x", 1<<19)+"\n", 4), 0, fault.Internal, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			seen := 0
			err := stream(t, c.text).Tail(t.Context(), client.Events{After: 3}, func(view.Event) error { seen++; return nil })
			if seen != c.seen || fault.CodeOf(err) != c.code || problem.RequestID(err) != c.id {
				t.Errorf("%d events, %v", seen, err)
			}
		})
	}
}

func TestTailEndsAsItsReaderWants(t *testing.T) {
	one := "data: {\"seq\":1}\n\n"
	stop := errors.New("enough")
	if err := stream(t, one).Tail(t.Context(), client.Events{}, func(view.Event) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := stream(t, one).Tail(ctx, client.Events{}, func(view.Event) error { cancel(); return nil }); err != nil {
		t.Errorf("%v", err)
	}
}

func TestSandbox(t *testing.T) {
	var path, body, header string
	answer, status := "", 200
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		path, body, header = r.Method+" "+r.URL.String(), string(b), r.Header.Get("X-Sandbox")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer srv.Close()
	for _, base := range []string{srv.URL, srv.URL + "/", srv.URL + "/sim/v1"} {
		s, err := client.NewSandbox(base)
		if err != nil {
			t.Fatal(err)
		}
		answer = `{"interaction_id":"7","state":"answered","answered_ms":12,"deferred":true,"reply":{"id":"9"}}`
		got, err := s.Send(t.Context(), "/play", client.Place{Guild: "demo", User: "ana"}, 2*time.Second)
		if err != nil || got.InteractionID != "7" || got.AnsweredMS != 12 || !got.Deferred || !got.Answered || string(got.Reply) != `{"id":"9"}` {
			t.Errorf("%+v %v", got, err)
		}
		if path != "POST /sim/v1/send" || header != "1" || body != `{"line":"/play","guild":"demo","user":"ana","wait_ms":2000}` {
			t.Errorf("%s %s", path, body)
		}
	}
	s, _ := client.NewSandbox(srv.URL)
	answer = `{"interaction_id":"8","state":"failed","answered_ms":-1}`
	if got, err := s.Click(t.Context(), "skip", "", []string{"a"}, client.Place{Guild: "demo", User: "ana"}, 0); err != nil || got.Answered || string(got.Reply) != "null" {
		t.Errorf("%+v %v", got, err)
	}
	for _, c := range []struct {
		status int
		answer string
		code   fault.Code
		want   string
	}{
		{404, `{"code":"not_found","message":"there is no user eve","hint":"ana, bruno, carla"}`, fault.NotFound, "there is no user eve"},
		{403, `{"code":"denied","message":"off"}`, fault.Denied, "off"},
		{502, "bad gateway", fault.Unavailable, "502"},
		{200, "[", fault.Internal, "not understood"},
	} {
		status, answer = c.status, c.answer
		_, err := s.Messages(t.Context(), "demo", "", "ana", 5)
		if message, _ := fault.Show(err); fault.CodeOf(err) != c.code || !strings.Contains(message, c.want) {
			t.Errorf("%d: %v", c.status, err)
		}
	}
	if path != "GET /sim/v1/messages?guild=demo&limit=5&user=ana" {
		t.Errorf("%s", path)
	}
	for url, code := range map[string]fault.Code{"http://192.0.2.1:80": fault.Denied, "http://sandbox.example": fault.Denied, "https://127.0.0.1": fault.Invalid, "x": fault.Invalid} {
		if _, err := client.NewSandbox(url); fault.CodeOf(err) != code {
			t.Errorf("%s: %v", url, err)
		}
	}
	srv.Close()
	if err := s.Reset(t.Context()); !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Errorf("%v", err)
	}
}
