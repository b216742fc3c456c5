package catalog_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/fault"
)

func meta() catalog.Meta {
	return catalog.Meta{
		ID: "0197a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b", Source: "/partitions/3", Subject: "bots/1",
		Time:  time.Date(2026, 1, 31, 12, 30, 15, 123_000_000, time.UTC),
		Trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Tenant: "tenant-42",
		Guild: "900000000000000001", Cause: "input-7",
	}
}

func failed() music.PlayFailed {
	return music.PlayFailed{Bot: "1", Play: "p-17", Reason: "exception", Detail: `<"é">`}
}

func TestWrapMakesTheWholeEvent(t *testing.T) {
	c := newCatalog(t)
	m := meta()
	m.Replay = "r-1"
	raw, err := c.Wrap(m, failed())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"specversion":"1.0","id":"0197a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b","source":"/partitions/3","type":"music.play.failed",` +
		`"subject":"bots/1","time":"2026-01-31T12:30:15.123000Z","datacontenttype":"application/json",` +
		`"dataschema":"urn:atril:event:music.play.failed:1","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",` +
		`"partitionkey":"900000000000000001","tenantid":"tenant-42","causationid":"input-7","replayid":"r-1",` +
		`"data":{"bot":"1","play":"p-17","reason":"exception","detail":"<\"é\">"}}`
	if string(raw) != want {
		t.Fatalf("got\n%s\nwant\n%s", raw, want)
	}
	h, p, err := c.Open(raw)
	if err != nil || p != catalog.Payload(failed()) || string(h.CausationID) != "input-7" {
		t.Fatalf("got %+v, %v, %v", h, p, err)
	}
}

func TestANilListIsWrittenAsAnEmptyOne(t *testing.T) {
	c := newCatalog(t)
	in := music.PlaylistQueued{Bot: "1", Name: "n"}
	raw, err := c.Wrap(meta(), in)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `"slots":[]`) {
		t.Fatalf("got %s", raw)
	}
	if in.Slots != nil {
		t.Fatal("the caller's payload was changed")
	}
}

func TestAppendWrapKeepsWhatIsThere(t *testing.T) {
	c := newCatalog(t)
	out, err := c.AppendWrap([]byte("before"), meta(), failed())
	if err != nil || !strings.HasPrefix(string(out), `before{"specversion"`) {
		t.Fatalf("got %s, %v", out, err)
	}
	m := meta()
	m.Guild = ""
	if out, err = c.AppendWrap([]byte("before"), m, failed()); err == nil || string(out) != "before" {
		t.Fatalf("got %q, %v", out, err)
	}
}

func TestWrapRefuses(t *testing.T) {
	c := newCatalog(t)
	for name, tc := range map[string]struct {
		change  func(*catalog.Meta)
		payload catalog.Payload
		code    fault.Code
		want    string
	}{
		"no payload":      {nil, nil, fault.Invalid, "no payload"},
		"an unknown one":  {nil, odd{}, fault.NotFound, "no event type"},
		"a pointer":       {nil, &music.BotLeft{Bot: "1"}, fault.Invalid, "cannot be encoded"},
		"a large payload": {nil, music.PlayFailed{Detail: strings.Repeat("x", event.MaxEvent-200)}, fault.Invalid, "larger than 1 MiB"},
		"no id":           {func(m *catalog.Meta) { m.ID = "" }, failed(), fault.Invalid, "attribute id"},
		"no source":       {func(m *catalog.Meta) { m.Source = "" }, failed(), fault.Invalid, "attribute source"},
		"no guild":        {func(m *catalog.Meta) { m.Guild = "" }, failed(), fault.Invalid, "attribute partitionkey"},
		"no time":         {func(m *catalog.Meta) { m.Time = time.Time{} }, failed(), fault.Invalid, "attribute time"},
	} {
		t.Run(name, func(t *testing.T) {
			m := meta()
			if tc.change != nil {
				tc.change(&m)
			}
			raw, err := c.Wrap(m, tc.payload)
			if !errors.Is(err, fault.Of(tc.code)) || !strings.Contains(err.Error(), tc.want) || len(raw) != 0 {
				t.Fatalf("got %q, %v, want %s %q", raw, err, tc.code, tc.want)
			}
		})
	}
}

func TestDecodeAndOpenRefuse(t *testing.T) {
	c := newCatalog(t)
	if p, err := c.Decode("music.bot.left", []byte(`{"bot":"1","later":[2]}`)); err != nil || p != catalog.Payload(music.BotLeft{Bot: "1"}) {
		t.Fatalf("got %v, %v", p, err)
	}
	for name, tc := range map[string]struct {
		name, data string
		code       fault.Code
	}{
		"unknown":   {"music.bot.sang", `{}`, fault.NotFound},
		"not JSON":  {"music.bot.left", `{`, fault.Invalid},
		"misfit":    {"music.bot.left", `{"bot":1}`, fault.Invalid},
		"too large": {"music.bot.left", `"` + strings.Repeat("x", event.MaxEvent) + `"`, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := c.Decode(tc.name, []byte(tc.data)); !errors.Is(err, fault.Of(tc.code)) || p != nil {
				t.Fatalf("got %v, %v", p, err)
			}
		})
	}
	whole, err := c.Wrap(meta(), failed())
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		`"urn:atril:event:music.play.failed:1"→"urn:atril:event:music.play.failed:2"`: "is of version 2",
		`"urn:atril:event:music.play.failed:1"→"urn:atril:event:music.bot.left:1"`:    "attribute dataschema",
		`"type":"music.play.failed"→"type":"music.play.sung"`:                         "no event type",
		`"reason":"exception"→"reason":7`:                                             "cannot be read",
		`"id":→"jd":`:                                                                 "attribute id is missing",
	} {
		before, after, _ := strings.Cut(from, "→")
		_, p, err := c.Open([]byte(strings.Replace(string(whole), before, after, 1)))
		if err == nil || p != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v", from, p, err)
		}
	}
}

func TestManyMayWrapAtOnce(t *testing.T) {
	c := newCatalog(t)
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for i := range 200 {
				in := music.QueueCleared{Bot: music.BotID(rune('a' + n)), Removed: i, Reason: "stop"}
				raw, err := c.Wrap(meta(), in)
				if err != nil {
					t.Error(err)
					return
				}
				if _, p, err := c.Open(raw); err != nil || p != catalog.Payload(in) {
					t.Errorf("wrote %v, read %v, %v", in, p, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// plainEvent is the peer: the payload and the envelope through encoding/json.
type plainEvent struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject,omitempty"`
	Time            time.Time       `json:"time"`
	DataContentType string          `json:"datacontenttype"`
	DataSchema      string          `json:"dataschema"`
	TraceParent     string          `json:"traceparent,omitempty"`
	PartitionKey    string          `json:"partitionkey"`
	TenantID        string          `json:"tenantid,omitempty"`
	CausationID     string          `json:"causationid,omitempty"`
	Data            catalog.Payload `json:"data"`
}

func BenchmarkWrap(b *testing.B) {
	c := newCatalog(b)
	m, p := meta(), failed()
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		buf := make([]byte, 0, 4096)
		for b.Loop() {
			var err error
			if buf, err = c.AppendWrap(buf[:0], m, p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(plainEvent{
				SpecVersion: "1.0", ID: m.ID, Source: m.Source, Type: p.EventType(), Subject: m.Subject, Time: m.Time,
				DataContentType: event.ContentType, DataSchema: catalog.URI(p.EventType(), 1), TraceParent: m.Trace,
				PartitionKey: m.Guild, TenantID: m.Tenant, CausationID: m.Cause, Data: p,
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestDecodedPayloadsAreValues(t *testing.T) {
	c := newCatalog(t)
	for _, name := range c.Types() {
		p, err := c.Decode(name, []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := p.(music.Payload); !ok || reflect.TypeOf(p).Kind() != reflect.Struct {
			t.Errorf("%s is decoded as %T", name, p)
		}
	}
}
