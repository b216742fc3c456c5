#!/bin/sh
# Installs platformd and platformctl from a release: it finds out the system,
# downloads the archive and the checksums, compares, and only then installs.
set -eu

releases=${PLATFORM_RELEASES:-https://github.com/atrilhq/platform/releases}
version=latest
dir=
dry_run=false

usage() {
	cat <<'USAGE'
Usage: install.sh [--version VERSION] [--dir DIRECTORY] [--dry-run]

  --version VERSION  the release, such as v1.2.3; the latest one if not given
  --dir DIRECTORY    where the programs go; /usr/local/bin if it can be written,
                     else ~/.local/bin
  --dry-run          say what would be done; download and install nothing

PLATFORM_RELEASES names another page of releases, for mirrors.
USAGE
}

say() { printf '%s\n' "install.sh: $*" >&2; }
fail() {
	say "$*"
	exit 1
}
wrong() {
	say "$*"
	usage >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--version | --dir)
		[ $# -ge 2 ] && [ -n "$2" ] || wrong "$1 wants a value"
		case $1 in
		--version) version=$2 ;;
		--dir) dir=$2 ;;
		esac
		shift
		;;
	--version=?*) version=${1#*=} ;;
	--dir=?*) dir=${1#*=} ;;
	--dry-run) dry_run=true ;;
	-h | --help)
		usage
		exit 0
		;;
	*) wrong "what is $1?" ;;
	esac
	shift
done

# A version becomes part of an address and of a file name.
case $version in
*[!0-9A-Za-z.+-]*) wrong "$version is not a version" ;;
esac

case ${PLATFORM_OS:-$(uname -s)} in
Linux) os=linux ;;
Darwin) os=darwin ;;
*) fail "there are releases for Linux and macOS, not for $(uname -s); build from source: go build ./cmd/..." ;;
esac
case ${PLATFORM_ARCH:-$(uname -m)} in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) fail "there are releases for amd64 and arm64, not for $(uname -m); build from source: go build ./cmd/..." ;;
esac

if command -v curl >/dev/null; then
	get() { curl -fsSL --retry 2 --max-time 300 -o "$2" "$1"; }
	# Where the page of the latest release leads to ends with its version.
	final() { curl -fsSL --max-time 60 -o /dev/null -w '%{url_effective}' "$1"; }
elif command -v wget >/dev/null; then
	get() { wget -q -T 300 -O "$2" "$1"; }
	final() { wget -S -T 60 -O /dev/null "$1" 2>&1 | sed -n 's/^ *[Ll]ocation: *\([^ ]*\).*/\1/p' | tail -n 1; }
else
	fail "neither curl nor wget is here; install one of them"
fi
if command -v sha256sum >/dev/null; then
	sum() { sha256sum "$1"; }
elif command -v shasum >/dev/null; then
	sum() { shasum -a 256 "$1"; }
else
	fail "neither sha256sum nor shasum is here; a download that cannot be checked is not installed"
fi

if [ "$version" = latest ]; then
	page=$(final "$releases/latest") || fail "$releases/latest does not answer"
	version=$(printf '%s\n' "$page" | tr -d '\r' | sed -n 's|.*/tag/\([0-9A-Za-z.+-]*\)$|\1|p')
	[ -n "$version" ] || fail "$releases names no latest release; choose one with --version"
fi
case $version in
v*) ;;
*) version=v$version ;;
esac

if [ -z "$dir" ]; then
	dir=/usr/local/bin
	[ -w "$dir" ] || dir=${HOME:?}/.local/bin
fi
archive=platform_${version#v}_${os}_${arch}.tar.gz
from=$releases/download/$version

if [ "$dry_run" = true ]; then
	printf 'would download %s\nwould check it against %s\nwould install platformd and platformctl in %s\n' \
		"$from/$archive" "$from/checksums.txt" "$dir"
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

get "$from/checksums.txt" "$work/checksums.txt" || fail "$from/checksums.txt cannot be downloaded; is $version a release?"
get "$from/$archive" "$work/$archive" || fail "$from/$archive cannot be downloaded"
want=$(awk -v name="$archive" '$2 == name || $2 == "*" name {print $1}' "$work/checksums.txt")
[ -n "$want" ] || fail "checksums.txt does not name $archive; nothing is installed"
got=$(sum "$work/$archive" | awk '{print $1}')
[ "$want" = "$got" ] || fail "$archive is not what was released (sha256 $got, released $want); nothing is installed"

mkdir "$work/unpacked"
tar -xzf "$work/$archive" -C "$work/unpacked" platformd platformctl || fail "$archive does not hold platformd and platformctl"
mkdir -p "$dir" 2>/dev/null || fail "$dir cannot be made; choose another with --dir"
for program in platformd platformctl; do
	chmod 755 "$work/unpacked/$program"
	# Copied beside its place and renamed: a running program is not written over,
	# and nobody sees half a file.
	{ cp "$work/unpacked/$program" "$dir/.$program.new" && mv -f "$dir/.$program.new" "$dir/$program"; } 2>/dev/null || {
		rm -f "$dir/.$program.new" 2>/dev/null || :
		fail "$dir cannot be written; choose another with --dir, or run this with sudo"
	}
done
say "platformd and platformctl $version are in $dir"
case :$PATH: in
*":$dir:"*) ;;
*) say "$dir is not in PATH; add it" ;;
esac
say "next: platformd --sandbox"
