#!/usr/bin/env bash
# Brings what the editor tests need into .cache/editors, and nothing anywhere else but Debian's own packages:
# Neovim, VS Code's own workbench, a driver for the browser, and our extension. Quick when nothing changed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
target=$checkout/.cache/editors
mkdir -p "$target"

main() {
    node_20
    debian_packages tmux chromium ripgrep fonts-noto-color-emoji build-essential
    unless_fresh neovim "$here/neovim-requirements.txt" install_neovim
    unless_fresh workbench "$here/package-lock.json" "$here/setup.sh" install_workbench
    local extension=$checkout/editor-clients/vscode
    unless_fresh extension-tools "$extension/package-lock.json" install_extension_tools
    unless_fresh extension "$extension"/{package.json,src,scripts,tsconfig.json,media,README.md,.vscodeignore} package_extension
}

install_neovim() {
    rm -rf "$target/neovim"
    python3 -m venv "$target/neovim"
    "$target/neovim/bin/pip" install --quiet --quiet --no-deps --require-hashes --requirement "$here/neovim-requirements.txt"
    "$target/neovim/bin/nvim" --version | head -1
}

install_workbench() {
    rm -rf "$target/workbench"
    mkdir -p "$target/workbench"
    cp "$here"/{package.json,package-lock.json,.npmrc} "$target/workbench/"
    (cd "$target/workbench" && npm ci --no-audit --no-fund --loglevel=error)
    local vscode=$target/workbench/node_modules/code-server/lib/vscode
    # Its shrinkwrap is not complete enough for `npm ci`.
    (cd "$vscode" && npm install --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error)
    # The install step of @vscode/ripgrep downloads a program; Debian's does the same.
    mkdir -p "$vscode/node_modules/@vscode/ripgrep/bin"
    ln -sf "$(command -v rg)" "$vscode/node_modules/@vscode/ripgrep/bin/rg"
    # The integrated terminal. Its last install step wants a tool that is not there, after all that matters is built.
    (cd "$vscode" && npm rebuild node-pty >/dev/null 2>&1) || [ -f "$vscode/node_modules/node-pty/build/Release/pty.node" ]
}

install_extension_tools() {
    (cd "$checkout/editor-clients/vscode" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

package_extension() {
    cp "$checkout/LICENSE" "$checkout/editor-clients/vscode/LICENSE"
    (cd "$checkout/editor-clients/vscode" && npx vsce package --no-dependencies --allow-missing-repository --out "$target/crashlight.vsix")
}

# unless_fresh NAME INPUT... FUNCTION: runs FUNCTION unless INPUT... are what they were when it last succeeded.
unless_fresh() {
    local name=$1 function=${*: -1} inputs=("${@:2:$#-2}") digest
    digest=$(for input in "${inputs[@]}"; do
        [ -e "$input" ] && find "$input" -type f -print0
    done | sort -z | xargs -0 sha256sum | sha256sum)
    if [ "$(cat "$target/.$name" 2>/dev/null)" = "$digest" ]; then
        return
    fi
    echo "editors: $name" >&2
    "$function" >&2
    echo "$digest" >"$target/.$name"
}

# code-server 4.100.3 runs on Node 20; Debian 12 has 18, so it is not for us to install.
node_20() {
    local major
    major=$(node --version 2>/dev/null | sed 's/^v//; s/[.].*//')
    if [ "${major:-0}" -lt 20 ]; then
        echo "editors: install Node.js 20 or later first" >&2
        exit 1
    fi
}

debian_packages() {
    local missing=()
    for package in "$@"; do
        dpkg --status "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "editors: install first: ${missing[*]}" >&2
        exit 1
    fi
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

main
