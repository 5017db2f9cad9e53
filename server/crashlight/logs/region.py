"""A stretch of a log around a trigger, cut at whole lines where lines are not absurdly long."""

from bisect import bisect_right
from dataclasses import dataclass

from crashlight.logs.lines import Line, split
from crashlight.logs.search import LineCounter
from crashlight.ports import OpenFile

FIRST_BACK = 6 * 1024  # bytes before a trigger: a sanitizer's headline, the source that Node prints
MAX_BACK = 128 * 1024  # for a report that began earlier
MAX_BACK_LINES = 2_000
FIRST_AHEAD = 12 * 1024  # bytes after it
MAX_AHEAD = 1 << 20
GROWTH = 4
MAX_LINES = 20_000
WHOLE = 256 * 1024  # a file up to this many bytes is one region
LONG_LINE = 1 << 20  # a line up to this many bytes is never cut


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes ``start`` to ``end`` of a log as lines. ``at_end`` says that the log ends there."""

    start: int
    end: int
    lines: tuple[Line, ...]
    at_end: bool
    full: bool  # at the cap: a longer one cannot be had
    _first_number: int
    _row_starts: tuple[int, ...]

    def start_of(self, number: int) -> int:
        """The offset at which the line ``number`` of the file begins; past the last one, the region's end."""
        index = number - self._first_number
        return self._row_starts[index] if index < len(self._row_starts) else self.end

    def number_at(self, offset: int) -> int:
        """The file's line that holds the byte at ``offset``."""
        return self._first_number + max(0, bisect_right(self._row_starts, offset) - 1)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a region goes before and after its trigger, in bytes."""

    back: int = FIRST_BACK
    ahead: int = FIRST_AHEAD

    def longer(self, *, before: bool, after: bool) -> "Reach":
        """A longer reach, within the limits."""
        return Reach(
            min(self.back * GROWTH, MAX_BACK) if before else self.back,
            min(self.ahead * GROWTH, MAX_AHEAD) if after else self.ahead,
        )


def cut(file: OpenFile, counter: LineCounter, hit: int, floor: int, reach: Reach) -> Region:
    """The region around the trigger at ``hit``, not before ``floor``."""
    start = _start(file, hit, floor, reach.back)
    ahead = reach.ahead
    length = max(hit - start + ahead, WHOLE if start == 0 else 0)
    data = file.read(start, length + 1)
    at_end = len(data) <= length
    if not at_end:
        data = data[:length]
        last = data.rfind(b"\n")
        if last < hit - start:  # The line of the trigger is longer than that.
            data = file.read(start, hit - start + LONG_LINE)
            last = data.find(b"\n", hit - start)
            at_end = last < 0 and len(data) < hit - start + LONG_LINE
        if not at_end:
            data = data[: last + 1] if last >= 0 else _whole_characters(data[: hit - start + ahead])
    rows = data.split(b"\n", MAX_LINES)
    many = len(rows) > MAX_LINES and bool(rows[-1])
    if many:
        data = data[: len(data) - len(rows[-1])]
        at_end = False
    number, column = counter.at(start)
    starts = []
    offset = start
    for row in rows[:MAX_LINES]:
        starts.append(offset)
        offset += len(row) + 1
    return Region(
        start=start,
        end=start + len(data),
        lines=tuple(split(data, number, column)),
        at_end=at_end,
        full=at_end or many or ahead >= MAX_AHEAD,
        _first_number=number,
        _row_starts=tuple(starts),
    )


def _start(file: OpenFile, hit: int, floor: int, look_back: int) -> int:
    """Where a line begins, about ``look_back`` before ``hit``; the beginning of a small file."""
    if floor == 0 and hit < WHOLE and file.read(0, hit).count(b"\n") < MAX_LINES // 2:
        return 0
    back = min(look_back, hit - floor)
    before = file.read(hit - back, back)
    if before.count(b"\n") > MAX_BACK_LINES:
        return hit - sum(len(row) + 1 for row in before.rsplit(b"\n", MAX_BACK_LINES)[1:]) + 1
    if back == hit - floor:
        return floor
    first = before.find(b"\n")
    if first >= 0:
        return hit - back + first + 1
    back = min(hit - floor, LONG_LINE)
    before = file.read(hit - back, back)
    last = before.rfind(b"\n")
    if last >= 0:
        return hit - back + last + 1
    if back == hit - floor:
        return floor
    tail = before[-look_back:]
    return hit - len(tail) + _first_character(tail)


def _first_character(data: bytes) -> int:
    """How many bytes at the front belong to a character that began before."""
    return next((index for index in range(min(4, len(data))) if data[index] & 0xC0 != 0x80), 0)


def _whole_characters(data: bytes) -> bytes:
    """``data`` without the beginning of a character at its end."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return data[:-back] if needed > back else data
    return data
