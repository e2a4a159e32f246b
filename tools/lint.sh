#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Banned calls, files that speak of a machine, and the longest functions (a ratchet: tools/longest.txt),
# roles by their names.
set -eu
cd "$(dirname "$0")/.."
bad=0
say() { echo "lint: $*" >&2; bad=1; }
hits=$(grep -rnwE '(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|alloca|system)\(' src --include='*.c' --include='*.h' --include='*.cc' |
    grep -v '^[^:]*:[0-9]*: \*' || true)
[ -z "$hits" ] || say "banned calls:
$hits"
missing=$(for f in $(git ls-files 'src/*.c' 'src/*.h' 'src/*.cc'); do
    head -n 2 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f"
done)
[ -z "$missing" ] || say "no licence line: $missing"
roles=$(sed -n 's/^  "\([a-z_]*\)": {"code".*/\1/p' model/roles.json | grep -vx 'admin\|staff' | paste -sd'|')
hits=$(grep -rnE "[\"'/]($roles)[\"'/]" src --include='*.c' --include='*.h' | grep -v '^src/model/model.h:\|^src/monitor/event.c:' || true) # events have a member of that name
[ -z "$hits" ] || say "roles by name: what they may do is in model/roles.json, four that the engine knows in model/model.h:
$hits"
if command -v ctags >/dev/null 2>&1; then
    longest=$(ctags -R --languages=C --kinds-C=f --fields=+ne -o - src | awk -F'\t' '
        { l = ""; e = ""; for (i = 4; i <= NF; i++) { if ($i ~ /^line:/) l = substr($i, 6); if ($i ~ /^end:/) e = substr($i, 5) }
          if (l && e && e - l + 1 > m) { m = e - l + 1; n = $1 " in " $2 } } END { print m, n }')
    limit=$(cat tools/longest.txt)
    [ "${longest%% *}" -le "$limit" ] || say "the longest function got longer ($limit allowed): $longest"
fi
exit $bad
