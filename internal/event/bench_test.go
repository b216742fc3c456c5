package event_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/event"
)

// peer is the same event as encoding/json would have it.
type peer struct {
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
	ReplayID        string          `json:"replayid,omitempty"`
	Sequence        string          `json:"sequence,omitempty"`
	Data            json.RawMessage `json:"data"`
}

func peerOf(e event.Envelope) peer {
	return peer{
		SpecVersion: event.SpecVersion, ID: e.ID, Source: e.Source, Type: e.Type, Subject: e.Subject, Time: e.Time,
		DataContentType: event.ContentType, DataSchema: e.DataSchema, TraceParent: e.TraceParent,
		PartitionKey: e.PartitionKey, TenantID: e.TenantID, CausationID: e.CausationID,
		ReplayID: e.ReplayID, Sequence: e.Sequence, Data: e.Data,
	}
}

func TestPeerWritesTheSameBytes(t *testing.T) {
	e := sample()
	want, err := json.Marshal(peerOf(e))
	if err != nil {
		t.Fatal(err)
	}
	if got := event.AppendEncode(nil, &e); string(got) != string(want) {
		t.Fatalf("got\n%s\nencoding/json writes\n%s", got, want)
	}
}

func BenchmarkEncode(b *testing.B) {
	e := sample()
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		buf := make([]byte, 0, 1024)
		for b.Loop() {
			buf = event.AppendEncode(buf[:0], &e)
		}
		b.ReportMetric(float64(len(buf)), "B/event")
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		p := peerOf(e)
		for b.Loop() {
			if _, err := json.Marshal(&p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	e := sample()
	raw := event.AppendEncode(nil, &e)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := event.Scan(raw); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(raw)), "B/event")
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p peer
			if err := json.Unmarshal(raw, &p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
