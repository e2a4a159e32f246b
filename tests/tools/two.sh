#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# two.sh FILE: runs the commands of the file, one a line, two at a time (AT_ONCE says how many), and prints what each has
# said when it is over. One that broke off without a reason has failed, whatever it said before.
set -u
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export out
# shellcheck disable=SC2016
xargs -P "${AT_ONCE:-2}" -I '{}' sh -c '
    said=$out/$$
    began=$(date +%s)
    sh -c "$1" >"$said" </dev/null
    ended=$?
    echo "# $(($(date +%s) - began)) s: $1" >>"$said"
    [ $ended = 0 ] || grep -q "^not ok " "$said" || echo "not ok $1 ended with $ended and no reason" >>"$said"
    exec flock "$out/turn" cat "$said"' sh '{}' <"$1"
