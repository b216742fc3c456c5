package main

// ofEnvelope is what an event on its way is measured by, against the SDK of its
// format.
func ofEnvelope() []measurement {
	const (
		pkg = "./internal/event"
		sdk = "the CloudEvents SDK"
	)
	encode, scan := bench{pkg: pkg, name: "BenchmarkEncode/ours"}, bench{pkg: pkg, name: "BenchmarkScan/ours"}
	return []measurement{
		{"envelope-encode-time", "ns", "", goal{value: 100, below: true}, metric(encode, "ns/op")},
		{"envelope-encode-allocations", "allocs/event", "", goal{none: true}, metric(encode, "allocs/op")},
		{"envelope-encode-sdk", "events/s", sdk, goal{}, against(encode, "BenchmarkEncodeSDK")},
		{"envelope-scan-time", "ns", "", goal{value: 500, below: true}, metric(scan, "ns/op")},
		{"envelope-scan-sdk", "events/s", sdk, goal{ratio: 10}, against(scan, "BenchmarkScanSDK")},
	}
}

// ofJournal is what the journal is measured by: each benchmark has its peer in
// the same run.
func ofJournal() []measurement {
	of := func(name string) bench { return bench{pkg: "./internal/store/sqlstore", name: name} }
	single := of("BenchmarkSingleCommit")
	return []measurement{
		{"journal-modernc", "rows/s", "bare modernc, 64 waiters", goal{ratio: 0.95}, metrics(of("BenchmarkJournalAgainstModernc"), "rows/s", "ratio")},
		{"journal-single-p99.9", "us", "fdatasync of 4 KiB", goal{ratio: 3, below: true}, metrics(single, "us/p99.9", "times")},
		{"journal-postgres", "commands/s", "without rows of the journal", goal{ratio: 0.85}, metrics(of("BenchmarkPostgresJournalRows"), "commands/s", "ratio")},
		{"journal-backlog", "events/s", "", goal{value: 100_000}, metric(of("BenchmarkBacklog"), "events/s")},
		{"journal-lost", "rows", "", goal{none: true}, metric(of("BenchmarkLost"), "lost")},
		// The known fault has to be seen, or the row above says nothing.
		{"journal-lost-naive", "%", "", goal{value: 0.1}, metric(of("BenchmarkLost"), "naive-%")},
	}
}
