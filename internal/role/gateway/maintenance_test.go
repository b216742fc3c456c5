package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

// maintain decides whether changes wait, as the api role does.
func maintain(t *testing.T, r *roletest.Rig, m store.Maintenance, tell bool) {
	t.Helper()
	if err := r.Store.SetMaintenance(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if !tell {
		return
	}
	if err := topic.Tell(t.Context(), r.Bus, topic.Maintenance, "", topic.MaintenanceChange{}); err != nil {
		t.Fatal(err)
	}
}

// TestMaintenance is what members meet while an operator works: what only reads
// is answered, music sounds, and what changes something waits, with the reason.
func TestMaintenance(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a, _ := start(t, r)
	until := time.Now().Add(time.Hour)
	maintain(t, r, store.Maintenance{Active: true, Message: "New disks *today*.", Until: until, By: "olga"}, true)
	var said string
	roletest.Until(t, "changes wait", func() bool {
		said = roletest.Text(t, r.SendAs("ana", "/volume percent:40", untilAnswered))
		return strings.Contains(said, "The music goes on")
	})
	if !strings.Contains(said, `New disks \*today\*.`) || !strings.Contains(said, "<t:") {
		t.Errorf("members are told %q", said)
	}
	for _, change := range []string{`/play query:"rain"`, "/pause", "/skip", "/stop", "/leave", "/search query:rain", "/settings language language:es", "/shuffle"} {
		if said := roletest.Text(t, r.SendAs("ana", change, untilAnswered)); !strings.Contains(said, "The music goes on") {
			t.Errorf("%s is answered with %q", change, said)
		}
	}
	for _, read := range []string{"/queue", "/nowplaying", "/history", "/help"} {
		res := r.SendAs("ana", read, untilAnswered)
		if said := roletest.Text(t, res); res.State != "answered" || strings.Contains(said, "The music goes on") {
			t.Errorf("%s is answered with %q, %+v", read, said, res)
		}
	}
	if p := a.Player(r); p == nil || p.Play == nil || p.Paused {
		t.Errorf("the player is %+v", p)
	}
	maintain(t, r, store.Maintenance{By: "olga"}, true)
	roletest.Until(t, "changes work", func() bool {
		return strings.Contains(roletest.Text(t, r.SendAs("ana", "/volume percent:40", untilAnswered)), "40")
	})
	clean(t, r)
}

// TestMaintenanceIsReadToo is a gateway that does not hear of a decision: it
// reads it in time, keeps it while the database is away, and lets it end.
func TestMaintenanceIsReadToo(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	maintain(t, r, store.Maintenance{Active: true, By: "olga"}, false)
	begun := time.Now()
	r.StartAudio()
	r.StartGateway()
	r.Join("ana")
	roletest.Until(t, "what was decided before it began is known", func() bool {
		return strings.Contains(roletest.Text(t, r.SendAs("ana", "/join", untilAnswered)), "The music goes on")
	})
	maintain(t, r, store.Maintenance{Active: true, Until: begun.Add(time.Millisecond), By: "olga"}, false)
	roletest.Until(t, "it ends by itself", func() bool {
		said := roletest.Text(t, r.SendAs("ana", "/volume percent:40", untilAnswered))
		return said != "" && !strings.Contains(said, "The music goes on")
	})
	clean(t, r)
}
