#!/bin/sh
# Installs the Python peer into bench/data/venv (not in git). Needs python3 with venv.
set -eu
cd "$(dirname "$0")"
if ! data/venv/bin/python -c 'import polars' 2>/dev/null; then
  mkdir -p data
  python3 -m venv data/venv
  data/venv/bin/pip install --quiet --disable-pip-version-check 'polars==2.1.0'
fi
