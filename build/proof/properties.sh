#!/usr/bin/env bash
# Every property, drawn many more times than make test does.
set -euo pipefail

checks=${PROOF_CHECKS:-5000}
packages=0
# Only the packages whose tests use rapid know its flags.
while read -r package; do
	go test -count=1 -timeout 60m "$package" -rapid.checks="$checks" -rapid.seed="$SEED"
	packages=$((packages + 1))
done < <(go list -f '{{if or .TestImports .XTestImports}}{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}{{end}}' ./... |
	awk '/ pgregory\.net\/rapid( |$)/ {print $1}')
[ "$packages" -gt 0 ]
printf '{"checks_each": %d, "packages": %d}\n' "$checks" "$packages"
