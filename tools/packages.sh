#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are missing: `tools/packages.sh build` or `… test`.
# Why each one: docs/dependencies.md.
set -eu
build="gcc g++ meson ninja-build pkg-config python3 libmicrohttpd-dev libcurl4-openssl-dev libsqlite3-dev libpq-dev
 libssl-dev libsodium-dev libsimdjson-dev zlib1g-dev libzip-dev libexpat1-dev libxlsxwriter-dev
 libutf8proc-dev libpcre2-dev libprotobuf-c-dev protobuf-c-compiler tzdata"
test="libcmocka-dev postgresql strace sqlite3 python3-venv exim4-daemon-light python3-icalendar chromium golang-golang-x-mod-dev clang libclang-rt-14-dev
 universal-ctags"
command -v go >/dev/null 2>&1 || test="$test golang-go"
# Node may come from elsewhere; Debian's will do.
command -v npm >/dev/null 2>&1 || build="$build nodejs npm"
case "${1:-build}" in
build) want=$build ;;
test) want="$build $test" ;;
*) echo "usage: tools/packages.sh build|test" >&2; exit 2 ;;
esac
missing=""
for package in $want; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0
as_root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "These packages are missing and need root or sudo:$missing" >&2
        exit 1
    }
    as_root=sudo
fi
echo "Installing:$missing" >&2
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 $missing >/dev/null
