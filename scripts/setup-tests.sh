#!/usr/bin/env bash
# What the tests need beyond the developers' tools: llama.cpp with the small model, and the real editors.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/need.sh
# The runtimes whose programs the tests break and run again.
need 'command -v javac=default-jdk-headless' 'command -v go=golang-go' 'command -v rustc=rustc' 'command -v ruby=ruby' \
     'command -v php=php-cli' 'command -v perl=perl' 'command -v gcc=gcc' 'command -v node=nodejs' 'command -v npm=npm'
export CRASHLIGHT_HOME=${CRASHLIGHT_TEST_HOME:-$PWD/.cache/home}
.venv/bin/crashlight models setup
.venv/bin/crashlight models pull qwen2.5-coder-0.5b
tests/editors/setup.sh
