"""Logs that grow: what was appended is read, and little else, as long as the rest is what it was."""

import asyncio
from dataclasses import dataclass, field

from crashlight.domain import Occurrence
from crashlight.logs.encoding import as_utf8
from crashlight.logs.reader import Located, LogReader, Place
from crashlight.logs.search import LineCounter
from crashlight.ports import FileIdentity, OpenFile

SAMPLE = 256  # bytes at the front and before the end that are compared, to notice a log that was written anew
LOOK_BACK = 32 * 1024  # bytes before what is appended that may belong to a report whose trigger is still to come


@dataclass(frozen=True, slots=True)
class Update:
    """All crashes that a log holds now. ``changed`` is false when they are those of the last update."""

    occurrences: tuple[Occurrence, ...]
    changed: bool
    restarted: bool = False  # the log was truncated, rotated, replaced or is gone


@dataclass(slots=True)
class _State:
    """What is known of one log. Reports behind ``resume`` are read again with what is appended."""

    identity: FileIdentity
    size: int = 0
    head: bytes = b""
    last: bytes = b""  # the bytes before ``size``
    resume: Place = field(default_factory=Place)
    settled: list[Occurrence] = field(default_factory=list)
    unsettled: list[Occurrence] = field(default_factory=list)

    def occurrences(self) -> tuple[Occurrence, ...]:
        return (*self.settled, *self.unsettled)


class Tail:
    """Follows any number of logs by name. Updates of one log must not overlap."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._states: dict[str, _State] = {}

    async def update(self, file: OpenFile, name: str) -> Update:
        """Read what was appended. A log that shrank, or is another file now, is read from its beginning.

        Raises OSError when the file cannot be read.
        """
        old = self._states.get(name)
        before = old.occurrences() if old else ()
        continues = old is not None and await asyncio.to_thread(_continues, old, file)
        if old is not None and continues and file.size() == old.size:
            return Update(before, changed=False)
        state = old if old is not None and continues else _State(file.identity)
        await self._read(state, file, name)
        self._states[name] = state
        now = state.occurrences()
        return Update(now, changed=now != before, restarted=old is not None and not continues)

    def forget(self, name: str) -> Update:
        """The log is gone."""
        state = self._states.pop(name, None)
        return Update((), changed=bool(state and state.occurrences()), restarted=True)

    async def _read(self, state: _State, file: OpenFile, name: str) -> None:
        size = file.size()
        found = [one async for one in self._reader.read_from(file, name, state.resume, growing=True)]
        await asyncio.to_thread(_remember, state, file, size, found)


def _continues(state: _State, file: OpenFile) -> bool:
    """Whether ``file`` is what it was, and perhaps more. A compressed or UTF-16 log is always read anew."""
    return (
        as_utf8(file).rereadable
        and file.identity == state.identity
        and file.size() >= state.size
        and file.read(0, len(state.head)) == state.head
        and file.read(state.size - len(state.last), len(state.last)) == state.last
    )


def _remember(state: _State, file: OpenFile, size: int, found: list[Located]) -> None:
    """``size`` was taken before the log was read: what came in between is read again."""
    first_growing = next((one.start for one in found if one.may_grow), None)
    state.size = size
    state.head = file.read(0, min(SAMPLE, size))
    state.last = file.read(max(0, size - SAMPLE), min(SAMPLE, size))
    before = state.resume
    ends = [one.end.offset for one in found if first_growing is None or one.end.offset <= first_growing.offset]
    lowest = max([before.offset, *ends])
    state.resume = first_growing or _place(file, before, max(lowest, size - LOOK_BACK))
    state.settled += [one.occurrence for one in found if one.end.offset <= state.resume.offset]
    state.unsettled = [one.occurrence for one in found if one.end.offset > state.resume.offset]


def _place(file: OpenFile, known: Place, offset: int) -> Place:
    """The beginning of the line that holds ``offset``, which is not before ``known``."""
    back = min(offset - known.offset, LOOK_BACK)
    start = offset - back + file.read(offset - back, back).rfind(b"\n") + 1
    if start == offset - back and back == LOOK_BACK:
        return known
    line, _ = LineCounter(file, known.offset, known.line).at(start)
    return Place(start, line)
