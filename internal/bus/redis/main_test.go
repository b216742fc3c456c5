package redis_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/bustest"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/testenv"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

var prefixes atomic.Int64 //nolint:gochecknoglobals // each test has keys of its own

// prefix is one that no other test has.
func prefix() string { return fmt.Sprintf("test%d", prefixes.Add(1)) }

// open opens a bus that the test closes.
func open(tb testing.TB, o redis.Options) *redis.Bus {
	tb.Helper()
	if o.Prefix == "" {
		o.Prefix = prefix()
	}
	b, err := redis.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = b.Close() })
	return b
}

func TestConformance(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bus.Bus {
		return open(t, redis.Options{URL: testenv.Redis(t), Backlog: bustest.Backlog})
	})
}
