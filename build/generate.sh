#!/usr/bin/env bash
# Writes the files that are derived from code anew. The test that guards a file
# against drift is also what writes it. With --check nothing stays changed: what
# differs is shown, and the exit code is 1.
set -euo pipefail
cd "$(dirname "$0")/.."

# What is derived: the package whose test writes it, and the path.
derived=(
	'./internal/config            schema/config.json'
	'./internal/httpapi           schema/openapi.yaml'
	'./internal/discord/command   internal/discord/command/testdata'
	'./internal/discord/render    internal/discord/render/testdata'
)

packages=() flagged=() paths=()
for line in "${derived[@]}"; do
	read -r package path <<<"$line"
	paths+=("$path")
	# Tests are told to write by a flag of theirs or by the environment.
	if grep -qs 'flag.Bool("update"' "$package"/*_test.go; then
		flagged+=("$package")
	else
		packages+=("$package")
	fi
done

write() {
	local out
	out=$({ UPDATE=1 go test -count=1 "${packages[@]}" && go test -count=1 "${flagged[@]}" -update; } 2>&1) || {
		printf '%s\n' "$out" >&2
		return 1
	}
}

if [ "${1-}" != --check ]; then
	write
	exit
fi

before=$(mktemp -d)
restore() {
	local path
	for path in "${paths[@]}"; do
		rm -rf "$path"
		cp -Rp "$before/$path" "$path"
	done
	rm -rf "$before"
}
for path in "${paths[@]}"; do
	mkdir -p "$before/$(dirname "$path")"
	cp -Rp "$path" "$before/$path"
done
trap restore EXIT
write
code=0
for path in "${paths[@]}"; do
	diff -ru "$before/$path" "$path" || code=1
done
if [ "$code" -ne 0 ]; then
	echo "derived files are not what the code says; run make generate and commit what it changed" >&2
fi
exit "$code"
