#!/usr/bin/env bash
# Refuses documents with links to files of this project that are not there.
set -euo pipefail
cd "$(dirname "$0")/.."

checked=0 broken=0
while IFS= read -r file; do
	# Links and images: what stands in the parentheses, without anchor and title.
	while IFS= read -r link; do
		case $link in '' | *://* | mailto:*) continue ;; esac
		checked=$((checked + 1))
		case $link in
		/*) target=.$link ;;
		*) target=$(dirname "$file")/$link ;;
		esac
		if [ ! -e "$target" ]; then
			echo "$file: there is no $link" >&2
			broken=$((broken + 1))
		fi
	done < <(awk '/^```/ {code = !code} !code' "$file" | grep -oE '\]\([^)]+\)' | sed -E 's/^\]\(//; s/\)$//; s/[#?].*//; s/ ".*//')
done < <(git ls-files --cached --others --exclude-standard -- '*.md')
[ "$broken" -eq 0 ] || exit 1
echo "links: $checked checked"
