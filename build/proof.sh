#!/usr/bin/env bash
# The long counts and the foreign peers: proof.sh SEED PART
#
# Each executable build/proof/*.sh is a part: it is run from the root of the
# project, exits with other than 0 if what it proves does not hold, and prints one
# line of JSON (an object with what it counted) as the last line of its stdout.
# It finds SEED (a number to draw its random runs from) and BIN (the built
# programs) in its environment. The results go to bench/proof.json and, to be
# read, to docs/PROOF.md; both are committed.
#
# SEED 0 draws one. PART runs only the parts with this in their name.
set -euo pipefail
cd "$(dirname "$0")/.."

seed=${1:-0} only=${2-}
case $seed in
'' | *[!0-9]*)
	echo "SEED=$seed is not a number" >&2
	exit 2
	;;
esac
[ "$seed" -ne 0 ] || seed=$((RANDOM * 32768 + RANDOM + 1))
commit=$(git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo unknown)
export SEED=$seed BIN=$PWD/bin
logs=$(mktemp -d)
printf 'proof of %s with seed %s; what the parts print is in %s\n' "$commit" "$seed" "$logs"

rows='' failed=0 ran=0
for part in build/proof/*.sh; do
	name=$(basename "$part" .sh)
	case $name in *"$only"*) ;; *) continue ;; esac
	[ -x "$part" ] || continue
	ran=$((ran + 1))
	start=$SECONDS
	held=true
	"$part" >"$logs/$name.out" 2>"$logs/$name.err" </dev/null || held=false
	result=$(tail -n 1 "$logs/$name.out")
	case $result in
	'{'*'}') ;;
	*) held=false result='{}' ;;
	esac
	took=$((SECONDS - start))
	printf '%-14s held=%s %4d s  %s\n' "$name" "$held" "$took" "$result"
	if [ "$held" = false ]; then
		failed=$((failed + 1))
		tail -n 40 "$logs/$name.out" "$logs/$name.err" >&2
	fi
	[ -z "$rows" ] || rows+=,
	rows+=$(printf '\n  {"name": "%s", "held": %s, "seconds": %d, "seed": %s, "commit": "%s", "result": %s}' \
		"$name" "$held" "$took" "$seed" "$commit" "$result")
done
[ "$ran" -gt 0 ] || {
	printf 'no part is called %s; there are:\n' "$only" >&2
	ls build/proof/*.sh >&2
	exit 2
}

printf '[%s\n]\n' "$rows" >"$logs/proof.json"
go run ./build/proofdoc bench/proof.json "$logs/proof.json" docs/PROOF.md
if [ "$failed" -gt 0 ]; then
	echo "$failed of $ran parts do not hold; all they printed is in $logs" >&2
	exit 1
fi
rm -rf "$logs"
echo "$ran parts hold"
