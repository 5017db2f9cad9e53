"""Compiled automatons on disk: compiling the built-in triggers takes 30 ms, reading them back a tenth of one.

A file is believed only if nobody but the user can write it and its checksum fits; it is native code's data.
"""

import contextlib
import hashlib
import os
import platform
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

import hyperscan

from crashlight.settings.paths import home, private_folder

CHECKSUM = 32  # bytes of SHA-256 in front of the data


def database(forms: Sequence[bytes]) -> hyperscan.Database:
    """The automaton of ``forms``, whose numbers are their indexes; compiled where none is kept."""
    path = home("cache") / "scan" / f"{_key(forms)}.hs"
    data = _read(path)
    if data is not None:
        with contextlib.suppress(hyperscan.HyperscanError):
            return hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
    compiled = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    compiled.compile(
        expressions=list(forms),
        ids=list(range(len(forms))),
        elements=len(forms),
        flags=[0] * len(forms),
        literal=True,
    )
    with contextlib.suppress(OSError):  # A full or read-only disk costs time, nothing else.
        _write(path, hyperscan.dumpb(compiled))
    return compiled


def _key(forms: Sequence[bytes]) -> str:
    """Changes with the forms, the library, and the kind of processor."""
    digest = hashlib.sha256(f"{getattr(hyperscan, '__version__', '')} {platform.machine()} {_processor()}".encode())
    for form in forms:
        digest.update(len(form).to_bytes(4, "big") + form)
    return digest.hexdigest()[:32]


def _processor() -> str:
    """Automatons are compiled for the instructions of a processor; a home folder may be shared by several machines."""
    try:
        with Path("/proc/cpuinfo").open(encoding="ascii", errors="replace") as file:
            return next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return platform.processor()


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (
                status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            ):
                return None
            content = file.read()
    except OSError:
        return None
    checksum, data = content[:CHECKSUM], content[CHECKSUM:]
    return data if hashlib.sha256(data).digest() == checksum else None


def _write(path: Path, data: bytes) -> None:
    folder = private_folder(path.parent)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(hashlib.sha256(data).digest() + data)
    Path(file.name).replace(path)
    for old in sorted(folder.glob("*.hs"), key=lambda kept: kept.stat().st_mtime)[:-8]:
        old.unlink()
