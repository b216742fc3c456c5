package observe_test

import (
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/observe"
)

func TestTraces(t *testing.T) {
	a := observe.NewTrace()
	b, err := observe.ParseTrace(a.String())
	if err != nil || b != a {
		t.Fatalf("%v: %v became %v", err, a, b)
	}
	c := a.Child()
	if c.TraceID() != a.TraceID() || c.SpanID() == a.SpanID() || observe.NewTrace().TraceID() == a.TraceID() {
		t.Errorf("%v %v", a, c)
	}
	if got, ok := observe.TraceFrom(observe.WithTrace(t.Context(), c)); !ok || got != c {
		t.Error("the context loses the trace")
	}
	if _, ok := observe.TraceFrom(t.Context()); ok {
		t.Error("a trace out of nothing")
	}
}

func TestParseTrace(t *testing.T) {
	const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	for _, s := range []string{good, strings.Replace(good, "00-", "01-", 1), strings.Replace(good, "00-", "cc-", 1) + "-more", strings.TrimSuffix(good, "01") + "00"} {
		tr, err := observe.ParseTrace(s)
		if err != nil || tr.TraceID() != "4bf92f3577b34da6a3ce929d0e0e4736" || tr.SpanID() != "00f067aa0ba902b7" {
			t.Errorf("%s: %v %v", s, tr, err)
		}
	}
	for _, s := range []string{
		"", "00", good + "-more", good + "x", strings.ToUpper(good), strings.Replace(good, "00-", "ff-", 1), strings.Replace(good, "4bf9", "zzzz", 1),
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
		strings.ReplaceAll(good, "-", "_"), "cc" + good[2:] + "x",
	} {
		if tr, err := observe.ParseTrace(s); fault.CodeOf(err) != fault.Invalid || tr != (observe.Trace{}) {
			t.Errorf("%q: %v %v", s, tr, err)
		}
	}
}

func FuzzParseTrace(f *testing.F) {
	f.Add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	f.Add("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff-x")
	f.Fuzz(func(t *testing.T, s string) {
		tr, err := observe.ParseTrace(s)
		if err != nil {
			return
		}
		again, err := observe.ParseTrace(tr.String())
		if err != nil || again != tr {
			t.Fatalf("%q -> %v -> %v %v", s, tr, again, err)
		}
	})
}
