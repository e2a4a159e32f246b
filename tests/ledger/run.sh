#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Exports a log made by our code and has it checked by software that is not ours.
# usage: run.sh EXPORTER; exits 77 (skipped) when a tool is not installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exporter=$1
part=${2:-all}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
"$exporter" "$folder"

if [ "$part" != go ]; then
    if ! command -v python3 >/dev/null; then
        echo "skipped: no python3"
        exit 77
    fi
    python3 "$here/rfc6962.py" "$folder"
fi
if [ "$part" != python ]; then
    if ! command -v go >/dev/null || [ ! -d /usr/share/gocode/src/golang.org/x/mod/sumdb ]; then
        echo "skipped: no go or no golang-golang-x-mod-dev"
        exit 77
    fi
    [ -n "${GOCACHE:-}${HOME:-}" ] || export GOCACHE="$folder/go-cache"
    GO111MODULE=off GOPATH=/usr/share/gocode GOTOOLCHAIN=local GOFLAGS= \
        go build -o "$folder/cross" "$here/cross.go"
    "$folder/cross" "$folder"
fi
