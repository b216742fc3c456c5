package problem_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
)

var codes = []fault.Code{
	fault.Internal, fault.Invalid, fault.NotFound, fault.Unauthenticated, fault.Denied, fault.Quota,
	fault.Conflict, fault.Unavailable, fault.Pending, fault.Unknown,
}

func TestEveryCodeHasAStatusOfItsOwn(t *testing.T) {
	seen := map[int]fault.Code{}
	for _, c := range codes {
		s := problem.Status(c)
		if other, ok := seen[s]; ok {
			t.Errorf("%s and %s are both %d", c, other, s)
		}
		seen[s] = c
		if s < 400 || problem.Code(s) != c {
			t.Errorf("%s -> %d -> %s", c, s, problem.Code(s))
		}
	}
	if problem.Status("made up") != 500 {
		t.Error("an unknown code is not 500")
	}
}

func TestForeignStatuses(t *testing.T) {
	for status, want := range map[int]fault.Code{
		400: fault.Invalid, 413: fault.Invalid, 405: fault.NotFound, 410: fault.NotFound, 408: fault.Unavailable,
		502: fault.Unavailable, 501: fault.Internal, 302: fault.Internal,
	} {
		if got := problem.Code(status); got != want {
			t.Errorf("%d -> %s, want %s", status, got, want)
		}
	}
}

// A fault that goes over HTTP comes back as it was.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~áéñ…]{1,200}`)
		in := fault.New(rapid.SampledFrom(codes).Draw(t, "code"), "far.Away", text.Draw(t, "message"))
		if rapid.Bool().Draw(t, "hinted") {
			in = in.WithHint(text.Draw(t, "hint"))
		}
		rec := httptest.NewRecorder()
		problem.From(in, "req-1").Write(rec)
		p := problem.Read(rec.Result())
		out := p.Fault("here")
		if out.Code != in.Code || out.Message != in.Message || out.Hint != in.Hint || p.RequestID != "req-1" {
			t.Fatalf("%+v became %+v", in, out)
		}
	})
}

func TestAnswersThatAreNotOurs(t *testing.T) {
	cases := []struct {
		name, contentType, body string
		status                  int
		code                    fault.Code
	}{
		{"a proxy's page", "text/html", "<h1>Bad gateway</h1>", 502, fault.Unavailable},
		{"not JSON", problem.ContentType, "{", 404, fault.NotFound},
		{"empty", problem.ContentType, "", 500, fault.Internal},
		{"a code that we do not know", problem.ContentType, `{"code":"teapot","detail":"short and stout"}`, 418, fault.Invalid},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			resp := &http.Response{
				StatusCode: c.status, Status: http.StatusText(c.status), Body: io.NopCloser(strings.NewReader(c.body)),
				Header: http.Header{"Content-Type": {c.contentType}, "X-Request-Id": {"h-1"}},
			}
			p := problem.Read(resp)
			if f := p.Fault("x"); f.Code != c.code || f.Message == "" || strings.Contains(f.Message, "<h1>") {
				t.Errorf("%+v", f)
			}
			if p.RequestID != "h-1" {
				t.Errorf("request id %q", p.RequestID)
			}
		})
	}
}

func TestDetailsAndRequestID(t *testing.T) {
	p := problem.Problem{Detail: "the request is not valid", Code: "invalid", RequestID: "r", Errors: []problem.Detail{
		{Location: "query.limit", Message: "is too large"}, {Message: "and more"},
	}}
	f := p.Fault("x")
	if f.Message != "the request is not valid: query.limit is too large; and more" {
		t.Errorf("%q", f.Message)
	}
	err := error(&problem.Response{RequestID: "r", Err: f})
	if problem.RequestID(err) != "r" || !errors.Is(err, fault.Of(fault.Invalid)) || problem.RequestID(io.EOF) != "" {
		t.Error("the name of the request is lost")
	}
	if err.Error() != f.Error() {
		t.Errorf("%q", err)
	}
}
