package sqlstore_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

const patience = time.Minute

func happens(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("waited in vain until %s", what)
	}
}

func attend(t *testing.T, db *sqlstore.DB, holder string) store.Presence {
	t.Helper()
	p, err := db.Attend(t.Context(), holder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// standing is how a partition stands now.
func standing(t *testing.T, db *sqlstore.DB, partition int) store.Standing {
	t.Helper()
	all, err := db.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[partition]
}

// ends makes the server end the sessions of holders, as it does where a process
// is killed or its network is gone.
func ends(t *testing.T, address string) {
	t.Helper()
	raw(t, "pgx", address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name = 'platformd lease' AND datname = current_database()`)
}

func acquireWhenFree(t *testing.T, db *sqlstore.DB, partition int, holder string) store.Lease {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for limit := time.After(patience); ; {
		l, err := db.Acquire(t.Context(), partition, holder, time.Hour)
		if err == nil {
			return l
		}
		if fault.CodeOf(err) != fault.Conflict {
			t.Fatal(err)
		}
		select {
		case <-limit:
			t.Fatal("the leases of a session that has ended are not free")
		case <-again.C:
		}
	}
}

func TestTheEndOfASessionFreesItsLeases(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*testing.T, string, *sqlstore.DB)
	}{
		{"the process closes it", func(t *testing.T, _ string, db *sqlstore.DB) {
			t.Helper()
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}},
		{"the server closes it", func(t *testing.T, address string, _ *sqlstore.DB) { t.Helper(); ends(t, address) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := testenv.Postgres(t)
			one, two := open(t, sqlstore.Options{URL: address}), open(t, sqlstore.Options{URL: address})
			p := attend(t, one, "one")
			l, err := one.Acquire(t.Context(), 0, "one", time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := one.AcquireShard(t.Context(), "9", 0, 1, "one", time.Hour); err != nil {
				t.Fatal(err)
			}
			if err := one.Announce(t.Context(), store.Member{Role: "audio", Holder: "one", Weight: 1}, time.Hour); err != nil {
				t.Fatal(err)
			}
			if _, err := two.Acquire(t.Context(), 0, "two", time.Hour); fault.CodeOf(err) != fault.Conflict {
				t.Fatalf("taken from a holder that is there: %v", err)
			}
			if s := standing(t, two, 0); s.Free {
				t.Fatalf("it is held: %+v", s)
			}
			c.end(t, address, one)
			happens(t, "the holder notices", p.Broken())
			if next := acquireWhenFree(t, two, 0, "two"); next.Epoch != l.Epoch+1 {
				t.Errorf("%+v after %+v", next, l)
			}
			if _, _, err := two.AcquireShard(t.Context(), "9", 0, 1, "two", time.Hour); err != nil {
				t.Errorf("the shard: %v", err)
			}
			if all, err := two.Members(t.Context(), "audio"); err != nil || len(all) != 0 {
				t.Errorf("it still takes part: %v, %v", all, err)
			}
			if _, err := two.Commit(t.Context(), batchOf(l, 0, "late")); fault.CodeOf(err) != fault.Conflict {
				t.Errorf("a write of the epoch before: %v", err)
			}
		})
	}
}

func TestASecondSessionKeepsTheLeases(t *testing.T) {
	address := testenv.Postgres(t)
	one, two := open(t, sqlstore.Options{URL: address}), open(t, sqlstore.Options{URL: address})
	p := attend(t, one, "one")
	l, err := one.Acquire(t.Context(), 0, "one", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ends(t, address)
	happens(t, "it notices", p.Broken())
	again := attend(t, one, "one")
	if err := one.Renew(t.Context(), "one", []store.Stamp{{Epoch: l.Epoch}}, time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Acquire(t.Context(), 0, "two", time.Hour); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("taken because of a session that was replaced: %v", err)
	}
	select {
	case <-again.Broken():
		t.Error("the new session is broken")
	default:
	}
	// Sessions of holders that have nothing are forgotten.
	attend(t, two, "two").Close()
	attend(t, two, "three")
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	n := 0
	if err := pool.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM holder_sessions`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d sessions are known, %v", n, err)
	}
}

func TestWhatIsGivenBackIsToldToOthers(t *testing.T) {
	address := testenv.Postgres(t)
	one, two := open(t, sqlstore.Options{URL: address}), open(t, sqlstore.Options{URL: address})
	p := attend(t, two, "two")
	l, err := one.Acquire(t.Context(), 0, "one", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for name, give := range map[string]func() error{
		"a partition": func() error { return one.Release(t.Context(), "one", []store.Stamp{{Epoch: l.Epoch}}) },
		"a shard":     func() error { return one.ReleaseShard(t.Context(), "9", 0, "one", 1) },
		"a member":    func() error { return one.Withdraw(t.Context(), "audio", "one") },
	} {
		if err := give(); err != nil {
			t.Fatal(err)
		}
		happens(t, name+" is known to be free", p.Freed())
	}
}

func TestANetworkThatIsGoneBreaksTheSession(t *testing.T) {
	for name, fail := range map[string]func(*proxy){
		"cut": (*proxy).cut, "silent": func(p *proxy) { p.mute.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			p, address := newProxy(t, testenv.Postgres(t))
			db := open(t, sqlstore.Options{URL: address, Timeout: 5 * time.Second})
			s := attend(t, db, "one")
			fail(p)
			happens(t, "it notices", s.Broken())
			if name == "silent" {
				if _, err := db.Attend(t.Context(), "one"); fault.CodeOf(err) != fault.Unavailable {
					t.Errorf("a server that says nothing: %v", err)
				}
			}
			p.mute.Store(false)
			p.cut()
			attend(t, db, "one")
		})
	}
}
