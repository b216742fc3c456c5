#!/bin/sh
# Tests install.sh against releases made here and served on loopback, with a
# latest release that is found by a redirect as on the real page.
set -eu
cd "$(dirname "$0")"

work=$(mktemp -d)
server=
cleanup() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
passed=0 failed=0

sha() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# release VERSION makes a release for every system below $work/releases.
release() {
	to=$work/releases/download/$1
	mkdir -p "$to" "$work/content"
	for program in platformd platformctl; do
		printf '#!/bin/sh\necho %s %s\n' "$program" "$1" >"$work/content/$program"
	done
	for system in linux_amd64 linux_arm64 darwin_amd64 darwin_arm64; do
		tar -czf "$to/platform_${1#v}_$system.tar.gz" -C "$work/content" platformd platformctl
	done
	(cd "$to" && sha ./*.tar.gz | sed 's|\./||' >checksums.txt)
}

# run STATUS ARGUMENTS... runs install.sh and keeps what it prints in $out.
run() {
	want=$1
	shift
	status=0
	out=$(HOME=$work/home sh ./install.sh "$@" 2>&1) || status=$?
	[ "$status" -eq "$want" ] || {
		printf '%s\n' "$out"
		echo "exit code $status, want $want"
		return 1
	}
}
has() {
	case $out in *"$1"*) ;; *)
		printf '%s\n' "$out"
		echo "does not say: $1"
		return 1
		;;
	esac
}
is() { # is FILE TEXT: running the file prints the text
	[ -x "$1" ] && [ "$("$1")" = "$2" ] || {
		echo "$1 does not print $2"
		return 1
	}
}
nothing() { # nothing was installed in this directory
	[ ! -e "$1/platformd" ] && [ ! -e "$1/platformctl" ] && [ -z "$(ls -A "$1" 2>/dev/null)" ] || {
		ls -A "$1"
		echo "something was installed"
		return 1
	}
}

check() { # check NAME FUNCTION
	if problem=$(set -e; "$2" 2>&1); then
		passed=$((passed + 1))
		printf 'ok    %s\n' "$1"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n%s\n' "$1" "$problem"
	fi
}

release v1.2.3
release v1.3.0
go build -o "$work/fixture" ./build/releasefixture
"$work/fixture" "$work/releases" v1.3.0 >"$work/address" &
server=$!
tries=0
while [ ! -s "$work/address" ]; do
	tries=$((tries + 1))
	[ "$tries" -le 100 ] && kill -0 "$server" 2>/dev/null || {
		echo "the server of the test did not start" >&2
		exit 1
	}
	sleep 0.1
done
PLATFORM_RELEASES=$(cat "$work/address")/releases
export PLATFORM_RELEASES

# Each test is a chain: the shell does not stop by itself inside of a condition.
installs() {
	run 0 --version v1.2.3 --dir "$work/a/bin" && has "platformd and platformctl v1.2.3 are in $work/a/bin" && has "is not in PATH" &&
		is "$work/a/bin/platformd" "platformd v1.2.3" && is "$work/a/bin/platformctl" "platformctl v1.2.3"
}
upgrades() {
	run 0 --version=1.3.0 --dir="$work/a/bin" && is "$work/a/bin/platformd" "platformd v1.3.0" &&
		is "$work/a/bin/platformctl" "platformctl v1.3.0"
}
tells_systems_apart() {
	for system in Linux:x86_64:linux_amd64 Linux:aarch64:linux_arm64 Darwin:x86_64:darwin_amd64 Darwin:arm64:darwin_arm64; do
		PLATFORM_OS=${system%%:*}
		PLATFORM_ARCH=$(echo "$system" | cut -d: -f2)
		export PLATFORM_OS PLATFORM_ARCH
		run 0 --version v1.2.3 --dir "$work/x" --dry-run && has "/download/v1.2.3/platform_1.2.3_${system##*:}.tar.gz" || return 1
	done
}
other_systems() {
	PLATFORM_OS=Plan9 && export PLATFORM_OS
	run 1 --version v1.2.3 --dir "$work/b" && has "build from source" && nothing "$work/b" || return 1
	PLATFORM_OS=Linux PLATFORM_ARCH=mips && export PLATFORM_ARCH
	run 1 --version v1.2.3 --dir "$work/b" && has "build from source" && nothing "$work/b"
}
dry_run() {
	run 0 --version v1.2.3 --dir "$work/c" --dry-run && has "would install" && has "checksums.txt" && [ ! -e "$work/c" ]
}
changed_archive() {
	release v6.6.6
	for f in "$work"/releases/download/v6.6.6/*.tar.gz; do cp "$work/releases/download/v1.2.3/platform_1.2.3_linux_amd64.tar.gz" "$f"; done
	mkdir "$work/d"
	run 1 --version v6.6.6 --dir "$work/d" && has "is not what was released" && nothing "$work/d"
}
unlisted_archive() {
	release v6.6.7
	: >"$work/releases/download/v6.6.7/checksums.txt"
	mkdir "$work/e"
	run 1 --version v6.6.7 --dir "$work/e" && has "does not name" && nothing "$work/e"
}
cut_archive() {
	release v6.6.8
	for f in "$work"/releases/download/v6.6.8/*.tar.gz; do head -c 60 "$f" >"$f.cut" && mv "$f.cut" "$f"; done
	(cd "$work/releases/download/v6.6.8" && sha ./*.tar.gz | sed 's|\./||' >checksums.txt)
	mkdir "$work/f"
	run 1 --version v6.6.8 --dir "$work/f" && has "does not hold" && nothing "$work/f"
}
no_such_version() {
	mkdir "$work/g"
	run 1 --version v9.9.9 --dir "$work/g" && has "is v9.9.9 a release?" && nothing "$work/g"
}
bad_arguments() {
	run 2 --nonsense && has "what is --nonsense?" && run 2 --version && has "wants a value" &&
		run 2 --dir '' && run 2 --version '../../x' && has "is not a version" && run 2 --version 'v1 2'
}
directory_in_the_way() {
	: >"$work/file"
	run 1 --version v1.2.3 --dir "$work/file/bin" && has "choose another with --dir"
}
help() { run 0 --help && has "Usage: install.sh"; }
latest() {
	run 0 --dir "$work/h" && has "v1.3.0 are in $work/h" && is "$work/h/platformd" "platformd v1.3.0"
}
# Without curl, wget does the same: a PATH that has all but curl.
without_curl() {
	mkdir "$work/path"
	for tool in sh wget uname mktemp rm awk sed tail tr tar gzip mkdir chmod cp mv cat sha256sum shasum; do
		at=$(command -v "$tool") && ln -s "$at" "$work/path/$tool" || :
	done
	PATH=$work/path
	export PATH
	run 0 --dir "$work/i" && has "v1.3.0 are in $work/i" && [ -x "$work/i/platformctl" ] || return 1
	rm "$work/path/wget"
	run 1 --dir "$work/j" && has "neither curl nor wget"
}
# A download that cannot be checked is not installed.
without_sums() {
	mkdir "$work/bare"
	for tool in sh curl wget uname mktemp rm awk sed tail tr tar gzip mkdir chmod cp mv cat; do
		at=$(command -v "$tool") && ln -s "$at" "$work/bare/$tool" || :
	done
	PATH=$work/bare
	export PATH
	run 1 --version v1.2.3 --dir "$work/k" && has "cannot be checked is not installed" && [ ! -e "$work/k" ]
}
no_page() {
	PLATFORM_RELEASES=$PLATFORM_RELEASES/none
	export PLATFORM_RELEASES
	run 1 --dir "$work/l" && has "does not answer" && [ ! -e "$work/l" ]
}

check "installs what was asked for" installs
check "replaces an older version" upgrades
check "takes the archive of the system" tells_systems_apart
check "refuses systems without a release" other_systems
check "does nothing in a dry run" dry_run
check "refuses an archive that was changed" changed_archive
check "refuses an archive that is not in the list" unlisted_archive
check "refuses an archive that is not one" cut_archive
check "refuses a version that is not there" no_such_version
check "refuses bad arguments" bad_arguments
check "says where it cannot write" directory_in_the_way
check "has help" help
check "finds the latest release" latest
if command -v wget >/dev/null; then
	check "does with wget what it does with curl" without_curl
fi
check "installs nothing that it cannot check" without_sums
check "says where it found no releases" no_page

printf 'install.sh: %d tests passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
