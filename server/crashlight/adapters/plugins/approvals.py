"""What the user has allowed, and what was put into quarantine: one small file in the data folder.

An approval is bound to the digest of code and manifest: a plugin that changed asks anew. Third-party
plugins without an approval are never read beyond their manifest, and never run.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from crashlight.settings.paths import home, private_folder


class Approval(msgspec.Struct, frozen=True):
    """The user's yes to one plugin as it was then."""

    digest: str
    folder: str
    allowed: float  # seconds since the epoch
    permissions: dict[str, str]


class Quarantine(msgspec.Struct, frozen=True):
    """Code that is not run again until the user says ``crashlight plugins reset``."""

    plugin: str
    reason: str
    since: float


class Book(msgspec.Struct, frozen=True):
    """All of the file."""

    version: Literal[1] = 1
    approvals: dict[str, Approval] = {}
    quarantine: dict[str, Quarantine] = {}  # by digest


class Approvals:
    """Reads and changes the file; every change is one atomic replacement, under a lock between processes."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or home("data") / "plugins.json"

    def read(self) -> Book:
        """The file's content. One that cannot be read counts as empty: then nothing is allowed."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Book)
        except (OSError, msgspec.DecodeError):
            return Book()

    def allow(self, plugin: str, approval: Approval) -> None:
        """Allow a plugin, instead of whatever was allowed under its id before."""
        with self._changing() as book:
            book.approvals[plugin] = approval

    def deny(self, plugin: str) -> bool:
        """Take an approval back; False where there was none."""
        with self._changing() as book:
            return book.approvals.pop(plugin, None) is not None

    def quarantine(self, plugin: str, digest: str, reason: str) -> None:
        """Never run this code again."""
        with self._changing() as book:
            book.quarantine[digest] = Quarantine(plugin, reason[:500], time.time())

    def reset(self, plugin: str) -> int:
        """Forget the quarantine of all versions of a plugin; how many there were."""
        with self._changing() as book:
            digests = [digest for digest, entry in book.quarantine.items() if entry.plugin == plugin]
            for digest in digests:
                del book.quarantine[digest]
            return len(digests)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Book]:
        import fasteners

        folder = private_folder(self.path.parent)
        with fasteners.InterProcessLock(folder / "plugins.lock"):
            book = self.read()
            yield book
            descriptor, name = tempfile.mkstemp(dir=folder, prefix="plugins-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(msgspec.json.format(msgspec.json.encode(book)))
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
