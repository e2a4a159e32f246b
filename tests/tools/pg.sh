#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A private PostgreSQL for tests: a cluster of its own in a temporary folder, reached only
# through a Unix socket in that folder, gone without a trace when stopped.
#
#   pg.sh start            prints two lines: the folder, and the URL to connect with
#   pg.sh stop FOLDER      stops it and removes the folder
#   pg.sh restart FOLDER   as a server restart would look to its clients
#   pg.sh run COMMAND…     runs the command with AIMWELL_TEST_PG set; stops it whatever happens
#
# Add a schema to the URL with "&schema=NAME". It answers without a password to whoever may
# enter the folder. fsync is off unless AIMWELL_PG_DURABLE is set: tests do not cut the power.
set -eu

die() {
    echo "pg.sh: $*" >&2
    exit 1
}

programs() {
    for bin in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr); do
        [ -x "$bin/initdb" ] && { echo "$bin"; return; }
    done
    die "no PostgreSQL server found; install the package postgresql"
}

# PostgreSQL refuses to run as root.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

settings() {
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$1'"
    echo "shared_buffers = 64MB"
    echo "max_connections = 200"
    [ -n "${AIMWELL_PG_DURABLE:-}" ] || printf '%s\n' 'fsync = off' 'full_page_writes = off'
}

start_in() {
    as_owner "$bin/pg_ctl" -D "$1/data" -l "$1/log" -w -s start >/dev/null ||
        die "it did not start: $(tail -n 5 "$1/log")"
}

start() {
    bin=$(programs)
    folder=$(mktemp -d "${TMPDIR:-/tmp}/aimwell-pg-XXXXXX")
    [ "$(id -u)" != 0 ] || chown postgres: "$folder"
    (cd / && as_owner "$bin/initdb" -D "$folder/data" -U aimwell -A trust -E UTF8 --locale=C.UTF-8 \
        --no-instructions >/dev/null) || die "initdb failed"
    settings "$folder" | as_owner tee -a "$folder/data/postgresql.conf" >/dev/null
    (cd / && start_in "$folder")
    (cd / && as_owner "$bin/createdb" -h "$folder" -U aimwell aimwell)
    echo "$folder"
    echo "postgres://aimwell@/aimwell?host=$(echo "$folder" | sed 's,/,%2F,g')"
}

stop() {
    bin=$(programs)
    [ -f "$1/data/PG_VERSION" ] || die "$1 is not a folder made by pg.sh start"
    (cd / && as_owner "$bin/pg_ctl" -D "$1/data" -m immediate -w -s stop) || true
    rm -rf "$1"
}

restart() {
    bin=$(programs)
    (cd / && as_owner "$bin/pg_ctl" -D "$1/data" -m fast -w -s stop && start_in "$1")
}

run() {
    both=$(start)
    folder=$(echo "$both" | sed -n 1p)
    trap 'stop "$folder"' EXIT
    trap 'exit 130' INT TERM HUP
    AIMWELL_TEST_PG=$(echo "$both" | sed -n 2p) "$@"
}

case "${1:-}" in
start) [ $# -eq 1 ] || die "start takes no more"; start ;;
stop) [ $# -eq 2 ] || die "stop FOLDER"; stop "$2" ;;
restart) [ $# -eq 2 ] || die "restart FOLDER"; restart "$2" ;;
run) shift; [ $# -gt 0 ] || die "run COMMAND"; run "$@" ;;
*) sed -n '3,13s,^# \{0\,1\},,p' "$0"; exit 2 ;;
esac
