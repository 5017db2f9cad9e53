#!/usr/bin/env bash
# Everything once, as a user sees it: set up, fetch the model, start the database, explain the examples.
set -euo pipefail
cd "$(dirname "$0")/.."
model=qwen2.5-coder-${MODEL:-1.5b}
started=$SECONDS

scripts/setup.sh run
crashlight=.venv/bin/crashlight
"$crashlight" models setup
"$crashlight" models pull "$model"
"$crashlight" db upgrade
CRASHLIGHT_MODEL=$model "$crashlight" scan examples || [ $? -eq 1 ]

cat <<EOF

All of this took $((SECONDS - started)) s.

Connect an editor:
  VS Code   make vsix, then: code --install-extension editor-clients/vscode/crashlight.vsix
  Neovim    add editor-clients/neovim to the runtime path; it starts $PWD/$crashlight serve
  another   start "$PWD/$crashlight serve" for files of type log
EOF
