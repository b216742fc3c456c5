package event_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/event"
)

// FuzzScan holds Scan against encoding/json: what Scan reads is JSON with the
// same values, and what it refuses is refused for a reason that encoding/json
// sees as well.
func FuzzScan(f *testing.F) {
	e := sample()
	f.Add(event.AppendEncode(nil, &e))
	e.Subject, e.Sequence = "a\"\\\n🎵\x01", "7"
	f.Add(event.AppendEncode(nil, &e))
	for _, more := range []string{
		"", `,"x":[1,-2.5e-3,{"a":null}],"subject":"\ud83c\udfb5\ud83c"`, `,"id":"2"`, `,"\u0069d":"2"`, `,"subject":null`,
		`,"subject":1`, `,"x":01`, `,"x":"\u12"`, `,"time":""`, ",", `,"datacontenttype":"text/plain"`, `,"x":tru`,
	} {
		f.Add([]byte(needed(more)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := event.Scan(raw)
		if err != nil {
			if why := shouldBeRead(raw); why == "" {
				t.Fatalf("refused with %v, yet nothing is wrong with %s", err, raw)
			}
			return
		}
		if why := shouldBeRead(raw); why != "" {
			t.Fatalf("read, yet %s: %s", why, raw)
		}
		compare(t, h, raw)
		again := h.Envelope()
		h2, err := event.Scan(event.AppendEncode(nil, &again))
		if err != nil {
			t.Fatalf("written again it is refused: %v", err)
		}
		if h2.Time.Truncate(time.Microsecond).Equal(again.Time.Truncate(time.Microsecond)) {
			again.Time = h2.Time
		}
		if !sameEnvelope(again, h2.Envelope()) {
			t.Fatalf("written again it differs: %+v, %+v", again, h2.Envelope())
		}
	})
}

func compare(t *testing.T, h event.Header, raw []byte) {
	t.Helper()
	var view map[string]json.RawMessage
	if err := json.Unmarshal(raw, &view); err != nil {
		t.Fatal(err)
	}
	if got := bytes.TrimSpace(view["data"]); !bytes.Equal(got, h.Data) {
		t.Fatalf("data is %q, encoding/json sees %q", h.Data, got)
	}
	for name, got := range map[string][]byte{
		"id": h.ID, "source": h.Source, "type": h.Type, "subject": h.Subject, "dataschema": h.DataSchema,
		"traceparent": h.TraceParent, "partitionkey": h.PartitionKey, "tenantid": h.TenantID,
		"causationid": h.CausationID, "replayid": h.ReplayID, "sequence": h.Sequence,
	} {
		if want := text(view[name]); want != string(got) {
			t.Fatalf("%s is %q, encoding/json sees %q", name, got, want)
		}
	}
	var at time.Time
	if err := json.Unmarshal(view["time"], &at); err != nil || !at.Equal(h.Time) {
		t.Fatalf("time is %v, encoding/json sees %v, %v", h.Time, at, err)
	}
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// shouldBeRead judges an event by encoding/json and returns why Scan has to
// refuse it, or "".
func shouldBeRead(raw []byte) string {
	if len(raw) > event.MaxEvent || !utf8.Valid(raw) || !json.Valid(raw) {
		return "it is too large, not UTF-8 or not JSON"
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return "it is not an object"
	}
	texts := map[string]bool{
		"specversion": true, "id": true, "source": true, "type": true, "subject": true, "time": true, "datacontenttype": true,
		"dataschema": true, "traceparent": true, "partitionkey": true, "tenantid": true, "causationid": true, "replayid": true,
		"sequence": true,
	}
	view := map[string]json.RawMessage{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return "a name cannot be read"
		}
		name, _ := tok.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return "a value cannot be read"
		}
		if depth(value) > event.MaxDepth {
			return "it is too deep"
		}
		known := texts[name] || name == "data" || name == "data_base64"
		if _, twice := view[name]; twice && known {
			return name + " is there twice"
		}
		view[name] = value
		if texts[name] && string(value) != "null" && (value[0] != '"' || len(text(value)) > event.MaxAttribute) {
			return name + " is no text, or too long"
		}
	}
	for _, name := range []string{"specversion", "id", "source", "type", "time", "dataschema", "partitionkey"} {
		if text(view[name]) == "" {
			return name + " is missing"
		}
	}
	media, _, _ := strings.Cut(text(view["datacontenttype"]), ";")
	var at time.Time
	switch {
	case len(view["data"]) == 0 || string(view["data"]) == "null":
		return "data is missing"
	case len(view["data_base64"]) > 0 && string(view["data_base64"]) != "null":
		return "data_base64 is there"
	case text(view["specversion"]) != "1.0":
		return "it has another version"
	case text(view["datacontenttype"]) != "" && strings.TrimSpace(media) != event.ContentType:
		return "it has another content type"
	case at.UnmarshalText([]byte(text(view["time"]))) != nil:
		return "its time is none"
	}
	return ""
}

func depth(raw json.RawMessage) int {
	dec := json.NewDecoder(bytes.NewReader(raw))
	deepest, now := 0, 0
	for {
		tok, err := dec.Token()
		if err != nil {
			return deepest
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			now++
			deepest = max(deepest, now)
		case json.Delim('}'), json.Delim(']'):
			now--
		}
	}
}
