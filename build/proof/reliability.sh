#!/usr/bin/env bash
# Every row of the table of failure modes, with real processes and servers. What is
# measured goes to bench/reliability.json and docs/RELIABILITY.md.
set -euo pipefail

measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
out=$(E2E_RELIABILITY=all E2E_MEASURED=$measured E2E_SEED=$SEED go test -count=1 -timeout 60m -v -run '^(TestReliability|TestDiskFull)$' ./internal/e2e) || {
	printf '%s\n' "$out"
	exit 1
}
printf '%s\n' "$out"
grep -q '^--- PASS: TestReliability' <<<"$out" || {
	echo "the table was not gone through" >&2
	exit 1
}
cp "$measured" bench/reliability.json
go test -count=1 -run '^TestReliabilityDocument$' ./internal/e2e -update >&2
printf '{"rows": %d, "disk_full": %d}\n' "$(grep -c '"row"' bench/reliability.json)" "$(grep -c '^--- PASS: TestDiskFull' <<<"$out")"
