"""Bytes that act as a file: the text of a document that is open in an editor, or a short standard input."""

import itertools

from crashlight.ports import FileIdentity

_numbers = itertools.count(1)


class MemoryFile:
    """``data`` as an open file. Each has an identity of its own, on a device that no real file is on."""

    rereadable = True

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.identity = FileIdentity(device=-1, inode=next(_numbers))

    def size(self) -> int:
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def close(self) -> None:
        """Nothing is held."""
