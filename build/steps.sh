#!/usr/bin/env bash
# Runs targets of the Makefile one after the other, all of them even if one
# fails, and sums up: steps.sh TARGET...
set -euo pipefail

summary='' failed=0
for target in "$@"; do
	printf '== %s\n' "$target"
	start=$SECONDS
	verdict=ok
	"${MAKE:-make}" "$target" </dev/null 2>&1 || verdict=FAILED
	[ "$verdict" = ok ] || failed=$((failed + 1))
	took=$((SECONDS - start))
	printf '== %s: %s (%d s)\n\n' "$target" "$verdict" "$took"
	summary+=$(printf '%-16s %-7s %4d s' "$target" "$verdict" "$took")$'\n'
done
printf '%s' "$summary"
if [ "$failed" -gt 0 ]; then
	printf '%d of %d steps FAILED; their output is above\n' "$failed" $#
	exit 1
fi
printf 'all %d steps passed in %d s\n' $# "$SECONDS"
