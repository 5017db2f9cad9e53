"""VS Code's own workbench as a server of this machine, with our extension installed, for a browser to open."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .places import CACHE, ROOT

WORKBENCH = CACHE / "workbench" / "node_modules"
VSCODE = WORKBENCH / "code-server" / "lib" / "vscode"
VSIX = CACHE / "crashlight.vsix"


@dataclass(frozen=True)
class Workbench:
    """A running server, and the folder it was opened for."""

    port: int
    folder: Path
    log: Path

    def walk(self, script: str, artefacts: Path, **facts: Any) -> dict[str, Any]:
        """Run a walk in a browser; the facts that it reports. A step that fails, fails the test."""
        artefacts.mkdir(parents=True, exist_ok=True)
        options = {"port": self.port, "folder": str(self.folder), "artefacts": str(artefacts), **facts}
        run = subprocess.run(
            ["node", str(Path(__file__).parent / script), json.dumps(options)],
            capture_output=True,
            text=True,
            timeout=400,
            env={**os.environ, "NODE_PATH": str(WORKBENCH)},
        )
        if run.returncode != 0:
            pytest.fail(f"{script}:\n{run.stdout}\n{run.stderr}\n--- workbench\n{self.log.read_text()[-3000:]}")
        return dict(json.loads(run.stdout.splitlines()[-1]))


@contextmanager
def workbench(
    base: Path, folder: Path, settings: dict[str, Any], env: dict[str, str], vsix: Path = VSIX
) -> Iterator[Workbench]:
    """Start a fresh workbench with ``settings`` as the user's own; ends with its whole process group."""
    need_workbench()
    data, extensions, log = base / "vscode-data", base / "vscode-extensions", base / "workbench.log"
    for kind in ("User", "Machine"):
        (data / "data" / kind).mkdir(parents=True)
        (data / "data" / kind / "settings.json").write_text(json.dumps(BASE_SETTINGS | settings))
    port = _free_port()
    program = ["node", str(VSCODE / "out" / "server-main.js")]
    where = ["--server-data-dir", str(data), "--extensions-dir", str(extensions)]
    subprocess.run(
        [*program, *where, "--accept-server-license-terms", "--install-extension", str(vsix), "--force"],
        check=True,
        capture_output=True,
        env={**os.environ, **env},
    )
    flags = ["--host", "127.0.0.1", "--port", str(port), "--without-connection-token", "--accept-server-license-terms"]
    flags += ["--telemetry-level", "off", "--enable-smoke-test-driver"]
    with log.open("wb") as sink:
        server = subprocess.Popen(
            [*program, *where, *flags],
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            env={**os.environ, **env},
        )
    try:
        _wait_until_it_answers(port, server)
        yield Workbench(port, folder, log)
    finally:
        _end_group(server)


BASE_SETTINGS = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "update.mode": "none",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "chat.commandCenter.enabled": False,
    "git.enabled": False,
    "files.autoSave": "off",  # As on the desktop; in a browser it is on.
}


def need_workbench() -> None:
    """Skip, saying how to get it, where the workbench or the browser is absent."""
    if not VSIX.is_file() or not (VSCODE / "out" / "server-main.js").is_file():
        pytest.skip(f"VS Code's workbench is absent: run {(ROOT / 'tests/editors/setup.sh').relative_to(ROOT)}")
    for program in ("node", "chromium"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is absent: run tests/editors/setup.sh")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/version", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the workbench did not start")


def _end_group(server: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, sign)
        except ProcessLookupError:
            break
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            continue
    server.wait(10)
