package sqlstore_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// modelLease is what a lease has to be.
type modelLease struct {
	holder  string
	epoch   int64
	expires time.Time
}

// leaseModel compares a store with what its leases have to be, step by step.
type leaseModel struct {
	t      *rapid.T
	db     *sqlstore.DB
	clock  *clockwork.FakeClock
	leases [2]modelLease
}

func (m *leaseModel) free(p int) bool {
	l := m.leases[p]
	return l.holder == "" || !l.expires.After(m.clock.Now())
}

func (m *leaseModel) code(what string, err error, want fault.Code) {
	m.t.Helper()
	if fault.CodeOf(err) != want {
		m.t.Fatalf("%s: %v, want %q", what, err, want)
	}
}

func (m *leaseModel) acquire(p int, holder string, ttl time.Duration) {
	l := &m.leases[p]
	got, err := m.db.Acquire(m.t.Context(), p, holder, ttl)
	if !m.free(p) && l.holder != holder {
		m.code("acquiring what another holds", err, fault.Conflict)
		return
	}
	m.code("acquiring what is free", err, "")
	if got.Epoch != l.epoch+1 {
		m.t.Fatalf("epoch %d after %d", got.Epoch, l.epoch)
	}
	*l = modelLease{holder, got.Epoch, m.clock.Now().Add(ttl)}
}

// renew renews both, one, or one under an older epoch: all or none.
func (m *leaseModel) renew(holder string, which []int, behind int64, ttl time.Duration) {
	var stamps []store.Stamp
	want := fault.Code("")
	for _, p := range which {
		l := m.leases[p]
		stamps = append(stamps, store.Stamp{Partition: p, Epoch: l.epoch - behind})
		if l.holder != holder || behind != 0 {
			want = fault.Conflict
		}
	}
	m.code("renewing", m.db.Renew(m.t.Context(), holder, stamps, ttl), want)
	if want == "" {
		for _, p := range which {
			m.leases[p].expires = m.clock.Now().Add(ttl)
		}
	}
}

func (m *leaseModel) release(p int, holder string, behind int64) {
	l := &m.leases[p]
	m.code("giving back", m.db.Release(m.t.Context(), holder, []store.Stamp{{Partition: p, Epoch: l.epoch - behind}}), "")
	if l.holder == holder && behind == 0 {
		l.holder = ""
	}
}

func (m *leaseModel) compare() {
	all, err := m.db.Standing(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	for p, l := range m.leases {
		if want := (store.Standing{Partition: p, Holder: l.holder, Epoch: l.epoch, Free: m.free(p)}); all[p] != want {
			m.t.Fatalf("it stands %+v, want %+v", all[p], want)
		}
	}
}

// Whatever is done with leases, by whomever and whenever: an epoch has one
// holder, and nobody is given what another one has.
func TestLeasesFollowTheirModel(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return file(t.TempDir()) },
		"postgres": func(t *testing.T) string { t.Helper(); return testenv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			clock := clockwork.NewFakeClockAt(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
			db := open(t, sqlstore.Options{URL: url(t), Partitions: 2, Clock: clock})
			var kept [2]modelLease
			rapid.Check(t, func(t *rapid.T) {
				// The database goes on from where the run before left it.
				m := &leaseModel{t: t, db: db, clock: clock, leases: kept}
				holders := rapid.SampledFrom([]string{"a", "b", "c"})
				parts := rapid.IntRange(0, 1)
				ttls := rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second})
				for range rapid.IntRange(1, 8).Draw(t, "steps") {
					switch rapid.IntRange(0, 4).Draw(t, "step") {
					case 0, 1:
						m.acquire(parts.Draw(t, "partition"), holders.Draw(t, "holder"), ttls.Draw(t, "for"))
					case 2:
						which := [][]int{{0}, {1}, {0, 1}, {1, 0}}
						m.renew(holders.Draw(t, "holder"), rapid.SampledFrom(which).Draw(t, "which"),
							int64(rapid.IntRange(0, 1).Draw(t, "behind")), ttls.Draw(t, "for"))
					case 3:
						m.release(parts.Draw(t, "partition"), holders.Draw(t, "holder"), int64(rapid.IntRange(0, 1).Draw(t, "behind")))
					case 4:
						clock.Advance(time.Duration(rapid.IntRange(0, 6000).Draw(t, "ms")) * time.Millisecond)
					}
					m.compare()
					kept = m.leases
				}
			})
		})
	}
}
