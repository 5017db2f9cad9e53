#!/usr/bin/env bash
# What the tests need beyond the developers' tools: llama.cpp with the small model, and the real editors.
set -euo pipefail
cd "$(dirname "$0")/.."
export CRASHLIGHT_HOME=${CRASHLIGHT_TEST_HOME:-$PWD/.cache/home}
.venv/bin/crashlight models setup
.venv/bin/crashlight models pull qwen2.5-coder-0.5b
tests/editors/setup.sh
