package balance_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/balance"
)

func units(n int, holder func(int) string) []balance.Unit {
	out := make([]balance.Unit, n)
	for i := range out {
		out[i] = balance.Unit{Key: fmt.Sprint(i), Holder: holder(i)}
	}
	return out
}

func equals(names ...string) []balance.Member {
	var out []balance.Member
	for _, n := range names {
		out = append(out, balance.Member{Name: n})
	}
	return out
}

func counts(plan []string) map[string]int {
	out := map[string]int{}
	for _, h := range plan {
		out[h]++
	}
	return out
}

func moved(units []balance.Unit, plan []string) int {
	n := 0
	for i, u := range units {
		if u.Holder != "" && plan[i] != "" && plan[i] != u.Holder {
			n++
		}
	}
	return n
}

func TestPlan(t *testing.T) {
	none := func(int) string { return "" }
	of := func(names ...string) func(int) string {
		return func(i int) string { return names[i%len(names)] }
	}
	for _, c := range []struct {
		name    string
		units   []balance.Unit
		members []balance.Member
		want    map[string]int
		moves   int
	}{
		{"nobody is there", units(4, none), nil, map[string]int{"": 4}, 0},
		{"nothing to own", nil, equals("a"), map[string]int{}, 0},
		{"one has it all", units(16, none), equals("a"), map[string]int{"a": 16}, 0},
		{"two begin", units(16, none), equals("a", "b"), map[string]int{"a": 8, "b": 8}, 0},
		{"a newcomer", units(16, of("a")), equals("a", "b"), map[string]int{"a": 8, "b": 8}, 8},
		{"a third", units(16, of("a", "b")), equals("a", "b", "c"), map[string]int{"a": 6, "b": 5, "c": 5}, 5},
		{"one goes", units(15, of("a", "b", "")), equals("a", "b"), map[string]int{"a": 8, "b": 7}, 0},
		{"fewer things than processes", units(2, of("a")), equals("a", "b", "c"), map[string]int{"a": 1, "b": 1}, 1},
		{"a version before takes no part", units(16, of("old", "")), equals("a", "b"), map[string]int{"": 8, "a": 4, "b": 4}, 0},
		{"twice the weight", units(12, none), []balance.Member{{Name: "a", Weight: 2}, {Name: "b", Weight: 1}}, map[string]int{"a": 8, "b": 4}, 0},
		{"names that come twice or are none", units(4, none), equals("a", "", "a", "b"), map[string]int{"a": 2, "b": 2}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := balance.Plan(c.units, c.members)
			if got := counts(plan); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if n := moved(c.units, plan); n != c.moves {
				t.Errorf("%d moves, want %d", n, c.moves)
			}
		})
	}
}

// Whatever is held by whomever: the parts are fair, as little as possible moves,
// the plan of the plan is the plan, and the order of what is known plays no role.
func TestPlanProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var members []balance.Member
		for i := range rapid.IntRange(1, 9).Draw(t, "members") {
			members = append(members, balance.Member{Name: fmt.Sprint("m", i), Weight: rapid.IntRange(1, 4).Draw(t, "weight")})
		}
		us := units(rapid.IntRange(0, 60).Draw(t, "units"), func(int) string {
			i := rapid.IntRange(-2, len(members)-1).Draw(t, "holder")
			switch i {
			case -2:
				return "stranger"
			case -1:
				return ""
			}
			return members[i].Name
		})
		plan := balance.Plan(us, members)
		have, weights, total := counts(nil), 0, 0
		for i, u := range us {
			if u.Holder == "stranger" {
				if plan[i] != "" {
					t.Fatalf("unit %d of a stranger is given to %s", i, plan[i])
				}
				continue
			}
			if plan[i] == "" {
				t.Fatalf("unit %d is nobody's", i)
			}
			total++
			have[u.Holder]++
		}
		for _, m := range members {
			weights += m.Weight
		}
		got := counts(plan)
		least, over, left := 0, 0, total
		for _, m := range members {
			floor := total * m.Weight / weights
			left -= floor
			if n := got[m.Name]; n < floor || n > floor+1 {
				t.Fatalf("%s gets %d of %d, its part is %d", m.Name, n, total, floor)
			}
			if extra := have[m.Name] - floor; extra > 0 {
				least += extra
				over++
			}
		}
		least -= min(left, over)
		if n := moved(us, plan); n != least {
			t.Fatalf("%d moves, %d are enough", n, least)
		}
		after := slices.Clone(us)
		for i := range after {
			if plan[i] != "" {
				after[i].Holder = plan[i]
			}
		}
		if again := balance.Plan(after, members); !slices.Equal(again, plan) {
			t.Fatalf("the plan does not stay: %v, then %v", plan, again)
		}
		slices.Reverse(members)
		if again := balance.Plan(us, members); !slices.Equal(again, plan) {
			t.Fatal("the order of the members plays a role")
		}
	})
}

// A process that comes takes from each about the same, and when it goes again
// the others have what they would have had.
func TestPreferencesAreSpread(t *testing.T) {
	us := units(600, func(int) string { return "" })
	three := balance.Plan(us, equals("a", "b", "c"))
	for name, n := range counts(three) {
		if n != 200 {
			t.Errorf("%s has %d", name, n)
		}
	}
	for i := range us {
		us[i].Holder = three[i]
	}
	four := balance.Plan(us, equals("a", "b", "c", "d"))
	from := map[string]int{}
	for i := range us {
		if four[i] == "d" {
			from[three[i]]++
		}
	}
	if len(from) != 3 || from["a"] != 50 || from["b"] != 50 || from["c"] != 50 {
		t.Errorf("the fourth takes %v", from)
	}
}

// Several give at the same time, each by what it saw: a bit of what the others
// gave, or nothing of it. What all of them give together is no more than needed.
func TestWhatIsGivenAtTheSameTimeIsNotTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d"}[:rapid.IntRange(2, 4).Draw(t, "members")]
		now := units(rapid.IntRange(1, 40).Draw(t, "units"), func(int) string {
			return rapid.SampledFrom(names[:len(names)-1]).Draw(t, "holder")
		})
		least := moved(now, balance.Plan(now, equals(names...)))
		given := 0
		seen := map[string][]balance.Unit{}
		for range 40 {
			self := rapid.SampledFrom(names).Draw(t, "who")
			if seen[self] == nil || rapid.Bool().Draw(t, "looks again") {
				seen[self] = slices.Clone(now)
			}
			for i, who := range balance.Plan(seen[self], equals(names...)) {
				if now[i].Holder == self && who != self && rapid.Bool().Draw(t, "gives") {
					now[i].Holder = ""
					seen[self][i].Holder = ""
					given++
				}
			}
		}
		if given > least {
			t.Fatalf("%d were given, %d are enough", given, least)
		}
	})
}
