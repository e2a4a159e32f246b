#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches the exporters of OpenTelemetry that tests/cli/otlp.py sends with, unless they are there already.
set -eu
cd "$(dirname "$0")"
stamp=$(cat requirements.txt package-lock.json | sha256sum | cut -c1-64)
[ "$(cat .installed 2>/dev/null || true)" = "$stamp" ] && exit 0
rm -rf .venv node_modules .installed
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements.txt
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
echo "$stamp" >.installed
