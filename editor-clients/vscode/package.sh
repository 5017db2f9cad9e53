#!/usr/bin/env bash
# Makes crashlight.vsix with the server's wheel and constraints in it. `make setup` comes first.
#   package.sh [OUT.vsix]
set -euo pipefail
out=$(realpath -m "${1:-$(dirname "$0")/crashlight.vsix}")
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
cp ../../LICENSE LICENSE
npm run --silent bundle-server
npx vsce package --no-dependencies --allow-missing-repository --out "$out"
