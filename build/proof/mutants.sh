#!/usr/bin/env bash
# Faults that are built in by the tag knownfault must be found: with each of them
# the tests named here have to fail, and without one the same build holds.
set -euo pipefail

# fault, package, tests, how long they may take
table='
ack        ./internal/partition      ^TestNothingIsToldBeforeTheCommit$            2m
key        ./internal/partition      ^TestCommandThatComesTwiceIsCarriedOutOnce$   1m
fence      ./internal/store/sqlstore ^(TestSQLite|TestPostgres)$/^Fence$           5m
cursor     ./internal/store/sqlstore ^TestACursorPassesNothingThatIsBeingWritten$  5m
generation ./internal/bus/redis      ^(TestRestartThatKeepsNothing|TestFlushedUnderLoad)$ 2m
'
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# try FAULT PACKAGE TESTS TIMEOUT
try() {
	KNOWNFAULT=$1 go test -tags knownfault -count=1 -timeout "$4" -v -run "$3" "$2" >"$out" 2>&1 </dev/null
}

found=0 held=0
while read -r fault package tests within; do
	[ -n "$fault" ] || continue
	case $fault in *"${MUTANT-}"*) ;; *) continue ;; esac
	if ! try none "$package" "$tests" "$within" || ! grep -qE '^ *--- PASS' "$out"; then
		cat "$out"
		echo "$package $tests does not hold without a fault" >&2
		exit 1
	fi
	held=$((held + 1))
	if try "$fault" "$package" "$tests" "$within"; then
		cat "$out"
		echo "$package $tests does not find the fault $fault" >&2
		exit 1
	fi
	grep -qE '^ *--- FAIL|^panic: test timed out' "$out" || {
		cat "$out"
		echo "$package $tests with the fault $fault did not run" >&2
		exit 1
	}
	echo "$package $tests finds $fault"
	found=$((found + 1))
done <<<"$table"
[ "$found" -gt 0 ] || {
	echo "no fault was tried" >&2
	exit 1
}
printf '{"faults_found": %d, "held_without": %d}\n' "$found" "$held"
