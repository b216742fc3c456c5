#!/usr/bin/env bash
# Processes of a cluster are killed and ended at random points: nobody hears it.
set -euo pipefail

strikes=${PROOF_STRIKES:-40}
out=$(E2E_STRIKES=$strikes E2E_SEED=$SEED go test -count=1 -timeout 120m -v -run '^TestClusterOverAndOver$' ./internal/e2e) || {
	printf '%s\n' "$out"
	exit 1
}
printf '%s\n' "$out"
grep -q '^--- PASS: TestClusterOverAndOver' <<<"$out" || {
	echo "the cluster was not struck" >&2
	exit 1
}
printf '{"strikes": %d}\n' "$strikes"
