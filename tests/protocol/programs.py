"""Programs that tests run: small ones that crash, and Crashlight itself."""

import os
import subprocess
import sys
from pathlib import Path


def crash(script: str, folder: Path) -> str:
    """What a script prints to standard error when it crashes."""
    ended = subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    return ended.stderr


def run(home: Path, *words: str, check: bool = False) -> "subprocess.CompletedProcess[str]":
    """One ``crashlight`` command in a home."""
    return subprocess.run(
        [sys.executable, "-m", "crashlight.cli.main", *words],
        env={**os.environ, "CRASHLIGHT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=check,
    )
