"""Evaluations of prompt prefixes, kept on disk across restarts.

A prefix of 400 tokens takes seconds to evaluate and milliseconds to read back. What is kept is keyed by
model, build and prefix; a file that was damaged is left out.
"""

import hashlib
import os
from pathlib import Path

from crashlight.settings.paths import home, private_folder

LIMIT = 512 << 20  # bytes for all together; the one that was not used for longest goes first
_DIGEST = 32


def load(model: str, build: str, prefix: str) -> bytes | None:
    """The state, or None where there is none."""
    path = _path(model, build, prefix)
    try:
        data = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    state = data[_DIGEST:]
    return state if hashlib.sha256(state).digest() == data[:_DIGEST] else None


def save(model: str, build: str, prefix: str, state: bytes) -> None:
    """Keep a state. A disk that is full or cannot be written only costs the time to evaluate it again."""
    path = _path(model, build, prefix)
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        private_folder(path.parent)
        draft.write_bytes(hashlib.sha256(state).digest() + state)
        draft.replace(path)
        _shrink(path.parent)
    except OSError:
        draft.unlink(missing_ok=True)


def _path(model: str, build: str, prefix: str) -> Path:
    key = hashlib.sha256("\0".join((model, build, prefix)).encode()).hexdigest()
    return home("cache") / "prefixes" / f"{key[:32]}.state"


def _shrink(folder: Path) -> None:
    files = sorted(folder.glob("*.state"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        if total > LIMIT:
            path.unlink(missing_ok=True)
