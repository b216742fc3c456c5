#!/usr/bin/env bash
# A cluster, every role a process of its own, is kept at half of what it can do:
# memory, what waits in the streams and the slowest commands stay as they are.
set -euo pipefail

minutes=${PROOF_HALF_MINUTES:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$BIN/bench"
go build -trimpath -o "$BIN/bench/" ./bench/barebot
# It exits with 1 where a goal is missed.
go run ./bench -bin "$BIN" -only cluster-ceiling,cluster-half,cluster-plays-lost -steady "${minutes}m" -results "$work/rows.json"
awk -v minutes="$minutes" '
	/"name":/ { gsub(/[",]/, "", $2); gsub(/-/, "_", $2); name = $2 }
	/"value":/ { gsub(/,/, "", $2); out = out sprintf(", \"%s\": %s", name, $2) }
	END { printf "{\"minutes\": %s%s}\n", minutes, out }
' "$work/rows.json"
