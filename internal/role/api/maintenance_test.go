package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
)

func TestMaintenanceOverTheAPI(t *testing.T) {
	modes(t, func(t *testing.T, m mode) {
		r := roletest.New(t, roletest.Options{Nodes: 1})
		role := m.backend(r, nil)
		told := r.Bus.Subscribe(topic.Maintenance, 8)
		defer told.Close()
		ctx := t.Context()
		if now, err := role.Maintenance(ctx); err != nil || now.Active || now.Changed != nil {
			t.Fatalf("%+v, %v", now, err)
		}
		until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		now, err := role.BeginMaintenance(ctx, "operator:olga", "  new \n disks ", until)
		if err != nil || !now.Active || now.Message != "new disks" || now.Until == nil || !now.Until.Equal(until) || now.By != "operator:olga" || now.Changed == nil {
			t.Fatalf("%+v, %v", now, err)
		}
		select {
		case <-told.C():
		case <-time.After(30 * time.Second):
			t.Error("gateways are not told")
		}
		if s, err := role.Status(ctx); err != nil || s.Maintenance == nil || s.Maintenance.Message != "new disks" {
			t.Errorf("the status shows %+v, %v", s.Maintenance, err)
		}
		_, err = role.BeginMaintenance(ctx, "o", "", time.Now().Add(-time.Second))
		refusedWith(t, err, "over already")
		_, err = role.BeginMaintenance(ctx, "o", strings.Repeat("x", 301), time.Time{})
		refusedWith(t, err, "300 bytes")
		if now, err := role.EndMaintenance(ctx, "operator:boris"); err != nil || now.Active || now.By != "operator:boris" {
			t.Errorf("%+v, %v", now, err)
		}
		if s, err := role.Status(ctx); err != nil || s.Maintenance != nil {
			t.Errorf("the status shows %+v, %v", s.Maintenance, err)
		}
	})
}

func refusedWith(t *testing.T, err error, says string) {
	t.Helper()
	message, _ := fault.Show(err)
	if fault.CodeOf(err) != fault.Invalid || !strings.Contains(message, says) {
		t.Errorf("got %v, want one that says %q", err, says)
	}
}
