#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fuzz target for SECONDS (default 10) over its corpus; prints `ok fuzz NAME`.
set -u
cd "$(dirname "$0")/.."
seconds=${1:-10}
bad=0
if [ ! -f build-fuzz/build.ninja ]; then
    CC=clang CXX=clang++ meson setup build-fuzz --buildtype=debugoptimized -Dfuzz=true -Dui=off \
        -Dtests=enabled -Db_lundef=false -Db_sanitize=address,undefined >/dev/null || exit 1
fi
targets=$(ls tests/fuzz/*_fuzz.c | xargs -n 1 basename | sed 's/\.c$//')
ninja -C build-fuzz $(for t in $targets; do echo "tests/fuzz/$t"; done) >build-fuzz/log.txt 2>&1 || {
    tail -n 30 build-fuzz/log.txt
    echo "not ok fuzz build"
    exit 1
}
# Two at a time; each says what it found in one line.
export seconds
# shellcheck disable=SC2016
printf '%s\n' $targets | xargs -P 2 -I '{}' sh -c '
    name=${1%_fuzz}
    work=$(mktemp -d)
    ended=0
    if build-fuzz/tests/fuzz/"$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 -artifact_prefix="$work/" \
        "$work" tests/fuzz/corpus/"$name" >"$work/log" 2>&1; then
        echo "ok fuzz $name"
    else
        tail -n 40 "$work/log"
        echo "not ok fuzz $name"
        ended=1
    fi
    rm -rf "$work"
    exit $ended' sh '{}' || bad=1
exit $bad
