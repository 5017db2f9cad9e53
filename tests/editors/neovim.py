"""Neovim in a real terminal: keys go in through tmux, facts come out through Neovim's own RPC."""

import json
import os
import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .places import CACHE, ROOT

PLUGIN = ROOT / "editor-clients" / "neovim"
PATIENCE_S = 60


def nvim() -> str:
    """The program, or a skip that says how to get it."""
    program = CACHE / "neovim" / "bin" / "nvim"
    if not program.is_file():
        pytest.skip("Neovim is absent: run tests/editors/setup.sh")
    return str(program)


def nvim_arguments(program: list[str]) -> list[str]:
    """Nobody's own configuration, our plugin as a plugin manager would add it, and ``program`` as the server."""
    config = f"lua vim.lsp.config('crashlight', {{ cmd = vim.json.decode([=[{json.dumps(program)}]=]) }})"
    return ["--clean", "-n", "--cmd", f"set runtimepath^={PLUGIN}", "--cmd", config]


def run_headless(folder: Path, program: list[str], env: dict[str, str], *commands: str) -> None:
    """Run commands in a Neovim without a screen, then leave it."""
    words = [word for command in commands for word in ("-c", command)]
    subprocess.run(
        [nvim(), *nvim_arguments(program), "--headless", *words, "-c", "qall!"],
        check=True,
        timeout=120,
        capture_output=True,
        cwd=folder,
        env={**os.environ, **env},
    )


class Neovim:
    """One running Neovim. ``tmux`` and ``socket`` are its own, so several may run."""

    def __init__(self, tmux: str, socket: Path) -> None:
        self._tmux = tmux
        self._socket = socket

    def keys(self, *keys: str) -> None:
        """Type, in the names that tmux has for keys (``Enter``, ``Escape``)."""
        subprocess.run(["tmux", "-L", self._tmux, "send-keys", *keys], check=True)

    def calm(self) -> None:
        """To normal mode from wherever, past a message that waits for a key.

        Not by Escape: what is typed right after it would count as typed with Alt.
        """
        self.keys("C-\\", "C-n", "Enter")

    def screen(self) -> str:
        """What a person sees."""
        shown = subprocess.run(
            ["tmux", "-L", self._tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True
        )
        return shown.stdout

    def lua(self, expression: str) -> Any:
        """The value of a Lua expression inside Neovim."""
        code = f"vim.json.encode({{ value = {expression} }})".replace("'", "''")
        asked = subprocess.run(
            [nvim(), "--server", str(self._socket), "--remote-expr", f"luaeval('{code}')"],
            capture_output=True,
            text=True,
            timeout=30,
        )
        if asked.returncode != 0:
            raise AssertionError(f"{expression}\n{asked.stderr}\n{self.screen()}")
        answer = json.loads(asked.stdout)
        # A table whose only value is nil is empty, and Lua does not tell an empty table from an empty list.
        return answer.get("value") if isinstance(answer, dict) else None

    def wait(self, expression: str, why: str) -> Any:
        """The first truthy value of ``expression``; what it waits for is a fact, never a time."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if value := self.lua(expression):
                return value
            time.sleep(0.1)
        raise AssertionError(f"{why}: {expression}\n{self.screen()}\n{self.lua('vim.fn.execute([[messages]])')}")

    def wait_screen(self, text: str) -> str:
        """The screen once ``text`` stands on it."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if text in (screen := self.screen()):
                return screen
            time.sleep(0.1)
        raise AssertionError(f"'{text}' never showed:\n{self.screen()}")


@contextmanager
def neovim(base: Path, folder: Path, file: str, program: list[str], env: dict[str, str]) -> Iterator[Neovim]:
    """Open ``file`` in a terminal of 140 by 40, with ``program`` as the server."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is absent: run tests/editors/setup.sh")
    base.mkdir(parents=True, exist_ok=True)
    socket = base / "nvim.sock"
    name = f"crashlight-{uuid.uuid4().hex[:12]}"
    command = [nvim(), *nvim_arguments(program), "--listen", str(socket), file]
    terminal = ["tmux", "-L", name, "-f", os.devnull, "new-session", "-d", "-x", "140", "-y", "40"]
    subprocess.run(
        [*terminal, "-c", str(folder), shlex.join(command)],
        check=True,
        env={**os.environ, **env, "NVIM_LOG_FILE": str(base / "nvim.log"), "XDG_STATE_HOME": str(base / "state")},
    )
    session = Neovim(name, socket)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield session
    finally:
        subprocess.run(["tmux", "-L", name, "kill-server"], check=False, capture_output=True)
