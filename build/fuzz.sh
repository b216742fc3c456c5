#!/usr/bin/env bash
# Runs every fuzz target for a while: fuzz.sh TIME [PACKAGE...]. A target that
# fails leaves its input in the package's testdata/fuzz, to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."

time=${1:-10s}
shift || true
count=0 failed=()
while read -r dir; do
	package=./${dir#"$PWD"/}
	targets=$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null | sed 's/^func //' | sort -u) || continue
	for target in $targets; do
		printf '%s %s\n' "$package" "$target"
		count=$((count + 1))
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package" || failed+=("$package $target")
	done
done < <(go list -f '{{.Dir}}' "${@:-./...}")
[ "$count" -gt 0 ] || {
	echo "no fuzz target in ${*:-./...}" >&2
	exit 1
}
if [ ${#failed[@]} -gt 0 ]; then
	printf 'FAILED %s\n' "${failed[@]}" >&2
	exit 1
fi
echo "$count fuzz targets, $time each: ok"
