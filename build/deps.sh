#!/usr/bin/env bash
# Installs what the tests need beside Go, where it is missing: a C compiler (the
# race detector on Linux needs one), curl or wget, PostgreSQL (the store is
# tested on a real one, which the tests start and stop themselves; no running
# server is used), Redis (the bus between processes, in the same way), and
# Chromium, in which the sandbox's page is tested.
#
# --list only tells what is missing, one package a line, and changes nothing.
set -euo pipefail

os=$(uname -s)
missing=()

# A server counts as there when the tests will find it: in PATH or where
# packages put it.
postgres_found() {
	command -v initdb >/dev/null && command -v postgres >/dev/null && return
	local dir
	for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
		[ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && return
	done
	return 1
}

redis_found() {
	command -v redis-server >/dev/null && return
	local dir
	for dir in /usr/local/bin /opt/homebrew/opt/redis*/bin /usr/local/opt/redis*/bin; do
		[ -x "$dir/redis-server" ] && return
	done
	return 1
}

chromium_found() {
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
		[ -x /Applications/Chromium.app/Contents/MacOS/Chromium ] || [ -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' ]
}

need() { # need APT-PACKAGE BREW-PACKAGE
	case $os in
	Darwin) [ -z "$2" ] || missing+=("$2") ;;
	*) missing+=("$1") ;;
	esac
}

command -v go >/dev/null || {
	echo "go is not in PATH; install the Go release that go.mod names" >&2
	exit 1
}
command -v git >/dev/null || need git git
command -v make >/dev/null || need make make
if [ "$os" = Linux ]; then
	command -v "$(go env CC)" >/dev/null || need gcc ''
	[ -e /usr/include/stdlib.h ] || need libc6-dev ''
fi
command -v curl >/dev/null || command -v wget >/dev/null || need curl curl # install.sh is tested too
postgres_found || need postgresql postgresql@17
command -v promtool >/dev/null || need prometheus prometheus # promtool tests the alerts
redis_found || need redis-server redis
chromium_found || need chromium ''

if [ "${1-}" = --list ]; then
	[ ${#missing[@]} -eq 0 ] || printf '%s\n' "${missing[@]}"
	exit
fi
[ ${#missing[@]} -gt 0 ] || exit 0

give_up() {
	printf 'missing: %s\n%s\n' "${missing[*]}" "$1" >&2
	exit 1
}

if [ "$os" = Darwin ]; then
	command -v brew >/dev/null || give_up "install Homebrew, or these packages in another way"
	echo "installing: ${missing[*]}" >&2
	HOMEBREW_NO_AUTO_UPDATE=1 brew install "${missing[@]}"
elif command -v apt-get >/dev/null; then
	as_root=()
	if [ "$(id -u)" -ne 0 ]; then
		if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
			give_up "installing needs root; run as root or through sudo: apt-get install --no-install-recommends ${missing[*]}"
		fi
		as_root=(sudo)
	fi
	echo "installing: ${missing[*]}" >&2
	# RUNLEVEL=1 keeps the package from starting a server that nobody asked for.
	run() { ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -o Acquire::Retries=3 "$@"; }
	run update </dev/null >&2 || echo "apt-get update failed; trying with what is known" >&2
	run install -y --no-install-recommends "${missing[@]}" </dev/null >&2 || give_up "apt-get could not install them"
else
	give_up "neither apt-get nor brew is here; install these in your system's way"
fi
postgres_found || give_up "PostgreSQL was installed, but initdb and postgres are not where the tests look (PATH, /usr/lib/postgresql/*/bin)"
redis_found || give_up "Redis was installed, but redis-server is not where the tests look (PATH, /usr/local/bin)"
