package redis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/bustest"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/testenv"
)

func TestCluster(t *testing.T) {
	nodes := testenv.RedisCluster(t, 3)
	var urls []string
	for _, n := range nodes {
		urls = append(urls, n.URL())
	}
	list := strings.Join(urls, ",")
	t.Run("conformance", func(t *testing.T) {
		bustest.Run(t, func(t *testing.T) bus.Bus {
			return open(t, redis.Options{URL: list, Backlog: bustest.Backlog})
		})
	})
	t.Run("streams are on all nodes", func(t *testing.T) {
		b := open(t, redis.Options{URL: nodes[0].URL() + "?cluster=true"})
		for i := range 16 {
			name := fmt.Sprint("partition.", i)
			at, err := b.Begin(within(t), name)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Append(within(t), name, bus.Message{Kind: name}); err != nil {
				t.Fatal(err)
			}
			got, _, err := b.Read(within(t), name, at, 5)
			if err != nil || len(got) != 1 || got[0].Kind != name {
				t.Fatalf("%s: got %v, %v", name, got, err)
			}
		}
		for i, n := range nodes {
			if keys, _ := n.Do(t, "DBSIZE").(int64); keys == 0 {
				t.Errorf("node %d has nothing", i)
			}
		}
	})
}
