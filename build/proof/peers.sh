#!/usr/bin/env bash
# The foreign peers of `make proof`: unmodified discord.js and lavalink-client
# complete sessions against the simulators. Prints one line of JSON for
# each with its checks, then one that sums them up, and exits with 1 if anything
# failed. What a program has to say on the way, and the simulator's log of one
# that failed, goes to standard error.
#
#   build/proof/peers.sh [program...]   all of peers/*.mjs that are programs by default
#
# BIN names a directory with a platformd that is built already; without it one
# is built from the tree. Needs Node.js 20 or newer with npm.
set -euo pipefail

# The versions that are proven against. Changing one is a change like another.
# gateway is the newer one of discord.js's gateway packages, alone: it is the one
# that inflates a zlib-stream without a native addon.
packages=(discord.js@14.28.1 lavalink-client@2.11.0 gateway@npm:@discordjs/ws@2.0.4)
programs=(discordjs components shards limits lavalinkclient failover)
# What a program may take, in seconds; they need up to three quarters of a minute.
limit=180

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
peers=("$@")
[ $# -gt 0 ] || peers=("${programs[@]}")

work=$(mktemp -d)
sim=
stop() {
  if [ -n "$sim" ]; then
    kill "$sim" 2>/dev/null || true
    wait "$sim" 2>/dev/null || true
    sim=
  fi
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

die() {
  printf '{"error": "%s"}\n' "$1"
  exit 1
}

for p in "${peers[@]}"; do
  [[ " ${programs[*]} " == *" $p "* ]] || die "there is no program $p; known are ${programs[*]}"
done
command -v node >/dev/null && command -v npm >/dev/null || die "Node.js 20 or newer with npm is needed"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die "Node.js 20 or newer with npm is needed"

platformd=${BIN:-$work}/platformd
if [ -z "${BIN:-}" ]; then
  (cd "$root" && go build -o "$platformd" ./cmd/platformd) || die "platformd does not build"
fi
[ -x "$platformd" ] || die "BIN names no directory with a platformd"

cp "$here"/peers/*.mjs "$work/"
printf '{"private":true}\n' >"$work/package.json"
(cd "$work" && npm install --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error "${packages[@]}" >&2) ||
  die "npm could not install the packages"

# start runs a world of its own on a free port and sets sim and address.
start() {
  local out=$work/$1.out
  : >"$out"
  "$platformd" sim --data-dir "$work/$1.world" --listen 127.0.0.1:0 >"$out" 2>"$work/$1.log" &
  sim=$!
  for ((i = 0; i < 200; i++)); do
    address=$(awk '$1 == "address" {print $2}' "$out")
    [ -z "$address" ] || return 0
    kill -0 "$sim" 2>/dev/null || break
    sleep 0.05
  done
  cat "$work/$1.log" >&2
  die "the simulators do not start"
}

failed=0
for p in "${peers[@]}"; do
  start "$p"
  if ! result=$(cd "$work" && timeout "$limit" node "$p.mjs" "$address"); then
    failed=1
    cat "$work/$p.log" >&2
  fi
  # A program that was stopped by the limit has said nothing.
  [ -n "$result" ] || result=$(printf '{"peer":"%s","packages":{},"checks":[],"failed":"no result within %s s"}' "$p" "$limit")
  printf '%s\n' "$result" | tee -a "$work/results"
  stop
done

# The sum: the versions, how many checks held, and what failed if anything did.
node -e '
  const all = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((l) => JSON.parse(l));
  const sum = { node: process.versions.node, checks: 0 };
  for (const r of all) {
    Object.assign(sum, r.packages);
    sum.checks += r.checks.length;
    if (r.failed) sum.failed = `${r.peer}: ${r.failed}`;
  }
  console.log(JSON.stringify(sum));
' "$work/results"
exit "$failed"
