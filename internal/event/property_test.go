package event_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/event"
)

func drawEnvelope(t *rapid.T) event.Envelope {
	text := rapid.StringN(0, 40, event.MaxAttribute)
	filled := rapid.StringN(1, 40, event.MaxAttribute)
	data, err := json.Marshal(rapid.MapOf(rapid.String(), rapid.SliceOfN(rapid.Float64Range(-1e300, 1e300), 0, 3)).Draw(t, "data"))
	if err != nil {
		t.Fatal(err)
	}
	return event.Envelope{
		ID: filled.Draw(t, "id"), Source: filled.Draw(t, "source"), Type: filled.Draw(t, "type"),
		Subject:    text.Draw(t, "subject"),
		Time:       time.UnixMicro(rapid.Int64Range(-62_135_596_799_999_999, 253_402_300_799_999_999).Draw(t, "time")).UTC(),
		DataSchema: filled.Draw(t, "dataschema"), TraceParent: text.Draw(t, "traceparent"),
		PartitionKey: filled.Draw(t, "partitionkey"), TenantID: text.Draw(t, "tenantid"),
		CausationID: text.Draw(t, "causationid"), ReplayID: text.Draw(t, "replayid"), Sequence: text.Draw(t, "sequence"),
		Data: data,
	}
}

func sameEnvelope(a, b event.Envelope) bool {
	if !a.Time.Equal(b.Time) || !bytes.Equal(a.Data, b.Data) {
		return false
	}
	a.Time, b.Time, a.Data, b.Data = time.Time{}, time.Time{}, nil, nil
	return strings.Join(texts(a), "\x00") == strings.Join(texts(b), "\x00")
}

func texts(e event.Envelope) []string {
	return []string{
		e.ID, e.Source, e.Type, e.Subject, e.DataSchema, e.TraceParent, e.PartitionKey, e.TenantID,
		e.CausationID, e.ReplayID, e.Sequence,
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEnvelope(t)
		if err := e.Validate(); err != nil {
			t.Fatalf("refused: %v", err)
		}
		raw := event.AppendEncode(nil, &e)
		if !json.Valid(raw) {
			t.Fatalf("not JSON: %s", raw)
		}
		h, err := event.Scan(raw)
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		if got := h.Envelope(); !sameEnvelope(e, got) {
			t.Fatalf("wrote %+v, read %+v", e, got)
		}
	})
}

// TestAnotherWriterIsRead shuffles the attributes, adds unknown ones and has
// encoding/json write them, indented and with its own escapes.
func TestAnotherWriterIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEnvelope(t)
		var members map[string]json.RawMessage
		if err := json.Unmarshal(event.AppendEncode(nil, &e), &members); err != nil {
			t.Fatal(err)
		}
		members["zzext"] = json.RawMessage(`{"id":[{"data":"}"}]}`)
		names := slices.Sorted(maps.Keys(members))
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)) //nolint:gosec // an order, not a secret
		rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		var raw bytes.Buffer
		for i, name := range names {
			value := members[name]
			if name != "data" && name != "zzext" {
				var s string
				if err := json.Unmarshal(value, &s); err != nil {
					t.Fatal(err)
				}
				value, _ = json.Marshal(s)
			}
			raw.WriteString(map[bool]string{true: "{\n ", false: " ,\n\t"}[i == 0])
			raw.WriteString(`"` + name + `" :  ` + string(value))
		}
		raw.WriteString("\r\n}")
		h, err := event.Scan(raw.Bytes())
		if err != nil {
			t.Fatalf("%v in %s", err, raw.Bytes())
		}
		if got := h.Envelope(); !sameEnvelope(e, got) {
			t.Fatalf("wrote %+v, read %+v", e, got)
		}
	})
}

// TestAnyCutIsRefused: no proper prefix of an event is an event.
func TestAnyCutIsRefused(t *testing.T) {
	e := sample()
	raw := event.AppendEncode(nil, &e)
	for n := range raw {
		if _, err := event.Scan(raw[:n]); err == nil {
			t.Fatalf("the first %d bytes are taken for an event", n)
		}
	}
}
