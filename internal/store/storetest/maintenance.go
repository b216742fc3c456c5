package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func testMaintenance(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	if m, err := s.Maintenance(ctx); err != nil || m != (store.Maintenance{}) {
		t.Fatalf("at first: %+v, %v", m, err)
	}
	last := store.Maintenance{}
	for _, m := range []store.Maintenance{
		{Active: true, Message: "new disks: \"mañana\" 🎵", Until: epoch, By: "operator:olga"},
		{Active: true, Message: strings.Repeat("x", store.MaxMaintenanceMessage), By: "olga"},
		{By: "boris"},
		{Active: true, Until: epoch.Add(time.Hour)},
	} {
		if err := s.SetMaintenance(ctx, m); err != nil {
			t.Fatalf("%q: %v", m.Message, err)
		}
		got, err := s.Maintenance(ctx)
		if err != nil || got.Updated.IsZero() || got.Updated.Before(last.Updated) {
			t.Fatalf("%+v, %v", got, err)
		}
		last = got
		got.Updated = time.Time{}
		if !got.Until.Equal(m.Until) || got.Until.IsZero() != m.Until.IsZero() {
			t.Errorf("until %s, want %s", got.Until, m.Until)
		}
		got.Until = m.Until
		if got != m {
			t.Errorf("got %+v, want %+v", got, m)
		}
	}
	for name, m := range map[string]store.Maintenance{
		"long":    {Message: strings.Repeat("x", store.MaxMaintenanceMessage+1)},
		"no text": {Message: "a\x00b"}, "whoever": {By: strings.Repeat("y", 513)},
	} {
		want(t, s.SetMaintenance(ctx, m), fault.Invalid, name)
	}
	if got, err := s.Maintenance(ctx); err != nil || got != last {
		t.Errorf("what was refused changed something: %+v, %v", got, err)
	}
	for name, x := range map[string]struct {
		m  store.Maintenance
		on bool
	}{
		"off":           {store.Maintenance{Until: epoch.Add(time.Hour)}, false},
		"on":            {store.Maintenance{Active: true}, true},
		"for a while":   {store.Maintenance{Active: true, Until: epoch.Add(1)}, true},
		"just over":     {store.Maintenance{Active: true, Until: epoch}, false},
		"long over":     {store.Maintenance{Active: true, Until: epoch.Add(-time.Hour)}, false},
		"never thought": {store.Maintenance{}, false},
	} {
		if got := x.m.On(epoch); got != x.on {
			t.Errorf("%s: %v", name, got)
		}
	}
}
