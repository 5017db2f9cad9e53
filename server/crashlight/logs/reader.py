"""Bytes of a log to occurrences."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from crashlight.domain import Occurrence
from crashlight.logs.encoding import as_utf8
from crashlight.logs.fingerprint import fingerprint
from crashlight.logs.lines import Line
from crashlight.logs.quoting import fenced, is_document
from crashlight.logs.region import Reach, Region, cut
from crashlight.logs.search import LineCounter, Search
from crashlight.logs.understanding import Understanding, Understood
from crashlight.ports import OpenFile, PluginHost, Scanner
from crashlight_sdk import Crash, Span

MARGIN = 4 * 1024  # a trigger this near to the end of a region gets a region of its own
SOON = 1024  # bytes behind a report after which the next write no longer belongs to it


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a log, at the beginning of a line (1-based)."""

    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class Located:
    """An occurrence, where it begins, and where the line after it does. ``may_grow`` when little follows it yet."""

    occurrence: Occurrence
    start: Place
    end: Place
    may_grow: bool


class LogReader:
    """Finds every crash in a log, in order, in memory that does not grow with the log.

    ``quoted`` also reports the traces in fenced blocks of Markdown, which are examples most of the time.
    """

    def __init__(self, scanner: Scanner, host: PluginHost, *, quoted: bool = False) -> None:
        self.quoted = quoted
        self._scanner = scanner
        self._understanding = Understanding(scanner, host)

    async def read(self, file: OpenFile, name: str) -> AsyncIterator[Occurrence]:
        """Every crash in ``file``. Raises OSError when the file cannot be read."""
        async for located in self.read_from(file, name, Place()):
            yield located.occurrence

    async def read_from(
        self, file: OpenFile, name: str, start: Place, *, growing: bool = False
    ) -> AsyncIterator[Located]:
        """Every crash behind ``start``. In a log that is ``growing`` the last report may be incomplete."""
        text = await asyncio.to_thread(as_utf8, file)
        counter = LineCounter(text, start.offset, start.line)
        search = Search(text, self._scanner, start.offset, counter)
        floor = start.offset  # nothing before it is told again
        done = start.offset  # no trigger before it is looked at again
        while not search.finished:
            for hit in await asyncio.to_thread(search.next):
                if hit < done:
                    continue
                region, found = await self._around(text, counter, hit, floor, growing)
                examples = fenced(region.lines) if is_document(name) and not self.quoted else frozenset()
                for one in found:
                    if one.first not in examples:
                        yield _located(one, region, name, growing)
                ends = [region.start_of(one.last + 1) for one in found]
                floor = max([floor, *ends])
                done = max(hit + 1, floor, region.end if region.at_end else region.end - MARGIN)

    async def _around(
        self, text: OpenFile, counter: LineCounter, hit: int, floor: int, growing: bool
    ) -> tuple[Region, list[Understood]]:
        """The region of a trigger, lengthened until the reports in it begin and end there, and what is in it."""
        reach = Reach()
        while True:
            if reach == Reach():
                region = cut(text, counter, hit, floor, reach)  # Short, and was read a moment ago.
            else:
                region = await asyncio.to_thread(cut, text, counter, hit, floor, reach)
            complete = region.at_end and not growing
            found = await self._understanding.crashes(region.lines, complete=complete)
            before = region.start > floor and any(one.touches_start for one in found)
            after = not region.full and any(one.touches_end for one in found)
            longer = reach.longer(before=before, after=after)
            if longer == reach:
                return region, found
            reach = longer


def _located(one: Understood, region: Region, name: str, growing: bool) -> Located:
    crash, lines = _trimmed(one)
    occurrence = Occurrence(
        log=name,
        crash=crash,
        plugin=one.claim.plugin,
        origins=tuple(line.origin() for line in lines),
        fingerprint=fingerprint(one.crash),
        partial=growing and region.at_end and one.crash.open_end,
    )
    return Located(
        occurrence,
        Place(region.start_of(one.first), one.first),
        Place(region.start_of(one.last + 1), one.last + 1),
        may_grow=region.at_end and (one.touches_end or region.end - region.start_of(one.last + 1) < SOON),
    )


def _trimmed(one: Understood) -> tuple[Crash, tuple[Line, ...]]:
    """The crash with only those lines of its window that it speaks of, so that ten thousand of them fit in memory."""
    crash = one.crash
    spans = [
        span for cause in crash.causes for span in (cause.printed, *(frame.printed for frame in cause.frames)) if span
    ]
    first = min([crash.first_line, *(span.line for span in spans)])
    last = max([crash.last_line, *(span.line for span in spans)])

    def moved(span: Span | None) -> Span | None:
        return None if span is None else Span(span.line - first, span.start, span.end)

    causes = tuple(
        replace(
            cause,
            printed=moved(cause.printed),
            frames=tuple(replace(frame, printed=moved(frame.printed)) for frame in cause.frames),
        )
        for cause in crash.causes
    )
    trimmed = replace(crash, first_line=crash.first_line - first, last_line=crash.last_line - first, causes=causes)
    return trimmed, one.lines[first : last + 1]
