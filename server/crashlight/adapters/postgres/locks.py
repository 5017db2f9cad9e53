"""A kernel lock on a file. It ends with its holder, also when that is killed.

``flock`` and ``msvcrt.locking`` belong to one open handle. The record locks that other libraries take
belong to the process: two stores in one process would both get them, and closing any handle of the
file would lose them.
"""

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

if os.name == "nt":
    import msvcrt

    # Windows locks are mandatory: a byte that nobody reads or writes keeps the content readable.
    _FAR_AWAY = 1 << 30

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR_AWAY, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """An exclusive lock on ``path``, which is created where it is absent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it. Raises OSError when the file cannot be opened."""
        if self._handle is not None:
            return True
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            try:
                _lock(handle)
            except OSError:
                os.close(handle)
                return False
            if _is_still(handle, self.path):
                self._handle = handle
                return True
            # Somebody removed the file between our opening and locking it: the lock would be on a ghost.
            os.close(handle)

    def acquire(self, timeout_s: float) -> None:
        """Wait for the lock. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while not self.try_acquire():
            if time.monotonic() > deadline:
                raise TimeoutError(f"another process has held {self.path} for over {timeout_s:.0f} s")
            time.sleep(0.02)

    def release(self, *, remove: bool = False) -> None:
        """Give the lock back; ``remove`` deletes the file first, while nobody else can have it."""
        if self._handle is None:
            return
        if remove and os.name != "nt":
            self.path.unlink(missing_ok=True)
        os.close(self._handle)
        self._handle = None
        if remove and os.name == "nt":
            self.path.unlink(missing_ok=True)

    @property
    def held(self) -> bool:
        """Whether this object has the lock."""
        return self._handle is not None

    def __enter__(self) -> Self:
        self.acquire(timeout_s=120)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _is_still(handle: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(handle)
    return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)
