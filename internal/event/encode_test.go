package event_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/fault"
)

// sample is an event of some 512 bytes with what ours usually have.
func sample() event.Envelope {
	return event.Envelope{
		ID:           "0197a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b",
		Source:       "/partitions/3",
		Type:         "music.play.failed",
		Subject:      "bots/1100000000000000001",
		Time:         time.Date(2026, 1, 31, 12, 30, 15, 123_456_000, time.UTC),
		DataSchema:   "urn:atril:event:music.play.failed:1",
		TraceParent:  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		PartitionKey: "900000000000000001",
		TenantID:     "tenant-42",
		CausationID:  "0197a1b2-c3d4-7e5f-8a6b-000000000001",
		Data:         []byte(`{"bot":"1100000000000000001","play":"p-17","reason":"exception"}`),
	}
}

func TestAppendEncodeWritesTheWholeEvent(t *testing.T) {
	e := sample()
	e.ReplayID, e.Sequence = "replay-1", "00000000000000000007"
	const want = `{"specversion":"1.0","id":"0197a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b","source":"/partitions/3",` +
		`"type":"music.play.failed","subject":"bots/1100000000000000001","time":"2026-01-31T12:30:15.123456Z",` +
		`"datacontenttype":"application/json","dataschema":"urn:atril:event:music.play.failed:1",` +
		`"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01","partitionkey":"900000000000000001",` +
		`"tenantid":"tenant-42","causationid":"0197a1b2-c3d4-7e5f-8a6b-000000000001","replayid":"replay-1",` +
		`"sequence":"00000000000000000007","data":{"bot":"1100000000000000001","play":"p-17","reason":"exception"}}`
	if got := string(event.AppendEncode([]byte("before "), &e)); got != "before "+want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAppendEncodeLeavesOutWhatIsEmpty(t *testing.T) {
	raw := event.AppendEncode(nil, &event.Envelope{})
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("an empty envelope must still be JSON: %v in %s", err, raw)
	}
	for _, name := range []string{"subject", "traceparent", "tenantid", "causationid", "replayid", "sequence"} {
		if _, ok := got[name]; ok {
			t.Errorf("%s is written though it is empty", name)
		}
	}
	if v, ok := got["data"]; !ok || v != nil {
		t.Errorf("data = %v, want null", v)
	}
}

func TestAppendEncodeEscapes(t *testing.T) {
	for name, text := range map[string]string{
		"quote and backslash":   `say "a\b"`,
		"controls":              "\x00\x01\x1f\b\f\n\r\t",
		"del is text":           "a\x7fb",
		"markup is text":        "<a href='x'>&</a>",
		"other scripts":         "años, 音楽, 🎵",
		"line separators":       "a\u2028b\u2029c",
		"quote late in a word":  `1234567"`,
		"quote behind a word":   `12345678"`,
		"control in the tail":   "123456789\x1f",
		"multi-byte in a tail":  "12345678é",
		"short and multi-byte":  "é",
		"replacement character": "\ufffd",
	} {
		t.Run(name, func(t *testing.T) {
			e := sample()
			e.Subject = text
			var got struct{ Subject string }
			if err := json.Unmarshal(event.AppendEncode(nil, &e), &got); err != nil {
				t.Fatal(err)
			}
			if got.Subject != text {
				t.Fatalf("got %q, want %q", got.Subject, text)
			}
		})
	}
}

