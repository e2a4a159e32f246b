#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds ui/dist when its sources (or the kinds, whose icons it carries) are newer than the last build.
set -eu
cd "$(dirname "$0")/../ui"
stamp=dist/manifest.json
if [ -f "$stamp" ] && [ -z "$(find . ../model/kinds -name node_modules -prune -o -name dist -prune -o \
    -name icons.ts -prune -o -name sprite.svg -prune -o -newer "$stamp" -type f -print | head -n 1)" ]; then
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
build() {
    # The mark is made last: what an interrupted install left behind is not taken for one.
    [ node_modules/.installed -nt package-lock.json ] || {
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
        touch node_modules/.installed
    }
    npm run --silent build
}
build >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
