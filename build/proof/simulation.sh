#!/usr/bin/env bash
# The seeded simulation of the core, over many more worlds than make test runs.
set -euo pipefail

worlds=${PROOF_WORLDS:-20000}
out=$(MUSIC_SEEDS=$worlds MUSIC_FIRST_SEED=$SEED go test -count=1 -timeout 60m -v -run '^TestSimulation' ./internal/core/music) || {
	printf '%s\n' "$out"
	exit 1
}
printf '%s\n' "$out"
counted=$(sed -nE 's/.*: ([0-9]+) worlds, ([0-9]+) inputs.*/{"worlds": \1, "inputs": \2}/p' <<<"$out")
# A simulation that is not there any more must not count as one that passed.
[ -n "$counted" ] || {
	echo "no simulation ran" >&2
	exit 1
}
printf '%s\n' "$counted"
