package redis

import (
	"context"
	"errors"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/fault"
)

var errClosed = fault.New(fault.Unavailable, "redis.Bus", "the bus is closed")

// unavailable says in our words why Redis did not do what it was asked.
func unavailable(op string, err error) error {
	return fault.Wrap(err, fault.Unavailable, op, reason(err))
}

func reason(err error) string {
	switch {
	case errors.Is(err, goredis.ErrClosed):
		return "the bus is closed"
	case goredis.HasErrorPrefix(err, "OOM"):
		return "Redis has no memory left"
	case goredis.HasErrorPrefix(err, "MISCONF"):
		return "Redis cannot write to its disk"
	case goredis.HasErrorPrefix(err, "LOADING"), goredis.HasErrorPrefix(err, "BUSY"):
		return "Redis is busy"
	case goredis.HasErrorPrefix(err, "READONLY"), goredis.HasErrorPrefix(err, "MASTERDOWN"),
		goredis.HasErrorPrefix(err, "CLUSTERDOWN"), goredis.HasErrorPrefix(err, "TRYAGAIN"), goredis.HasErrorPrefix(err, "NOREPLICAS"):
		return "Redis has no primary at the moment"
	case refused(err):
		return "Redis refuses our user or password"
	case errors.Is(err, context.DeadlineExceeded):
		return "Redis did not answer in time"
	default:
		return "Redis cannot be reached"
	}
}

func refused(err error) bool {
	return goredis.HasErrorPrefix(err, "NOAUTH") || goredis.HasErrorPrefix(err, "WRONGPASS") || goredis.HasErrorPrefix(err, "NOPERM")
}
