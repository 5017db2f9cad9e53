"""Walks through a file and finds where triggers stand, counting lines only when somebody asks."""

from crashlight.logs.noise import quiet
from crashlight.ports import OpenFile, Scanner

BLOCK = 1 << 20
OVERLAP = 4096  # a trigger, with colours in it, that lies across two blocks is found in the overlap
STRETCH = 64 << 20  # bytes in one go, so that a search that is no longer wanted ends soon

_CONTINUATION = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that begin no character


class Search:
    """Offsets of triggers, in order. Reads forward from ``offset``; to be used from one thread at a time."""

    def __init__(self, file: OpenFile, scanner: Scanner, offset: int, counter: "LineCounter") -> None:
        self._file = file
        self._scanner = scanner
        self._offset = offset
        self._begin = offset
        self._counter = counter
        self.finished = False

    def next(self) -> list[int]:
        """Offsets of the last byte of each trigger in the next block that has any; empty after a stretch without."""
        stop = self._offset + STRETCH
        while not self.finished and self._offset < stop:
            start = max(self._begin, self._offset - OVERLAP)
            block = self._file.read(start, BLOCK + self._offset - start)
            end = start + len(block)
            if end <= self._offset:
                self.finished = True
                break
            plain = quiet(block)
            hits = [start + plain.original(hit.end - 1) for hit in self._scanner.scan(plain.data)]
            fresh = [hit for hit in hits if hit >= self._offset]
            self._offset = end
            if not self._file.rereadable:
                self._counter.advance(end)
            if fresh:
                return fresh
        return []


class LineCounter:
    """The line and column of offsets that only grow. What lies between two questions is read once."""

    def __init__(self, file: OpenFile, offset: int = 0, line: int = 1) -> None:
        self._file = file
        self._offset = offset
        self._line = line
        self._column = 0
        self._passed: list[tuple[int, int, int]] = [(offset, line, 0)]  # where a block began

    def at(self, offset: int) -> tuple[int, int]:
        """The 1-based line and the 0-based column in characters at ``offset``."""
        if offset >= self._offset:
            self.advance(offset)
            return self._line, self._column
        known = [place for place in self._passed if place[0] <= offset] or [(0, 1, 0)]
        earlier = LineCounter(self._file, known[-1][0], known[-1][1])
        earlier._column = known[-1][2]
        earlier.advance(offset)
        return earlier._line, earlier._column

    def advance(self, offset: int) -> None:
        """Count up to ``offset``."""
        while self._offset < offset:
            block = self._file.read(self._offset, min(BLOCK, offset - self._offset))
            if not block:
                return
            self._passed = [*self._passed[-7:], (self._offset, self._line, self._column)]
            breaks = block.count(b"\n")
            if breaks:
                self._line += breaks
                self._column = characters(block[block.rfind(b"\n") + 1 :])
            else:
                self._column += characters(block)
            self._offset += len(block)


def characters(data: bytes) -> int:
    """How many characters of UTF-8 begin in ``data``."""
    return len(data) if data.isascii() else len(data.translate(None, _CONTINUATION))
