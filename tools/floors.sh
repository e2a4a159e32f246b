#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keeps the floors (src/FLOORS): a folder includes only the public headers of floors below it, or its own
# files; store/write.h only where a change may be made; SQL is built only in the three named files;
# no C and no page names a kind.
set -eu
cd "$(dirname "$0")/.."
bad=0
say() { echo "floors: $*" >&2; bad=1; }
floor() { awk -v f="$1" '$1 == f { print $2 }' src/FLOORS; }
for folder in $(awk '!/^#/ { print $1 }' src/FLOORS); do
    mine=$(floor "$folder")
    for file in $(find "src/$folder" -name '*.[ch]' -o -name '*.cc' | grep "^src/$folder/"); do
        for header in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
            other=${header%%/*}
            [ "$other" = "$folder" ] && continue
            [ "$header" = "${header#*/}" ] && continue # a file beside this one
            theirs=$(floor "$other")
            [ -n "$theirs" ] || { say "$file includes $header: no such floor"; continue; }
            [ "$theirs" -lt "$mine" ] || say "$file ($mine) includes $header ($theirs): not a floor below"
            case "$header" in
            "$other/$other.h") ;;
            store/write.h)
                case "$folder" in
                store|ledger|journal|access|record|monitor) ;;
                *) say "$file includes store/write.h: only the one door and its keepers may" ;;
                esac ;;
            *) say "$file includes $header: only $other/$other.h is public" ;;
            esac
        done
    done
done
kinds=$(ls model/kinds | sed 's/\.json$//' | grep _ | paste -sd '|')
hits=$(grep -rnwE "$kinds" src ui/src --include='*.c' --include='*.h' --include='*.ts' --include='*.svelte' 2>/dev/null |
    grep -v '/\*\|^[^:]*:[0-9]*: \*' || true)
[ -z "$hits" ] || say "a kind is named in code:
$hits"
hits=$(find src -name '*.c' | grep -vE '^src/(record/(table|query/[a-z]+)|store/(many|plan[a-z_]*)|model/judge/asked)\.c$' | sort |
    xargs python3 tools/built_sql.py || true)
[ -z "$hits" ] || say "SQL is put together outside the named files:
$hits"
exit $bad
