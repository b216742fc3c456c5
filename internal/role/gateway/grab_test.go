package gateway_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/roletest"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// direct are the messages that ana was sent directly.
func direct(t *testing.T, r *roletest.Rig) []simdiscord.Shown {
	t.Helper()
	v := r.World.View()
	if len(v.DMs) == 0 {
		return nil
	}
	all, err := r.World.Look(simdiscord.Look{User: "ana", Channel: v.DMs[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestGrabIsSentDirectly(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	start(t, r)
	res := r.Send("/grab")
	if res.State != "answered" || roletest.Text(t, res) == "" || len(whispered(t, r)) != 1 {
		t.Errorf("%+v", res)
	}
	if all := direct(t, r); len(all) != 1 || asJSON(t, all[0].Message["embeds"]) == "[]" {
		t.Errorf("sent: %+v", all)
	}
	nothingOwed(t, r)
	clean(t, r)
}

func TestGrabOfOneWhoTakesNoMessages(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	start(t, r)
	if err := r.World.RefuseDMs("ana", true); err != nil {
		t.Fatal(err)
	}
	res := r.Send("/grab")
	if all := whispered(t, r); res.State != "answered" || len(all) != 1 || asJSON(t, all[0]["embeds"]) == "[]" {
		t.Errorf("%+v: %v", res, all)
	}
	nothingOwed(t, r)
}

func TestGrabIsSentOnceThoughItIsAnsweredTwice(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	start(t, r)
	// The process that answered does not come to note that it has: it is swept.
	r.Store.Fail("Done", fault.New(fault.Unavailable, "test", "the database is away"))
	if res := r.Send("/grab"); res.State != "answered" {
		t.Errorf("%+v", res)
	}
	noted := r.Store.Failed("Done")
	roletest.Until(t, "it is given again", func() bool { return r.Store.Failed("Done") > noted })
	r.Store.Fail("Done", nil)
	nothingOwed(t, r)
	if n := len(direct(t, r)); n != 1 {
		t.Errorf("%d direct messages", n)
	}
	clean(t, r)
}
