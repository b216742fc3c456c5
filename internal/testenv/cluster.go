package testenv

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// slots is how many slots the nodes of a cluster share.
const slots = 16_384

// RedisCluster starts nodes that share all slots, for this test only, and
// returns them when they agree on that. They listen on loopback.
func RedisCluster(tb testing.TB, nodes int) []*RedisServer {
	tb.Helper()
	all := make([]*RedisServer, nodes)
	for i := range all {
		all[i] = clusterNode(tb)
	}
	for i, s := range all {
		host, port, _ := net.SplitHostPort(s.address)
		if i > 0 {
			all[0].Do(tb, "CLUSTER", "MEET", host, port)
		}
		s.Do(tb, "CLUSTER", "ADDSLOTSRANGE", i*slots/nodes, (i+1)*slots/nodes-1)
		s.Do(tb, "CLUSTER", "SET-CONFIG-EPOCH", i+1)
	}
	limit := time.After(redisStart)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for _, s := range all {
		for !s.agrees(nodes) {
			select {
			case <-limit:
				tb.Fatal("the nodes of the cluster do not find each other")
			case <-again.C:
			}
		}
	}
	return all
}

// clusterNode starts a node. A port that was free a moment ago may be taken, so
// it tries others.
func clusterNode(tb testing.TB) *RedisServer {
	tb.Helper()
	var last error
	for range 10 {
		s, err := prepareRedis(nil)
		if err != nil {
			tb.Fatal(err)
		}
		port, err := freePorts()
		if err != nil {
			tb.Fatal(err)
		}
		s.config = append(s.config, "bind 127.0.0.1", "port "+strconv.Itoa(port), "cluster-enabled yes",
			"cluster-config-file nodes", "cluster-node-timeout 5000")
		s.network, s.address = "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if last = s.start(); last == nil {
			tb.Cleanup(s.stop)
			return s
		}
		s.stop()
	}
	tb.Fatalf("no node for a cluster: %v", last)
	return nil
}

// freePorts returns a port that is free together with the one that a node
// gossips on, 10,000 above it.
func freePorts() (int, error) {
	for range 100 {
		port := 10_000 + rand.IntN(40_000) //nolint:gosec // any port will do
		if free(port) && free(port+gossip) {
			return port, nil
		}
	}
	return 0, errors.New("no port is free")
}

// gossip is how far above its port a node speaks with the others.
const gossip = 10_000

func free(port int) bool {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)) //nolint:noctx // ends at once
	return err == nil && l.Close() == nil
}

// agrees tells whether a node sees the whole cluster.
func (s *RedisServer) agrees(nodes int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), redisStart)
	defer cancel()
	shards, err := s.admin.ClusterShards(ctx).Result()
	if err != nil || len(shards) != nodes {
		return false
	}
	info, err := s.admin.ClusterInfo(ctx).Result()
	return err == nil && strings.Contains(info, "cluster_state:ok")
}
