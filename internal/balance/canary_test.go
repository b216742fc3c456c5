package balance_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/balance"
)

// TestCanary is a new version that takes a small part beside others: what it
// takes is all that moves, and what it leaves is all that moves back.
func TestCanary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(16, 256).Draw(t, "partitions")
		var old []balance.Member
		for _, name := range []string{"a", "b", "c", "d"}[:rapid.IntRange(1, 4).Draw(t, "old")] {
			old = append(old, balance.Member{Name: name, Weight: 100})
		}
		canary := balance.Member{Name: "new", Weight: rapid.IntRange(1, 100).Draw(t, "weight")}
		before := balance.Plan(units(n, func(int) string { return "" }), old)
		during := balance.Plan(units(n, func(i int) string { return before[i] }), append(old, canary))
		after := balance.Plan(units(n, func(i int) string {
			if during[i] == canary.Name {
				return "" // it left, and gave back what it had
			}
			return during[i]
		}), old)
		// A part that is less than half of one may be none: what cannot be divided
		// stays where it is.
		part := n * canary.Weight / (len(old)*100 + canary.Weight)
		taken := 0
		for i := range n {
			switch {
			case during[i] == canary.Name:
				taken++
			case during[i] != before[i]:
				t.Fatalf("partition %d moves from %s to %s, which has nothing to do with the canary", i, before[i], during[i])
			case after[i] != during[i]:
				t.Fatalf("partition %d moves from %s to %s although the canary did not have it", i, during[i], after[i])
			}
			if after[i] == canary.Name || after[i] == "" {
				t.Fatalf("partition %d is left with %q", i, after[i])
			}
		}
		if taken != part && taken != part+1 {
			t.Fatalf("the canary has %d of %d, its part is %d", taken, n, part)
		}
	})
}
