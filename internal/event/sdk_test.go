package event_test

import (
	"encoding/json"
	"testing"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/atrilhq/platform/internal/event"
)

// sdkEvent is the sample as the CloudEvents SDK has it: read from what we write.
func sdkEvent(tb testing.TB) (cloudevents.Event, []byte) {
	tb.Helper()
	e := sample()
	raw := event.AppendEncode(nil, &e)
	var out cloudevents.Event
	if err := json.Unmarshal(raw, &out); err != nil {
		tb.Fatal(err)
	}
	return out, raw
}

// TestTheSDKReadsWhatWeWrite holds the format against a foreign reader, and what
// that writes against ours.
func TestTheSDKReadsWhatWeWrite(t *testing.T) {
	want := sample()
	got, _ := sdkEvent(t)
	if err := got.Validate(); err != nil {
		t.Fatal(err)
	}
	if got.ID() != want.ID || got.Source() != want.Source || got.Type() != want.Type || got.Subject() != want.Subject ||
		!got.Time().Equal(want.Time) || got.DataSchema() != want.DataSchema || got.DataContentType() != event.ContentType {
		t.Errorf("it reads %v", got)
	}
	for name, value := range map[string]string{
		"partitionkey": want.PartitionKey, "tenantid": want.TenantID, "causationid": want.CausationID, "traceparent": want.TraceParent,
	} {
		if got.Extensions()[name] != value {
			t.Errorf("%s is %v, want %s", name, got.Extensions()[name], value)
		}
	}
	if string(got.Data()) != string(want.Data) {
		t.Errorf("the data is %s", got.Data())
	}
	back, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	h, err := event.Scan(back)
	if err != nil {
		t.Fatalf("what it writes is not read: %v\n%s", err, back)
	}
	if e := h.Envelope(); e.ID != want.ID || e.PartitionKey != want.PartitionKey {
		t.Errorf("what it writes is read as %+v", e)
	}
}

func BenchmarkEncodeSDK(b *testing.B) {
	e, _ := sdkEvent(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScanSDK(b *testing.B) {
	_, raw := sdkEvent(b)
	b.ReportAllocs()
	for b.Loop() {
		var e cloudevents.Event
		if err := json.Unmarshal(raw, &e); err != nil {
			b.Fatal(err)
		}
	}
}
