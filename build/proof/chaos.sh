#!/usr/bin/env bash
# Faults of the table at random, on one cluster, for PROOF_CHAOS.
set -euo pipefail

lasts=${PROOF_CHAOS:-10m}
out=$(CHAOS_DURATION=$lasts E2E_SEED=$SEED go test -count=1 -timeout 0 -v -run '^TestChaos$' ./internal/e2e) || {
	printf '%s\n' "$out"
	exit 1
}
printf '%s\n' "$out"
faults=$(grep -cE 'fault [0-9]+: row' <<<"$out" || true)
grep -q '^--- PASS: TestChaos' <<<"$out" && [ "$faults" -gt 0 ] || {
	echo "there was no chaos" >&2
	exit 1
}
printf '{"lasted": "%s", "faults": %d}\n' "$lasts" "$faults"
