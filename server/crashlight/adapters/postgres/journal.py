"""The journal on disk in front of every write: what was acknowledged is never lost, whatever dies.

A folder of segments, one for each living writer, which holds a kernel lock on it. A line is a checksum,
a flag and JSON; it is on the disk (fsync) before :meth:`Journal.append` returns. What stands in a
segment goes to the database later, under keys that make a second time harmless, and a segment is
removed only when all of it is committed there. The segments of dead writers are adopted. A row that
the database refuses is moved to ``dead/`` with the reason and holds up nobody.
"""

import contextlib
import os
import threading
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crashlight.adapters.postgres.locks import FileLock
from crashlight.settings.paths import private_folder

VALUABLE = b"!"
DROPPABLE = b"."
"""What may go when the disk cap is reached: shown and seen, but never accepted."""

CAP_BYTES = 64 << 20
ROTATE_BYTES = 256 << 10
READ_BYTES = 1 << 20
HELD_ROWS = 20_000
"""Rows kept in memory while the disk takes none, at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One write. ``body`` is JSON without line breaks."""

    body: bytes
    valuable: bool = True

    def line(self) -> bytes:
        """As it stands in a segment."""
        content = (VALUABLE if self.valuable else DROPPABLE) + self.body
        return b"%08x%b\n" % (zlib.crc32(content), content)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are not known to be in the database, and where they end in their segment."""

    rows: tuple[Row, ...]
    segment: "Segment | None"  # None: held in memory, since the disk took none
    end: int


class Segment:
    """One file of rows. ``committed`` is the offset up to which all is in the database."""

    def __init__(self, lock: FileLock, size: int, rows: int) -> None:
        self.lock = lock
        self.path = lock.path
        self.size = size
        self.rows = rows  # that wait
        self.committed = 0

    def read(self) -> tuple[list[Row | bytes], int]:
        """Some rows after ``committed``, with what is no row as bytes, and the offset behind them."""
        with self.path.open("rb") as file:
            length = READ_BYTES
            while True:
                file.seek(self.committed)
                block = file.read(min(length, self.size - self.committed))
                end = block.rfind(b"\n") + 1
                if end or len(block) < length:
                    break
                length *= 2
        if not end:  # a torn last line: its writer was killed before it could acknowledge the row
            return ([block] if block else []), self.committed + len(block)
        return [_row(line) for line in block[:end].splitlines()], self.committed + end


class Journal:
    """All segments of one folder. Safe to use from several threads; never raises on a full or read-only disk."""

    def __init__(self, folder: Path, cap_bytes: int = CAP_BYTES) -> None:
        self.folder = folder
        self.dropped = 0
        self.trouble = ""
        self._cap = cap_bytes
        self._guard = threading.RLock()
        self._own: Segment | None = None
        self._adopted: list[Segment] = []
        self._held: list[Row] = []
        self._others = 0  # bytes in the folder that are not in our segment

    @property
    def waiting(self) -> int:
        """Rows of ours, and of writers that died, which are not known to be in the database."""
        with self._guard:
            segments = [*self._adopted, *([self._own] if self._own else [])]
            return sum(segment.rows for segment in segments) + len(self._held)

    @property
    def in_memory(self) -> int:
        """Rows that the disk did not take."""
        return len(self._held)

    def dead(self) -> list[Path]:
        """Files of rows that the database refused."""
        return sorted((self.folder / "dead").glob("*.jsonl"))

    def append(self, rows: Iterable[Row]) -> None:
        """Write rows and wait until the disk has them. What the disk does not take is held in memory."""
        with self._guard:
            rows = [*self._held, *rows]
            self._held = []
            rows = self._within_cap(rows)
            if not rows:
                return
            try:
                self._write(rows)
            except OSError as error:
                self.trouble = f"{self.folder}: {error.strerror or error}"
                self._held = rows[-HELD_ROWS:]
                self.dropped += len(rows) - len(self._held)
            else:
                self.trouble = ""

    def adopt(self) -> int:
        """Take over the segments whose writers are dead; the number of rows in them."""
        adopted = 0
        with self._guard, contextlib.suppress(OSError):
            ours = {segment.path for segment in [*self._adopted, *([self._own] if self._own else [])]}
            for path in sorted(self.folder.glob("*.jsonl")):
                if path in ours:
                    continue
                lock = FileLock(path)
                if not lock.try_acquire():
                    continue
                content = path.read_bytes()
                segment = Segment(lock, len(content), content.count(b"\n"))
                if content:
                    self._adopted.append(segment)
                    adopted += segment.rows
                else:
                    lock.release(remove=True)
        return adopted

    def next_batch(self) -> Batch | None:
        """The oldest rows that wait, from one segment; None when nothing waits."""
        with self._guard:
            if self._held:
                return Batch(tuple(self._held), None, 0)
            for segment in [*self._adopted, *([self._own] if self._own else [])]:
                if segment.committed == segment.size:
                    continue
                found, end = segment.read()
                for broken in (part for part in found if isinstance(part, bytes)):
                    self.bury(broken, "the checksum is wrong")
                return Batch(tuple(part for part in found if isinstance(part, Row)), segment, end)
            return None

    def done(self, batch: Batch) -> None:
        """All rows of ``batch`` are committed in the database or buried."""
        with self._guard:
            segment = batch.segment
            if segment is None:
                gone = {id(row) for row in batch.rows}
                self._held = [row for row in self._held if id(row) not in gone]
                return
            segment.rows = max(0, segment.rows - len(batch.rows))
            segment.committed = batch.end
            if segment.committed < segment.size:
                return
            segment.rows = 0
            if segment in self._adopted:
                self._adopted.remove(segment)
                self._others = max(0, self._others - segment.size)
                segment.lock.release(remove=True)
            elif segment is self._own and segment.size > ROTATE_BYTES:
                self._own = None
                segment.lock.release(remove=True)

    def bury(self, body: bytes, reason: str) -> None:
        """Keep a row that cannot be written, with the reason, out of the way."""
        with contextlib.suppress(OSError):
            path = private_folder(self.folder / "dead") / f"{uuid.uuid4().hex}.jsonl"
            path.write_bytes(b"# " + reason.replace("\n", " ").encode("utf-8", "replace") + b"\n" + body + b"\n")

    def revive(self) -> int:
        """Put the rows of ``dead/`` back into the journal, for a program that can write them; their number."""
        revived = 0
        for path in self.dead():
            body = path.read_bytes().split(b"\n", 1)[-1].rstrip(b"\n")
            self.append([Row(body)])
            path.unlink()
            revived += 1
        return revived

    def close(self) -> None:
        """Let go of all segments; what is not committed waits for the next writer."""
        with self._guard:
            for segment in [*self._adopted, *([self._own] if self._own else [])]:
                segment.lock.release(remove=segment.committed == segment.size)
            self._adopted = []
            self._own = None

    # ---------------------------------------------------------------- helpers

    def _write(self, rows: list[Row]) -> None:
        segment = self._own or self._new_segment()
        block = b"".join(row.line() for row in rows)
        handle = os.open(segment.path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
        try:
            os.lseek(handle, segment.size, os.SEEK_SET)
            written = 0
            while written < len(block):
                written += os.write(handle, block[written:])
            os.fsync(handle)
        except OSError:
            # Half a row would stand in the way of the next one.
            with contextlib.suppress(OSError):
                os.ftruncate(handle, segment.size)
            raise
        finally:
            os.close(handle)
        segment.size += len(block)
        segment.rows += len(rows)

    def _new_segment(self) -> Segment:
        private_folder(self.folder)
        lock = FileLock(self.folder / f"{uuid.uuid4().hex}.jsonl")
        lock.try_acquire()
        if os.name != "nt":
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)  # the new name has to be on the disk as well
            finally:
                os.close(folder)
        self._own = Segment(lock, 0, 0)
        self._others = self._measure(lock.path)
        return self._own

    def _measure(self, own: Path) -> int:
        total = 0
        for path in self.folder.glob("*.jsonl"):
            if path != own:
                with contextlib.suppress(OSError):
                    total += path.stat().st_size
        return total

    def _within_cap(self, rows: list[Row]) -> list[Row]:
        need = sum(len(row.body) + 10 for row in rows)
        if self._used() + need <= self._cap:
            return rows
        kept = [row for row in rows if row.valuable]
        if kept and self._used() + sum(len(row.body) + 10 for row in kept) > self._cap:
            self._thin_out()
            if self._used() + sum(len(row.body) + 10 for row in kept) > self._cap:
                kept = []
        self.dropped += len(rows) - len(kept)
        return kept

    def _used(self) -> int:
        return self._others + (self._own.size if self._own else 0)

    def _thin_out(self) -> None:
        """Drop what may go from our segment, to make room for what may not."""
        old = self._own
        if old is None:
            return
        kept: list[Row] = []
        gone = 0
        while old.committed < old.size:
            found, old.committed = old.read()
            for row in found:
                if isinstance(row, Row) and row.valuable:
                    kept.append(row)
                else:
                    gone += 1
        self._own = None
        try:
            if kept:
                self._write(kept)
        except OSError as error:
            self.trouble = str(error)
            self._held = kept
        self.dropped += gone
        old.lock.release(remove=True)
        self._others = self._measure(self._own.path if self._own else old.path)


def _row(line: bytes) -> Row | bytes:
    content = line[8:]
    with contextlib.suppress(ValueError):
        if int(line[:8], 16) == zlib.crc32(content) and content[:1] in (VALUABLE, DROPPABLE):
            return Row(content[1:], content[:1] == VALUABLE)
    return line


def iterate(folder: Path) -> Iterator[Row]:
    """All rows of a folder's segments, for counting in tests and for ``crashlight db status``."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            row = _row(line)
            if isinstance(row, Row):
                yield row
