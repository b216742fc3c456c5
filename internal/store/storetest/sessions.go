package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func testNodeSessions(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	o := own(t, s, 1, "h")
	a := store.NodeSession{Partition: 1, Node: "north", Bot: "1", ID: "session", Epoch: o.stamp.Epoch, Updated: epoch}
	b := a
	b.Bot, b.ID = "2", "other"
	for _, n := range []store.NodeSession{b, a} {
		if err := s.SaveNodeSession(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	list := func(wanted ...store.NodeSession) {
		t.Helper()
		got, err := s.NodeSessionsOf(ctx, 1)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(wanted) {
			t.Fatalf("got %v, want %v, %v", got, wanted, err)
		}
	}
	list(a, b)
	a.ID, a.Updated = "renewed", epoch.Add(time.Nanosecond)
	if err := s.SaveNodeSession(ctx, a); err != nil {
		t.Fatal(err)
	}
	list(a, b)

	successor := own(t, s, 1, "h")
	want(t, s.SaveNodeSession(ctx, b), fault.Conflict, "an old epoch")
	want(t, s.DeleteNodeSession(ctx, b), fault.Conflict, "an old epoch")
	list(a, b)
	other := b
	other.Epoch, other.ID = successor.stamp.Epoch, "another"
	if err := s.DeleteNodeSession(ctx, other); err != nil {
		t.Fatal(err)
	}
	list(a, b)
	b.Epoch = successor.stamp.Epoch
	for range 2 {
		if err := s.DeleteNodeSession(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	list(a)
	want(t, s.SaveNodeSession(ctx, store.NodeSession{Partition: 1, Epoch: b.Epoch}), fault.Invalid, "a session without names")
	if got, err := s.NodeSessionsOf(ctx, 2); err != nil || len(got) != 0 {
		t.Errorf("partition 2 has %v, %v", got, err)
	}
}

func testShards(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	l, got, err := s.AcquireShard(ctx, "1", 0, 2, "h", long)
	if err != nil || l.Epoch != 1 || !l.AliveUntil.IsZero() || got.SessionID != "" || got.Shards != 2 || got.Bot != "1" {
		t.Fatalf("%+v %+v %v", l, got, err)
	}
	_, _, err = s.AcquireShard(ctx, "1", 0, 2, "other", long)
	want(t, err, fault.Conflict, "a shard of somebody else")
	if _, _, err := s.AcquireShard(ctx, "1", 1, 2, "other", long); err != nil {
		t.Fatal(err)
	}
	save := store.ShardSession{
		Bot: "1", Shard: 0, Shards: 2, SessionID: "session", ResumeURL: "wss://gateway.example", Sequence: 1 << 40, Epoch: l.Epoch,
		Updated: epoch, Identifies: []time.Time{epoch, epoch.Add(time.Nanosecond)},
	}
	var first []store.GuildSnapshot
	for i := range 250 {
		first = append(first, store.GuildSnapshot{Guild: guild(fmt.Sprintf("g%03d", i)).ID, Data: []byte{0, byte(i)}})
	}
	if err := s.SaveShard(ctx, save, first); err != nil {
		t.Fatal(err)
	}
	save.Sequence++
	changed := []store.GuildSnapshot{{Guild: "g001"}, {Guild: "g002", Data: []byte("old")}, {Guild: "g002", Data: []byte("new")}, {Guild: "nobody"}}
	if err := s.SaveShard(ctx, save, changed); err != nil {
		t.Fatal(err)
	}
	snapshots := func() map[string][]byte {
		t.Helper()
		all := map[string][]byte{}
		last := ""
		err := s.Snapshots(ctx, "1", 0, func(g store.GuildSnapshot) error {
			if string(g.Guild) <= last {
				t.Errorf("%s comes after %s", g.Guild, last)
			}
			last = string(g.Guild)
			all[last] = g.Data
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := snapshots()
	if _, there := all["g001"]; there || len(all) != 249 || string(all["g002"]) != "new" || !bytes.Equal(all["g249"], []byte{0, 249}) {
		t.Errorf("%d snapshots, g002 is %q", len(all), all["g002"])
	}
	stop := errors.New("enough")
	if err := s.Snapshots(ctx, "1", 0, func(store.GuildSnapshot) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the reader's own error: %v", err)
	}
	if err := s.RenewShard(ctx, "1", 0, "h", l.Epoch, long); err != nil {
		t.Fatal(err)
	}
	want(t, s.RenewShard(ctx, "1", 0, "other", l.Epoch, long), fault.Conflict, "another's shard")
	if err := s.ReleaseShard(ctx, "1", 0, "h", l.Epoch); err != nil {
		t.Fatal(err)
	}
	next, resumed, err := s.AcquireShard(ctx, "1", 0, 2, "other", long)
	if err != nil || next.Epoch != 2 || next.AliveUntil.IsZero() {
		t.Fatalf("%+v, %v", next, err)
	}
	if resumed.SessionID != "session" || resumed.Sequence != save.Sequence || resumed.ResumeURL != save.ResumeURL ||
		!resumed.Updated.Equal(epoch) || len(resumed.Identifies) != 2 || !resumed.Identifies[1].Equal(save.Identifies[1]) || resumed.Epoch != 2 {
		t.Errorf("the successor gets %+v", resumed)
	}
	want(t, s.SaveShard(ctx, save, []store.GuildSnapshot{{Guild: "late", Data: []byte("x")}}), fault.Conflict, "an old epoch")
	want(t, s.RenewShard(ctx, "1", 0, "h", l.Epoch, long), fault.Conflict, "a shard that was lost")
	if _, there := snapshots()["late"]; there {
		t.Error("the old holder wrote a snapshot")
	}
	t.Run("another number of shards", func(t *testing.T) {
		_, fresh, err := s.AcquireShard(ctx, "1", 0, 4, "other", long)
		if err != nil || fresh.SessionID != "" || fresh.Sequence != 0 || fresh.ResumeURL != "" || len(fresh.Identifies) != 2 {
			t.Errorf("got %+v, %v", fresh, err)
		}
		if n := len(snapshots()); n != 0 {
			t.Errorf("%d old snapshots stay", n)
		}
	})
	t.Run("runs out", func(t *testing.T) {
		if _, _, err := s.AcquireShard(ctx, "9", 0, 1, "one", short); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error { _, _, err := s.AcquireShard(ctx, "9", 0, 1, "two", long); return err })
	})
	for _, c := range [][2]int{{-1, 1}, {1, 1}, {0, 0}, {1 << 40, 1 << 41}} {
		_, _, err := s.AcquireShard(ctx, "1", c[0], c[1], "h", long)
		want(t, err, fault.Invalid, fmt.Sprint("shard ", c))
	}
}

func testPanels(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	p := store.Panel{Guild: "g", Bot: "1", Surface: "discord", Channel: "c", Message: "m", Digest: "d", Posted: epoch, Updated: epoch}
	other := p
	other.Surface = "portal"
	for _, panel := range []store.Panel{p, other} {
		if err := s.SavePanel(ctx, panel); err != nil {
			t.Fatal(err)
		}
	}
	p.Message, p.Updated = "m2", epoch.Add(time.Second)
	if err := s.SavePanel(ctx, p); err != nil {
		t.Fatal(err)
	}
	if got, err := s.PanelsOf(ctx, "discord"); err != nil || len(got) != 1 || got[0] != p {
		t.Errorf("got %v, %v", got, err)
	}
	for range 2 {
		if err := s.DeletePanel(ctx, "g", "1", "discord"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.PanelsOf(ctx, "discord"); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := s.PanelsOf(ctx, "portal"); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v", got, err)
	}
	want(t, s.SavePanel(ctx, store.Panel{}), fault.Invalid, "an empty panel")
}

func testHealth(t *testing.T, open Open) {
	s := open(t, nil)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	engine, version, schema, err := s.Describe(t.Context())
	if err != nil || engine == "" || version == "" || schema < 1 {
		t.Errorf("%s %s %d %v", engine, version, schema, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	want(t, s.Ping(t.Context()), fault.Unavailable, "after the end")
	_, err = s.Acquire(t.Context(), 0, "h", long)
	want(t, err, fault.Unavailable, "after the end")
}
