"""A gzip or Zstandard file, read as what is in it."""

import gzip
import os
import threading
import zlib
from typing import BinaryIO, Protocol, cast

import zstandard

from crashlight.ports import FileIdentity

GZIP_MAGIC = b"\x1f\x8b"
RECENT = 4 << 20  # bytes that are kept, so that a look back does not start over
STEP = 1 << 20
WINDOW_LIMIT = 128 << 20  # memory that a Zstandard frame may ask for


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


class CompressedFile:
    """Decompresses forward and keeps the last megabytes; a look further back starts over.

    A damaged or cut file ends where the damage begins: what could be read is what there is.
    """

    rereadable = False

    def __init__(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        self.identity = FileIdentity(status.st_dev, status.st_ino)
        self._file: BinaryIO = os.fdopen(descriptor, "rb")
        self._lock = threading.Lock()
        self._stream = self._open()
        self._recent = bytearray()
        self._end = 0  # offset after the last byte of _recent
        self._read_so_far = 0

    def size(self) -> int:
        return self._read_so_far

    def read(self, offset: int, length: int) -> bytes:
        with self._lock:
            if offset < self._end - len(self._recent):
                self._stream = self._open()
                self._recent.clear()
                self._end = 0
            while self._end < offset + length and self._advance(keep_from=offset):
                pass
            first = max(0, offset - (self._end - len(self._recent)))
            return bytes(self._recent[first : first + length])

    def close(self) -> None:
        self._stream.close()
        self._file.close()

    def _advance(self, keep_from: int) -> bool:
        """Read one step more; False at the end. Bytes from ``keep_from`` on stay in memory."""
        try:
            step = self._stream.read(STEP)
        except (OSError, EOFError, zlib.error, zstandard.ZstdError):
            return False
        if not step:
            return False
        self._recent += step
        self._end += len(step)
        self._read_so_far = max(self._read_so_far, self._end)
        spare = min(len(self._recent) - RECENT, keep_from - (self._end - len(self._recent)))
        if spare > 0:
            del self._recent[:spare]
        return True

    def _open(self) -> _Stream:
        self._file.seek(0)
        magic = self._file.read(4)
        self._file.seek(0)
        if magic.startswith(GZIP_MAGIC):
            return cast(_Stream, gzip.GzipFile(fileobj=self._file))
        opener = zstandard.ZstdDecompressor(max_window_size=WINDOW_LIMIT)
        return cast(_Stream, opener.stream_reader(self._file, read_across_frames=True, closefd=False))
