package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func keysOf(rows []store.EffectRow) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r.Key)
	}
	return out
}

func testEffects(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	o := own(t, s, 0, "h")
	full := o.effect("full", "answer")
	full.Attempts, full.NotBefore = 3, epoch.Add(time.Minute)
	late, forever, notice := o.effect("late", "answer"), o.effect("forever", "answer"), o.effect("notice", "notice")
	late.Created = epoch.Add(-time.Second)
	forever.Expires, forever.Payload = time.Time{}, nil
	o.commit(store.Batch{Effects: []store.EffectRow{full, forever, late, notice}})

	got, done, err := s.Effect(ctx, "full")
	if err != nil || done {
		t.Fatalf("done %v, %v", done, err)
	}
	if !got.Created.Equal(full.Created) || !got.Expires.Equal(full.Expires) || !got.NotBefore.Equal(full.NotBefore) ||
		!bytes.Equal(got.Payload, full.Payload) || got.Attempts != 3 || got.Trace != full.Trace || got.Tenant != "tenant" ||
		got.Guild != "guild" || got.Kind != "answer" || got.Epoch != full.Epoch {
		t.Errorf("got %+v, want %+v", got, full)
	}
	_, _, err = s.Effect(ctx, "nothing")
	want(t, err, fault.NotFound, "an effect that is not there")

	owed := func(now time.Time, wanted ...string) {
		t.Helper()
		rows, err := s.Owed(ctx, "answer", now, 0)
		if err != nil || fmt.Sprint(keysOf(rows)) != fmt.Sprint(wanted) {
			t.Errorf("at %v owed %v, want %v, %v", now, keysOf(rows), wanted, err)
		}
	}
	owed(epoch, "late", "forever")
	owed(epoch.Add(time.Minute), "late", "forever", "full")
	owed(epoch.Add(time.Hour), "forever")

	t.Run("the same key again", func(t *testing.T) {
		other := o.effect("full", "answer")
		other.Payload = []byte("other")
		o.commit(store.Batch{Effects: []store.EffectRow{other, o.effect("twice", "mail"), o.effect("twice", "mail")}})
		if got, _, err := s.Effect(ctx, "full"); err != nil || !bytes.Equal(got.Payload, full.Payload) {
			t.Errorf("got %+v, %v", got, err)
		}
		if rows, err := s.Owed(ctx, "mail", epoch, 10); err != nil || len(rows) != 1 {
			t.Errorf("got %v, %v", rows, err)
		}
	})
	t.Run("outside of a batch", func(t *testing.T) {
		alone := o.effect("alone", "post")
		for _, payload := range []string{"first", "second"} {
			alone.Payload = []byte(payload)
			if err := s.Owe(ctx, alone); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := s.Owed(ctx, "post", epoch, 10)
		if err != nil || len(rows) != 1 || string(rows[0].Payload) != "first" || !rows[0].Expires.Equal(alone.Expires) {
			t.Errorf("got %+v, %v", rows, err)
		}
		if err := s.Done(ctx, []string{"alone"}, epoch.Add(30*time.Minute)); err != nil {
			t.Fatal(err)
		}
		alone.Key = ""
		want(t, s.Owe(ctx, alone), fault.Invalid, "an effect without a key")
	})
	t.Run("retry", func(t *testing.T) {
		if err := s.Retry(ctx, "late", epoch.Add(10*time.Second)); err != nil {
			t.Fatal(err)
		}
		owed(epoch, "forever")
		owed(epoch.Add(10*time.Second), "late", "forever")
		if got, _, err := s.Effect(ctx, "late"); err != nil || got.Attempts != 1 {
			t.Errorf("attempts %d, %v", got.Attempts, err)
		}
		want(t, s.Retry(ctx, "nothing", epoch), fault.NotFound, "a retry of nothing")
	})
	t.Run("done", func(t *testing.T) {
		if err := s.Done(ctx, []string{"forever", "nothing", "late"}, epoch); err != nil {
			t.Fatal(err)
		}
		if err := s.Done(ctx, nil, epoch); err != nil {
			t.Fatal(err)
		}
		owed(epoch.Add(time.Minute), "full")
		if _, done, err := s.Effect(ctx, "late"); err != nil || !done {
			t.Errorf("done %v, %v", done, err)
		}
		o.commit(store.Batch{Effects: []store.EffectRow{late}})
		if _, done, err := s.Effect(ctx, "late"); err != nil || !done {
			t.Errorf("storing it again made it owed: %v, %v", done, err)
		}
	})
	t.Run("keys", func(t *testing.T) {
		for _, c := range []struct {
			partition int
			kind      string
			since     time.Time
			wanted    []string
		}{
			{0, "answer", epoch.Add(-time.Hour), []string{"late", "forever", "full"}},
			{0, "answer", epoch, []string{"forever", "full"}},
			{0, "notice", epoch, []string{"notice"}},
			{1, "answer", epoch, nil},
		} {
			if got, err := s.Keys(ctx, c.partition, c.kind, c.since); err != nil || !slices.Equal(got, c.wanted) {
				t.Errorf("%+v gives %v, %v", c, got, err)
			}
		}
	})
	t.Run("prune", func(t *testing.T) {
		var many store.Batch
		var keys []string
		for i := range 600 {
			keys = append(keys, fmt.Sprintf("many-%03d", i))
			many.Effects = append(many.Effects, o.effect(keys[i], "bulk"))
		}
		o.commit(many)
		if err := s.Done(ctx, keys, epoch); err != nil {
			t.Fatal(err)
		}
		if n, err := s.PruneEffects(ctx, epoch, 1000); err != nil || n != 0 {
			t.Errorf("pruned %d too early, %v", n, err)
		}
		if n, err := s.PruneEffects(ctx, epoch.Add(time.Second), 100); err != nil || n != 100 {
			t.Errorf("pruned %d, want 100, %v", n, err)
		}
		if n, err := s.PruneEffects(ctx, epoch.Add(time.Second), 10_000); err != nil || n != 502 {
			t.Errorf("pruned %d, want 502, %v", n, err)
		}
		owed(epoch.Add(time.Minute), "full")
		if n, err := s.PruneEffects(ctx, epoch.Add(2*time.Hour), 10_000); err != nil || n != 4 {
			t.Errorf("pruned %d that expired, want 4, %v", n, err)
		}
	})
}

func testDeadLetters(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	o := own(t, s, 0, "h")
	letter := func(id string, at time.Time) store.DeadLetter {
		return store.DeadLetter{ID: id, Guild: "g", Partition: 0, Kind: "command", Input: []byte{0, 255}, Error: "a\x00 panic \xff", At: at}
	}
	o.commit(store.Batch{DeadLetters: []store.DeadLetter{letter("b", epoch), letter("c", epoch.Add(-time.Second)), letter("a", epoch)}})
	o.commit(store.Batch{DeadLetters: []store.DeadLetter{letter("a", epoch.Add(time.Hour))}})
	var got []string
	after := ""
	for {
		rows, err := s.DeadLettersAfter(ctx, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		for _, d := range rows {
			got, after = append(got, d.ID), d.ID
			if d.Kind != "command" || d.Guild != "g" || !bytes.Equal(d.Input, []byte{0, 255}) || d.Error == "" || d.At.After(epoch) {
				t.Errorf("got %+v", d)
			}
		}
	}
	if !slices.Equal(got, []string{"c", "a", "b"}) {
		t.Errorf("got %v", got)
	}
	_, err := s.DeadLettersAfter(ctx, "nothing", 2)
	want(t, err, fault.NotFound, "a place that is not there")
	for _, c := range []struct {
		before time.Time
		limit  int
		gone   int
	}{{epoch.Add(-time.Second), 9, 0}, {epoch, 9, 1}, {epoch.Add(1), 1, 1}, {epoch.Add(1), 9, 1}, {epoch.Add(1), 9, 0}} {
		if n, err := s.PruneDeadLetters(ctx, c.before, c.limit); err != nil || n != c.gone {
			t.Errorf("%+v pruned %d, %v", c, n, err)
		}
	}
	if rows, err := s.DeadLettersAfter(ctx, "", 9); err != nil || len(rows) != 0 {
		t.Errorf("there is %v, %v", rows, err)
	}
}
