#!/usr/bin/env bash
# Builds a tool: tool.sh PATH MODULE@VERSION. The file appears whole or not at
# all, so that an interrupted build is not taken for a tool.
set -euo pipefail

target=$1 module=$2
dir=$(dirname "$target")
mkdir -p "$dir"
work=$(mktemp -d "$dir/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "building ${module##*/} (once; it is kept in ${dir%/*})" >&2
# A tool is built for this machine and with its own dependencies.
if ! GOBIN=$(cd "$work" && pwd) GOFLAGS= GOOS= GOARCH= GOWORK=off go install "$module"; then
	echo "could not build $module: it is fetched through the Go module proxy (go env GOPROXY); is there a network?" >&2
	exit 1
fi
mv "$work/$(basename "$target")" "$target"
