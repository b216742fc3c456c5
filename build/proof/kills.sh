#!/usr/bin/env bash
# kill -9 at random points, with the simulators inside the daemon and apart.
set -euo pipefail

kills=${PROOF_KILLS:-200}
out=$(E2E_KILLS=$kills E2E_SEED=$SEED go test -count=1 -timeout 180m -v -run 'Kill' ./internal/e2e) || {
	printf '%s\n' "$out"
	exit 1
}
printf '%s\n' "$out"
passed=$(grep -cE '^ *--- PASS: Test[A-Za-z]*Kill' <<<"$out" || true)
[ "$passed" -gt 0 ] || {
	echo "no test of kills ran" >&2
	exit 1
}
printf '{"kills_each": %d, "tests": %d}\n' "$kills" "$passed"
