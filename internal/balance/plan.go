package balance

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// Member is a process that takes part.
type Member struct {
	Name string
	// Weight is its part compared with the others; below 1 counts as 1.
	Weight int
}

// Unit is one thing that is owned as a whole.
type Unit struct {
	// Key names it.
	Key string
	// Holder is the name of who has it, empty for nobody.
	Holder string
}

// share is what a member has and may have.
type share struct {
	Member
	have  []int
	quota int
	// over is true for those who come first where what cannot be divided is given out.
	over bool
}

// Plan returns for each unit who is to have it, empty where that is not for the
// members to say: somebody has it who is none of them. What there is, is divided
// by weight, to the unit; what cannot be divided stays with some of those who have
// more than their part. Everybody keeps what they have up to their part, so no plan moves
// fewer units; what they have too much of, and what nobody has, goes to members
// with room, each unit by its own order of preference, which does not change
// while others come and go.
func Plan(units []Unit, members []Member) []string {
	out := make([]string, len(units))
	shares, open := divide(units, members)
	if len(shares) == 0 {
		return out
	}
	for i := range shares {
		s := &shares[i]
		slices.SortStableFunc(s.have, func(a, b int) int { return cmp.Compare(score(s.Name, units[b].Key), score(s.Name, units[a].Key)) })
		keep := min(len(s.have), s.quota)
		for _, u := range s.have[:keep] {
			out[u] = s.Name
		}
		open = append(open, s.have[keep:]...)
		s.have = s.have[:keep]
	}
	slices.SortFunc(open, func(a, b int) int { return cmp.Or(cmp.Compare(units[a].Key, units[b].Key), cmp.Compare(a, b)) })
	for _, u := range open {
		best := -1
		for i, s := range shares {
			if len(s.have) < s.quota && (best < 0 || score(s.Name, units[u].Key) > score(shares[best].Name, units[u].Key)) {
				best = i
			}
		}
		shares[best].have = append(shares[best].have, u)
		out[u] = shares[best].Name
	}
	return out
}

// divide says what each member has and may have, and which units nobody has.
func divide(units []Unit, members []Member) (shares []share, open []int) {
	at := map[string]int{}
	weights := 0
	for _, m := range slices.SortedFunc(slices.Values(members), func(a, b Member) int { return cmp.Compare(a.Name, b.Name) }) {
		if _, twice := at[m.Name]; twice || m.Name == "" {
			continue
		}
		m.Weight = max(m.Weight, 1)
		at[m.Name] = len(shares)
		shares = append(shares, share{Member: m})
		weights += m.Weight
	}
	total := 0
	for u, x := range units {
		i, ours := at[x.Holder]
		switch {
		case x.Holder == "":
			open = append(open, u)
		case ours:
			shares[i].have = append(shares[i].have, u)
		default:
			continue
		}
		total++
	}
	if len(shares) == 0 {
		return nil, nil
	}
	left := total
	order := make([]int, len(shares))
	for i := range shares {
		s := &shares[i]
		s.quota = total * s.Weight / weights
		s.over = len(s.have) > s.quota
		left -= s.quota
		order[i] = i
	}
	// Not who has most: that changes while several give at the same time, and
	// then each of them would leave the difference to the other.
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case shares[a].over == shares[b].over:
			return 0
		case shares[a].over:
			return -1
		}
		return 1
	})
	for _, i := range order[:left] {
		shares[i].quota++
	}
	return shares, open
}

// score is how much a unit prefers a member: the highest wins (rendezvous hashing).
func score(member, key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(member))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(key))
	// FNV leaves the last bytes near each other; this spreads them.
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
