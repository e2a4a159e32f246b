#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds ui/dist when its sources are newer than the last build.
set -eu
cd "$(dirname "$0")/../ui"
stamp=dist/manifest.json
if [ -f "$stamp" ] && [ -z "$(find src package.json package-lock.json index.html vite.config.* build* scripts \
    -newer "$stamp" -type f 2>/dev/null | head -n 1)" ]; then
    exit 0
fi
[ -d node_modules ] && [ node_modules -nt package-lock.json ] || {
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    touch node_modules
}
npm run --silent build >&2
