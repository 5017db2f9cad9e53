"""A model's file, opened once and known by its hash: what is hashed is what the worker gets to read."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import msgspec

from crashlight.adapters.llama.registry import ModelError, find
from crashlight.settings.paths import home
from crashlight.settings.schema import ModelSettings

_KEPT_DIGESTS = 64


@dataclass(frozen=True, slots=True)
class Weights:
    """An open model file whose hash was checked. ``size`` is in bytes."""

    name: str
    sha256: str
    size: int
    descriptor: int

    @property
    def identity(self) -> str:
        """Name and hash, as answers carry it."""
        return f"{self.name}@{self.sha256[:12]}"


@contextmanager
def opened(settings: ModelSettings) -> Iterator[Weights]:
    """The model that the settings name, open for reading. Raises ModelError with what to do.

    The hash of a file that did not change (device, inode, size, time) since it was last computed is
    remembered; computing it reads the whole file.
    """
    if settings.path:
        path, name, expected, cure = Path(settings.path).expanduser(), Path(settings.path).stem, None, ""
    else:
        spec = find(settings.name)
        path, name, expected = spec.path, spec.name, spec.sha256
        cure = f"Run: crashlight models pull {spec.name}"
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError as error:
        reason = f"there is no file {path}" if settings.path else f"the model {name} was not fetched yet"
        raise ModelError(reason, cure or "Correct the setting model.path.") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", cure) from error
    with file:
        if file.read(4) != b"GGUF":
            raise ModelError(f"{path} is damaged: it is not a GGUF file", cure)
        digest = _digest(file)
        if expected is not None and digest != expected:
            raise ModelError(f"{path} is damaged: its SHA-256 is not the one of {name}", cure)
        file.seek(0)
        yield Weights(name, digest, os.fstat(file.fileno()).st_size, file.fileno())


def _digest(file: FileIO) -> str:
    """SHA-256 of the whole file, remembered by what tells that it did not change."""
    status = os.fstat(file.fileno())
    key = f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"
    known = _remembered()
    if key not in known:
        file.seek(0)
        known[key] = hashlib.file_digest(file, "sha256").hexdigest()
        memory = _memory()
        memory.parent.mkdir(parents=True, exist_ok=True)
        draft = memory.with_suffix(f".{os.getpid()}")
        draft.write_bytes(msgspec.json.encode(dict(list(known.items())[-_KEPT_DIGESTS:])))
        draft.replace(memory)
    return known[key]


def _memory() -> Path:
    return home("cache") / "models" / "digests.json"


def _remembered() -> dict[str, str]:
    try:
        return msgspec.json.decode(_memory().read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
