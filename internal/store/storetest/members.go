package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func holders(all []store.Member) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.Holder)
	}
	return out
}

func testMembers(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	announce := func(role, holder string, ttl time.Duration) []store.Member {
		t.Helper()
		if err := s.Announce(ctx, store.Member{Role: role, Holder: holder, Version: "v1", Weight: 2}, ttl); err != nil {
			t.Fatal(err)
		}
		all, err := s.Members(ctx, role)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := announce("audio", "b", long); len(got) != 1 || got[0].Version != "v1" || got[0].Weight != 2 || got[0].Role != "audio" {
		t.Errorf("got %+v", got)
	}
	announce("gateway", "g", long)
	got := announce("audio", "a", long)
	if !slices.Equal(holders(got), []string{"a", "b"}) || got[0].Present > got[1].Present || got[0].Present < 0 {
		t.Errorf("got %+v", got)
	}
	if err := s.Withdraw(ctx, "audio", "b"); err != nil {
		t.Fatal(err)
	}
	if got := announce("audio", "a", long); !slices.Equal(holders(got), []string{"a"}) {
		t.Errorf("after one withdrew: %v", got)
	}
	t.Run("runs out", func(t *testing.T) {
		announce("audio", "brief", short)
		eventually(t, func() error {
			if got := announce("audio", "a", long); !slices.Equal(holders(got), []string{"a"}) {
				return fault.New(fault.Conflict, "test", "it is still there")
			}
			return nil
		})
		before := announce("audio", "a", long)[0].Present
		got := announce("audio", "brief", long)
		if len(got) != 2 || got[1].Present > got[0].Present || got[0].Present < before {
			t.Errorf("who comes back has been there since: %+v", got)
		}
	})
	t.Run("bad input", func(t *testing.T) {
		for _, m := range []store.Member{
			{Holder: "h", Weight: 1},
			{Role: "r", Weight: 1},
			{Role: "r", Holder: "h"},
			{Role: "r", Holder: "h", Weight: 1 << 20},
			{Role: "r", Holder: "h", Weight: 1, Version: "\x00"},
		} {
			want(t, s.Announce(ctx, m, long), fault.Invalid, "a member that cannot be")
		}
		want(t, s.Announce(ctx, store.Member{Role: "r", Holder: "h", Weight: 1}, 0), fault.Invalid, "for no time")
		_, err := s.Attend(ctx, "")
		want(t, err, fault.Invalid, "a session of nobody")
	})
}

func testStanding(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	at := func(p int) store.Standing {
		t.Helper()
		all, err := s.Standing(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.Partitions(ctx); err != nil || len(all) != n || all[p].Partition != p {
			t.Fatalf("%v of %d, %v", all, n, err)
		}
		return all[p]
	}
	if got := at(1); got != (store.Standing{Partition: 1, Free: true}) {
		t.Errorf("nobody's: %+v", got)
	}
	mine := own(t, s, 1, "one")
	if got := at(1); got != (store.Standing{Partition: 1, Holder: "one", Epoch: 1}) {
		t.Errorf("somebody's: %+v", got)
	}
	if err := s.Release(ctx, "one", []store.Stamp{mine.stamp}); err != nil {
		t.Fatal(err)
	}
	if got := at(1); got != (store.Standing{Partition: 1, Epoch: 1, Free: true}) {
		t.Errorf("given back: %+v", got)
	}
	if _, err := s.Acquire(ctx, 2, "one", short); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if got := at(2); !got.Free || got.Holder != "one" {
			return fault.New(fault.Conflict, "test", "it is still held")
		}
		return nil
	})
	if all, err := s.ShardStandings(ctx); err != nil || len(all) != 0 {
		t.Errorf("no shards: %v, %v", all, err)
	}
	for _, x := range []struct {
		shard  int
		holder string
	}{{1, "two"}, {0, "one"}} {
		if _, _, err := s.AcquireShard(ctx, "9", x.shard, 2, x.holder, long); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ReleaseShard(ctx, "9", 1, "two", 1); err != nil {
		t.Fatal(err)
	}
	want := []store.ShardStanding{
		{Bot: "9", Shard: 0, Shards: 2, Holder: "one", Epoch: 1}, {Bot: "9", Shard: 1, Shards: 2, Epoch: 1, Free: true},
	}
	if all, err := s.ShardStandings(ctx); err != nil || !slices.Equal(all, want) {
		t.Errorf("got %v, %v", all, err)
	}
}

// testRenewals prolongs many leases at once.
func testRenewals(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	n, err := s.Partitions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var all []store.Stamp
	for p := range n {
		all = append(all, own(t, s, p, "h").stamp)
	}
	slices.Reverse(all)
	if err := s.Renew(ctx, "h", append(all, all[0]), long); err != nil {
		t.Fatal(err)
	}
	stale := slices.Clone(all)
	stale[1].Epoch++
	want(t, s.Renew(ctx, "h", stale, long), fault.Conflict, "one of another epoch")
	want(t, s.Renew(ctx, "h", append(all, stale[1]), long), fault.Conflict, "two epochs of one")
	want(t, s.Renew(ctx, "h", []store.Stamp{{Partition: n, Epoch: 1}}, long), fault.Conflict, "one that is not there")
	if err := s.Renew(ctx, "h", nil, long); err != nil {
		t.Error(err)
	}
}

// testPresence is what every engine does: a share that is open is not broken,
// and hears of what became free. That others see its end, PostgreSQL has to itself.
func testPresence(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	one, err := s.Attend(ctx, "h")
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.Attend(ctx, "h")
	if err != nil {
		t.Fatal(err)
	}
	mine := own(t, s, 0, "h")
	if got, err := s.Standing(ctx); err != nil || got[0].Free {
		t.Errorf("held by who attends: %v, %v", got, err)
	}
	if err := s.Release(ctx, "h", []store.Stamp{mine.stamp}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []store.Presence{one, two} {
		select {
		case <-p.Freed():
		case <-time.After(time.Minute):
			t.Fatal("nobody says that a lease is free")
		}
	}
	one.Close()
	one.Close()
	select {
	case <-two.Broken():
		t.Error("one role of two ended the session of both")
	default:
	}
	two.Close()
	select {
	case <-two.Broken():
	case <-time.After(time.Minute):
		t.Fatal("the last one does not end it")
	}
	again, err := s.Attend(ctx, "h")
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	select {
	case <-again.Broken():
		t.Error("a new session is broken from the start")
	default:
	}
}
