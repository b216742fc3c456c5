package api_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/api"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/store"
)

// appended notes what is put into streams.
type appended struct {
	bus.Bus
	streams []string
	inputs  []partition.Delivery
}

func (a *appended) Append(_ context.Context, stream string, ms ...bus.Message) error {
	for _, m := range ms {
		d, err := partition.Decode(m)
		if err != nil {
			return err
		}
		a.streams, a.inputs = append(a.streams, stream), append(a.inputs, d)
	}
	return nil
}

func aside(t *testing.T, r *roletest.Rig, id string, body music.Body) {
	t.Helper()
	in := music.Input{ID: id, Guild: "7", Body: body}
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	put(t, r, store.DeadLetter{ID: id, Guild: "7", Kind: in.Kind(), Input: raw, Error: "a panic", At: time.Unix(100, 0)})
}

func put(t *testing.T, r *roletest.Rig, d store.DeadLetter) {
	t.Helper()
	if err := r.Store.PutAside(t.Context(), []store.DeadLetter{d}); err != nil {
		t.Fatal(err)
	}
}

func TestLettersAreShownWithoutSecrets(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	b := backend(r, nil)
	aside(t, r, "in-1", music.VoiceServer{Bot: "9", Token: "voice-secret", Endpoint: "there"})
	put(t, r, store.DeadLetter{ID: "in-2", Kind: "command", Input: []byte("voice-secret"), At: time.Unix(101, 0)})
	page, err := b.Letters(t.Context(), httpapi.Page{Limit: 1})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != "in-1" || page.Items[0].Input != nil || page.NextCursor != "in-1" || page.Items[0].Guild != "7" {
		t.Errorf("%+v, %v", page, err)
	}
	page, err = b.Letters(t.Context(), httpapi.Page{Limit: 2, Cursor: page.NextCursor})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != "in-2" || page.NextCursor != "" {
		t.Errorf("%+v, %v", page, err)
	}
	_, err = b.Letters(t.Context(), httpapi.Page{Limit: 2, Cursor: "nothing"})
	if err == nil {
		t.Error("a cursor that is none was taken")
	}
	for id, want := range map[string]string{"in-1": `"endpoint":"there"`, "in-2": `"12 bytes that are no JSON"`} {
		l, err := b.Letter(t.Context(), id)
		if err != nil || !strings.Contains(string(l.Input), want) || strings.Contains(string(l.Input), "voice-secret") {
			t.Errorf("%s, %v", l.Input, err)
		}
	}
	_, err = b.Letter(t.Context(), "nothing")
	code(t, err, fault.NotFound, "platformctl letters list")
}

func TestAnInputIsHandedOverAgain(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	to := &appended{}
	b := api.New(api.Options{Store: r.Store, Bus: to, Clock: clockwork.NewFakeClock(), Logger: r.Log})
	aside(t, r, "cmd", music.Command{
		Actor: music.Actor{User: "5"}, Do: music.Skip{}, Reply: music.ReplyTo{Surface: "discord", ID: "1", Locale: "es"},
	})
	got, err := b.RetryLetter(t.Context(), "operator:ana", "cmd")
	if err != nil || got.Outcome != "handed_over" || len(to.inputs) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	in := to.inputs[0]
	c, ok := in.Input.Body.(music.Command)
	if !ok || in.Input.ID != "cmd~2" || in.Input.Guild != "7" || c.Reply.Owed() || c.Reply.Locale != "es" || c.Do != (music.Skip{}) || !in.Expires.IsZero() {
		t.Errorf("handed over was %+v", in)
	}
	n, err := r.Store.Partitions(t.Context())
	if err != nil || to.streams[0] != partition.Stream(partition.Of("7", n)) {
		t.Errorf("it went to %v, %v", to.streams, err)
	}
	_, err = b.RetryLetter(t.Context(), "operator:ana", "cmd")
	code(t, err, fault.NotFound, "letters list")
	// What fails again gets a name of its own again.
	aside(t, r, "cmd~2", music.Tick{})
	if _, err := b.RetryLetter(t.Context(), "x", "cmd~2"); err != nil || to.inputs[1].Input.ID != "cmd~3" {
		t.Errorf("%+v, %v", to.inputs, err)
	}
	put(t, r, store.DeadLetter{ID: "odd", Kind: "dance", Input: []byte(`{"id":"odd","guild":"7","kind":"dance"}`)})
	_, err = b.RetryLetter(t.Context(), "x", "odd")
	code(t, err, fault.Invalid, "letters drop odd")
	if _, err := b.Letter(t.Context(), "odd"); err != nil || len(to.inputs) != 2 {
		t.Errorf("one that cannot be read is gone: %v", err)
	}
	if got, err := b.DropLetter(t.Context(), "x", "odd"); err != nil || got.Outcome != "dropped" {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = b.DropLetter(t.Context(), "x", "odd")
	code(t, err, fault.NotFound, "letters list")
}

func TestAProjectionsEventIsAppliedAgain(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	o := api.Options{Store: r.Store, Bus: r.Bus, Clock: clockwork.NewFakeClock(), Logger: r.Log}
	put(t, r, store.DeadLetter{ID: "projection:plays:7", Kind: "projection:plays", Input: []byte("a line")})
	_, err := api.New(o).RetryLetter(t.Context(), "x", "projection:plays:7")
	code(t, err, fault.Unavailable, "")
	fails := true
	o.Reapply = func(_ context.Context, d *store.DeadLetter) error {
		if string(d.Input) != "a line" {
			t.Errorf("applied is %+v", d)
		}
		if fails {
			return fault.New(fault.Invalid, "test", "it still makes no play")
		}
		return nil
	}
	b := api.New(o)
	_, err = b.RetryLetter(t.Context(), "x", "projection:plays:7")
	code(t, err, fault.Invalid, "no play")
	fails = false
	if got, err := b.RetryLetter(t.Context(), "x", "projection:plays:7"); err != nil || got.Outcome != "applied" {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = b.Letter(t.Context(), "projection:plays:7")
	code(t, err, fault.NotFound, "")
}