// TestEveryPlaceIsLookedAt puts what is not plain at every place of texts of
// every length around the eight bytes that are looked at as one.
func TestEveryPlaceIsLookedAt(t *testing.T) {
	specials := []string{"é", "\xdc\x80", "\x7f"}
	for c := range byte(0x20) {
		specials = append(specials, string(rune(c)))
	}
	specials = append(specials, `"`, `\`, " ", "!", "#", "[", "]", "\xff", "\x80", "\xdc", "\xa0")
	for length := range 35 {
		for at := range length + 1 {
			for _, special := range specials {
				e := sample()
				e.Subject = strings.Repeat("x", at) + special + strings.Repeat("y", length-at)
				want := strings.ToValidUTF8(e.Subject, "\ufffd")
				raw := event.AppendEncode(nil, &e)
				var peer struct{ Subject string }
				if err := json.Unmarshal(raw, &peer); err != nil || peer.Subject != want {
					t.Fatalf("%q became %q, %v", e.Subject, peer.Subject, err)
				}
				if h, err := event.Scan(raw); err != nil || string(h.Subject) != want {
					t.Fatalf("%q is read as %q, %v", e.Subject, h.Subject, err)
				}
			}
		}
	}
}

func TestAppendEncodeReplacesInvalidUTF8(t *testing.T) {
	for in, want := range map[string]string{
		"a\xffb":                  "a\ufffdb",
		"\xc3":                    "\ufffd",
		"\xed\xa0\x80":            "\ufffd\ufffd\ufffd",
		"abcdefgh\x80ijklmnopqrs": "abcdefgh\ufffdijklmnopqrs",
	} {
		e := sample()
		e.Subject = in
		h, err := event.Scan(event.AppendEncode(nil, &e))
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		if string(h.Subject) != want {
			t.Errorf("%q became %q, want %q", in, h.Subject, want)
		}
	}
}

func TestTimeIsWrittenInUTCAndSorts(t *testing.T) {
	zone := time.FixedZone("", -5*3600)
	for want, in := range map[string]time.Time{
		"2026-02-01T04:59:59.999999Z": time.Date(2026, 1, 31, 23, 59, 59, 999_999_999, zone),
		"0001-01-01T00:00:00.000000Z": {},
		"9999-12-31T23:59:59.000001Z": time.Date(9999, 12, 31, 23, 59, 59, 1_000, time.UTC),
		"2026-10-09T08:07:06.012345Z": time.Date(2026, 10, 9, 8, 7, 6, 12_345_678, time.UTC),
	} {
		e := sample()
		e.Time = in
		if raw := string(event.AppendEncode(nil, &e)); !strings.Contains(raw, `"time":"`+want+`"`) {
			t.Errorf("%v: want %s in %s", in, want, raw)
		}
	}
}

func TestValidateNamesTheAttribute(t *testing.T) {
	long := strings.Repeat("x", event.MaxAttribute+1)
	for name, c := range map[string]struct {
		change func(*event.Envelope)
		want   string
	}{
		"id":            {func(e *event.Envelope) { e.ID = "" }, "attribute id is missing"},
		"source":        {func(e *event.Envelope) { e.Source = "" }, "attribute source is missing"},
		"type":          {func(e *event.Envelope) { e.Type = "" }, "attribute type is missing"},
		"schema":        {func(e *event.Envelope) { e.DataSchema = "" }, "attribute dataschema is missing"},
		"key":           {func(e *event.Envelope) { e.PartitionKey = "" }, "attribute partitionkey is missing"},
		"data":          {func(e *event.Envelope) { e.Data = nil }, "attribute data is missing"},
		"long subject":  {func(e *event.Envelope) { e.Subject = long }, "attribute subject is longer"},
		"no time":       {func(e *event.Envelope) { e.Time = time.Time{} }, "attribute time"},
		"time too late": {func(e *event.Envelope) { e.Time = e.Time.AddDate(9000, 0, 0) }, "attribute time"},
		"large":         {func(e *event.Envelope) { e.Data = make([]byte, event.MaxEvent+1) }, "larger than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			e := sample()
			if err := e.Validate(); err != nil {
				t.Fatalf("the sample is refused: %v", err)
			}
			c.change(&e)
			err := e.Validate()
			if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestCodecAllocatesNothing(t *testing.T) {
	e := sample()
	buf := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { buf = event.AppendEncode(buf[:0], &e) }); n != 0 {
		t.Errorf("AppendEncode allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := event.Scan(buf); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("Scan allocates %v times", n)
	}
}
