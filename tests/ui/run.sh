#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The pages in a real Chromium against the real server with the demo organisation: unit tests of the pages,
# then accessibility on every route, then journeys. Prints `ok NAME` / `not ok NAME`.
set -u
cd "$(dirname "$0")/../.."
aimwell=${AIMWELL:-build/aimwell}
work=$(mktemp -d)
server=""
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT INT TERM
if (cd ui && npx --no-install vitest run >"$work/vitest.txt" 2>&1); then
    echo "ok ui unit"
else
    tail -n 40 "$work/vitest.txt" >&2
    echo "not ok ui unit"
fi
if (cd ui && npm run --silent check >"$work/check.txt" 2>&1); then
    echo "ok ui types"
else
    tail -n 30 "$work/check.txt" >&2
    echo "not ok ui types"
fi
"$aimwell" serve --demo --data "$work/demo" --listen 127.0.0.1:0 >"$work/serve.txt" 2>&1 &
server=$!
i=0
until grep -q 'http://127' "$work/serve.txt"; do
    i=$((i + 1))
    [ $i -lt 300 ] && kill -0 "$server" 2>/dev/null || { cat "$work/serve.txt" >&2; echo "not ok ui server"; exit 1; }
    sleep 0.2
done
base=$(grep -o 'http://127[0-9.:]*' "$work/serve.txt" | head -n 1)
BASE=$base node tests/ui/pages.mjs
BASE=$base node tests/ui/journeys.mjs
grep -q 'Sanitizer\|runtime error' "$work/serve.txt" && { grep -A20 'Sanitizer\|runtime error' "$work/serve.txt" >&2; echo "not ok ui server sanitizers"; }
exit 0
