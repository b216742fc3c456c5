#!/usr/bin/env bash
# Two versions side by side: an older commit of this repository is upgraded to
# this tree under load, process by process; and this tree to a made-up next
# version with one more step of the schema, and back.
set -euo pipefail

# The last commit before schema_marks: its newest step is 4, and it has leases,
# the bus on Redis and RESUME. It runs on beside a newer schema and cannot begin
# on one (docs/adr/0030).
pinned=${PROOF_PINNED:-351e9e44d4d1a8a7bfae1ef6d76f556bf4acd998}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build TREE VERSION puts the platformd of a tree into $work/VERSION.
build() { (cd "$1" && go build -ldflags "-X main.version=$2" -o "$work/$2" ./cmd/platformd); }

mkdir "$work/old" "$work/tree"
git archive "$pinned" | tar -x -C "$work/old"
git archive HEAD | tar -x -C "$work/tree"
build "$work/old" v0.1.0
build "$work/tree" v0.2.0

# The next version knows one more step: a table of its own, a column with a
# default in a table that is written all the time, and that this one may go on.
last=$(cd "$work/tree/schema/migrations/sqlite" && printf '%s\n' *.sql | tail -n 1 | cut -d_ -f1)
known=$((10#$last)) next=$((10#$last + 1))
for engine in sqlite postgres; do
	cat >"$work/tree/schema/migrations/$engine/$(printf '%05d' "$next")_proof.sql" <<-SQL
		-- +goose Up
		CREATE TABLE novelties (id INTEGER NOT NULL PRIMARY KEY, what TEXT NOT NULL);
		ALTER TABLE effects ADD COLUMN novelty TEXT NOT NULL DEFAULT '';
		INSERT INTO schema_marks (version, compatible_from) VALUES ($next, $known);

		-- +goose Down
		DELETE FROM schema_marks WHERE version = $next;
		ALTER TABLE effects DROP COLUMN novelty;
		DROP TABLE novelties;
	SQL
done
build "$work/tree" v0.3.0

# roll FROM TO BACK runs the test with two of the programs.
roll() {
	local out
	out=$(E2E_FROM=$work/$1 E2E_TO=$work/$2 E2E_BACK=$3 go test -count=1 -timeout 60m -v -run '^TestRolling$' ./internal/e2e) || {
		printf '%s\n' "$out"
		exit 1
	}
	printf '%s\n' "$out"
	grep -q '^--- PASS: TestRolling' <<<"$out" || {
		echo "nothing was rolled" >&2
		exit 1
	}
}
roll v0.1.0 v0.2.0 refused
roll v0.2.0 v0.3.0 yes

printf '{"pinned": "%s", "schema": %d, "upgrades": 2, "downgrades": 1, "processes_each": 6}\n' "$pinned" "$known"
