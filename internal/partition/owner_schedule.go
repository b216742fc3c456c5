package partition

import (
	"hash/fnv"
	"time"
)

const (
	// renewPart is which part of a lease passes between two renewals.
	renewPart = 3
	// lookPart is which part of a lease passes between two looks at who has what,
	// while somebody else may have something. What is given back is told besides;
	// what a dead process had is found by looking.
	lookPart = 20
	// renewAtOnce is how many leases a statement renews; more are spread evenly
	// over the time between two renewals, in at most maxGroups.
	renewAtOnce = 32
	maxGroups   = 6
)

// schedule is what is due when.
type schedule struct {
	renewAt, announceAt, lookAt time.Time
	// lookFrom is when what others had may be taken again, after this process's
	// session has ended. attendedOnce is true from the first session on.
	lookFrom     time.Time
	attendedOnce bool
	// round counts the renewals, of which each is of one group of partitions.
	round int
	begun bool
}

func (o *Owner) due(at time.Time) bool { return !at.After(o.opt.Clock.Now()) }

// untilNext is how long nothing is due. Processes that start together do not
// renew together: each has its own place in the time between two renewals.
func (o *Owner) untilNext() time.Duration {
	now := o.opt.Clock.Now()
	if !o.begun {
		o.begun = true
		h := fnv.New32a()
		_, _ = h.Write([]byte(o.opt.Holder))
		phase := o.opt.TTL / renewPart * time.Duration(h.Sum32()%1000) / 1000
		o.renewAt, o.announceAt, o.lookAt = now.Add(phase), now, now
		return 0
	}
	next := o.renewAt
	if o.announceAt.Before(next) {
		next = o.announceAt
	}
	if o.lookAt.Before(next) {
		next = o.lookAt
	}
	return max(next.Sub(now), 0)
}

// groups is in how many parts n leases are renewed.
func groups(n int) int { return min(max(1, (n+renewAtOnce-1)/renewAtOnce), maxGroups) }
