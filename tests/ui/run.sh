#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The pages in a real Chromium against the real server with the demo organisation: unit tests of the pages and
# their types, then every page looked at, then journeys. Prints `ok NAME` / `not ok NAME`.
# AIMWELL names the program (default build/aimwell); ONLY=words runs the tests whose name has them; SLOW=400 makes
# each answer take up to so many ms longer, which finds tests and pages that do not wait for it; BUSY=6 slows the browser.
#
#   run.sh [SUITE …]   only these; all when none is named. run.sh --list prints their names, the longest first.
set -u
# In the locale "C" Chromium names every download with a letter outside ASCII "download".
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.."
aimwell=${AIMWELL:-build/aimwell}
work=$(mktemp -d)
server=""
stop() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server"
    server=""
}
finish() {
    stop
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
step() { # name command…
    name=$1
    shift
    if "$@" >"$work/step.txt" 2>&1; then
        echo "ok ui $name"
    else
        tail -n 40 "$work/step.txt" >&2
        echo "not ok ui $name"
    fi
}
begin() { # a server of its own, with the demo organisation or with nobody: begin NAME
    demo=--demo
    [ "$1" = newcomer ] && demo="" && mkdir "$work/$1" # a folder with nothing in it
    [ "$1" = setup ] && demo="" && "$aimwell" init --data "$work/$1" --organisation "Ember Works" >"$work/init.txt" 2>&1
    site=""
    [ "$1" = shapes ] && site="--site tests/ui/site"
    "$aimwell" serve $demo $site --data "$work/$1" --listen 127.0.0.1:0 >"$work/$1.txt" 2>&1 &
    server=$!
    i=0
    until grep -qs 'http://127' "$work/$1.txt"; do
        i=$((i + 1))
        [ $i -lt 900 ] && kill -0 "$server" 2>/dev/null || { cat "$work/$1.txt" >&2; return 1; }
        sleep 0.2
    done
    sleep 0.2
    BASE=$(grep -o 'http://127[0-9.:]*' "$work/$1.txt" | head -n 1)
    SETUP=$(grep -o 'http://127[^ ]*/setup[^ ]*#[^ ]*' "$work/$1.txt")
    DATA=$work/$1
    export BASE DATA SETUP
}
suite() { # the pages, then what the server said meanwhile: suite NAME
    begin "$1" || { echo "not ok ui server for $1"; return; }
    node "tests/ui/$1.mjs"
    stop
    if [ ! -s "$work/$1.txt" ] || grep -q 'Sanitizer\|runtime error' "$work/$1.txt"; then
        grep -A20 'Sanitizer\|runtime error' "$work/$1.txt" >&2
        echo "not ok ui server during $1"
    else
        echo "ok ui server during $1"
    fi
}
all="pages classify journeys states hands daily days twenty shapes newcomer setup transfer fields today charts turns questions tell documents voice public acknowledge shown story wizard trace help peek review unit types below bring stopped"
[ "${1:-}" = --list ] && { printf '%s\n' $all; exit 0; }
for one in ${*:-$all}; do
    case $one in
    unit) step unit sh -c 'cd ui && npx --no-install vitest run' ;;
    types) step types sh -c 'cd ui && npm run --silent check' ;;
    below | bring | stopped) AIMWELL="$aimwell" node "tests/ui/$one.mjs" ;; # a server of their own
    *) if [ -f "tests/ui/$one.mjs" ]; then suite "$one"; else echo "not ok ui there is no suite $one"; fi ;;
    esac
done
exit 0
