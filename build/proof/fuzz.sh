#!/usr/bin/env bash
# Every fuzz target for a minute.
set -euo pipefail

time=${PROOF_FUZZTIME:-60s}
out=$(build/fuzz.sh "$time")
printf '%s\n' "$out"
targets=$(sed -nE 's/^([0-9]+) fuzz targets, .*: ok$/\1/p' <<<"$out")
printf '{"targets": %d, "time_each": "%s"}\n' "$targets" "$time"
