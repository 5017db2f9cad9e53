"""What tests/protocol/clients holds is what the editors really say; ``CRASHLIGHT_RECORD=1`` writes it anew."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from .neovim import run_headless
from .places import ARTEFACTS, CLIENTS
from .workbench import workbench

RECORDER = Path(__file__).parent / "recorder.py"


@pytest.fixture
def log_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "app.log").write_text("nothing happened\n")
    return folder


@pytest.mark.neovim
def test_neovim(tmp_path: Path, log_folder: Path) -> None:
    recording = tmp_path / "neovim.json"
    wait = f"lua vim.wait(20000, function() return vim.uv.fs_stat([=[{recording}]=]) ~= nil end)"
    program = [sys.executable, str(RECORDER), str(recording)]
    run_headless(log_folder, program, {}, "edit app.log", wait)
    compare_or_record(recording)


@pytest.mark.vscode
def test_vscode(tmp_path: Path, log_folder: Path) -> None:
    recording = tmp_path / "vscode.json"
    program = tmp_path / "recorder"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{RECORDER}" "{recording}"\n')
    program.chmod(0o755)
    with workbench(tmp_path, log_folder, {"crashlight.server.path": str(program)}, {}) as started:
        started.walk("start_extension.mjs", ARTEFACTS / "start", recording=str(recording))
    compare_or_record(recording)


def compare_or_record(recording: Path) -> None:
    """A version of the editor that differs only in its number is the same client."""
    kept = CLIENTS / recording.name
    if os.environ.get("CRASHLIGHT_RECORD") == "1":
        shutil.copy(recording, kept)
    assert _without_versions(kept) == _without_versions(recording), (
        f"{kept.name} is stale: run this test with CRASHLIGHT_RECORD=1 and read the difference"
    )


def _without_versions(path: Path) -> dict[str, object]:
    message = json.loads(path.read_text())
    message["clientInfo"].pop("version")
    return dict(message)
