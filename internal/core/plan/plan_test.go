package plan_test

import (
	"errors"
	"testing"

	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/fault"
)

func TestLimitsNeverShrinkWithALargerPlan(t *testing.T) {
	var before plan.Entitlements
	for _, n := range plan.Names() {
		e, err := plan.Of(n)
		if err != nil {
			t.Fatal(err)
		}
		if e.Bots < before.Bots || e.QueueLength < before.QueueLength || e.MaxVolume < before.MaxVolume {
			t.Errorf("%s gives less than the plan below it: %+v < %+v", n, e, before)
		}
		before = e
	}
}

func TestOfRefusesAnUnknownPlan(t *testing.T) {
	if _, err := plan.Of("gold"); !errors.Is(err, fault.Of(fault.Invalid)) {
		t.Fatalf("got %v", err)
	}
}

func TestDefaultIsTheSmallest(t *testing.T) {
	if plan.Default().Plan != plan.Names()[0] {
		t.Fatal("a guild that nobody pays for is on the smallest plan")
	}
}

func TestLiftsNamesTheSmallestPlanThatHelps(t *testing.T) {
	queue := func(e plan.Entitlements) int { return e.QueueLength }
	for have, want := range map[int]plan.Name{0: plan.Free, 200: plan.Pro, 1_999: plan.Pro, 2_000: plan.Elite, 10_000: ""} {
		if got := plan.Lifts(have, queue); got != want {
			t.Errorf("above %d: got %q, want %q", have, got, want)
		}
	}
}
