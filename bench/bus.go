package main

// ofMemoryBus is what the bus within a process is measured by.
func ofMemoryBus() []measurement {
	const pkg = "./internal/bus/memory"
	peer := bench{pkg: pkg, name: "BenchmarkAgainstWatermill"}
	return []measurement{
		{"bus-memory-watermill", "events/s", "Watermill's channel", goal{ratio: 20}, metrics(peer, "events/s", "ratio")},
		// Slices that grow are shared by thousands of events.
		{"bus-memory-allocations", "allocs/event", "", goal{value: 0.1, none: true}, metric(peer, "allocs/event")},
		{"bus-memory-hop", "us", "", goal{value: 3, below: true}, metric(bench{pkg: pkg, name: "BenchmarkOneWay"}, "us/hop")},
	}
}

// ofBus is what the bus between processes is measured by: each benchmark starts
// a Redis of its own and has its peer in the same run.
func ofBus() []measurement {
	const (
		pkg   = "./internal/bus/redis"
		group = "a raw consumer group, 4 pipelines of 100"
	)
	through := func(name string) func(env) (float64, float64, error) {
		return metrics(bench{pkg: pkg, name: "BenchmarkThroughput/" + name}, "events/s", "ratio")
	}
	watermill := metrics(bench{pkg: pkg, name: "BenchmarkAgainstWatermill"}, "events/s", "ratio")
	hop := metrics(bench{pkg: pkg, name: "BenchmarkHop"}, "us/hop", "times")
	return []measurement{
		{"bus-redis-64", "events/s", group, goal{ratio: 0.8}, through("64")},
		{"bus-redis-512", "events/s", group, goal{ratio: 1.1}, through("512")},
		{"bus-redis-burst", "events/s", group, goal{ratio: 2}, through("burst")},
		{"bus-redis-watermill", "events/s", "Watermill's Redis stream", goal{ratio: 8}, watermill},
		{"bus-redis-hop", "us", "a raw XADD and XREAD", goal{ratio: 1.1, below: true}, hop},
	}
}
