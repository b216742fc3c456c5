package gateway_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
)

// named makes a gateway one of several.
func named(holder string) func(*gateway.Options) {
	return func(o *gateway.Options) { o.Holder, o.LeaseTTL = holder, 2*time.Second }
}

// here is how many shards of the front bot a gateway has, and whether it is ready.
func here(g *roletest.Gateway) int {
	b := g.Bots()[0]
	if b.State != "ready" {
		return -1
	}
	return b.Shards
}

func TestGatewaysShareShardsAndHandThemOverByResume(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{World: simdiscord.Options{Shards: 2, MaxConcurrency: 2}})
	one := r.StartGateway(named("one"))
	if n := here(one); n != 2 {
		t.Fatalf("the first has %d", n)
	}
	before := sessions(r)
	two := r.StartGateway(named("two"))
	roletest.Until(t, "they share", func() bool { return here(one) == 1 && here(two) == 1 })
	if err := one.Stop(t); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "the second has all", func() bool { return here(two) == 2 && two.Connected() })
	if n := sessions(r); n != before {
		t.Errorf("%d sessions, %d before: somebody identified", n, before)
	}
	clean(t, r)
}

func TestSecondGatewayOfOneShardStandsBy(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Pool: true})
	one := r.StartGateway(named("one"))
	two := r.StartGateway(named("two"))
	if here(one) != 1 || here(two) != 0 {
		t.Fatalf("%d and %d shards", here(one), here(two))
	}
	before := sessions(r)
	if err := one.Stop(t); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "the second has them", func() bool { return here(two) == 1 && two.Connected() })
	if n := sessions(r); n != before {
		t.Errorf("%d sessions, %d before: somebody identified", n, before)
	}
}

// What one process identified, the next one counts: the budget is the bot's.
func TestIdentifiesAreCountedForTheWholeFleet(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.StartGateway(named("one"))
	if n, err := r.Store.IdentifiesSpent(t.Context(), r.Bot); err != nil || n != sessions(r) || n == 0 {
		t.Errorf("%d are counted, %d sessions, %v", n, sessions(r), err)
	}
}
