#!/usr/bin/env bash
# Runs one step of `make test` and says how long it took: step.sh NAME COMMAND...
set -euo pipefail

name=$1
shift
printf '== %s\n' "$name"
start=$SECONDS
if "$@"; then
	printf '== %s: ok (%d s)\n\n' "$name" $((SECONDS - start))
else
	code=$?
	printf '== %s: FAILED (%d s)\n' "$name" $((SECONDS - start)) >&2
	exit "$code"
fi
