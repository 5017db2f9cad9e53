"""Lines of a log, however they are wrapped, to the crashes in them.

A stretch of log can be read in several ways: as it stands, without a learnt prefix, as JSON records that carry one
line each, as quoted strings that carry many. Each way that the lines suggest is tried, and the one in which the
analyzers understand most is taken.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from crashlight.logs import prefix, records, strings
from crashlight.logs.lines import MAX_LINE, Line
from crashlight.ports import Claim, PluginHost, Scanner
from crashlight_sdk import Crash, Window
from crashlight_sdk.records import is_quiet

MAX_DEPTH = 5  # wrappings inside each other
MAX_LEARNT = 16  # lines with triggers that a prefix is sought at
MAX_TRIED = 4  # prefixes that are tried on the same lines
MAX_READINGS = 60  # times that analyzers are asked about one region, and some more where it is long


@dataclass(frozen=True, slots=True)
class Understood:
    """A crash, and the lines that its numbers count."""

    claim: Claim
    lines: tuple[Line, ...]

    @property
    def crash(self) -> Crash:
        """The crash itself."""
        return self.claim.crash

    @property
    def first(self) -> int:
        """The file's line on which it begins."""
        return self.lines[self.crash.first_line].number

    @property
    def last(self) -> int:
        """The file's line on which it ends, inclusive."""
        return self.lines[self.crash.last_line].number

    @property
    def touches_end(self) -> bool:
        """Whether nothing but blank lines follows it in its stream."""
        return self.crash.open_end or not any(line.text.strip() for line in self.lines[self.crash.last_line + 1 :])

    @property
    def touches_start(self) -> bool:
        """Whether it begins on the first line, so that more of it may stand before."""
        return self.crash.first_line == 0

    def cells(self) -> dict[int, tuple[int, int]]:
        """The columns that it takes on each of the file's lines."""
        taken: dict[int, tuple[int, int]] = {}
        for line in self.lines[self.crash.first_line : self.crash.last_line + 1]:
            start, end = line.column(0), max(line.column(len(line.text)), line.column(0) + 1)
            before = taken.get(line.number, (start, end))
            taken[line.number] = (min(start, before[0]), max(end, before[1]))
        return taken


@dataclass(slots=True)
class _Budget:
    """How often the analyzers may still be asked, so that hostile text cannot ask without an end."""

    left: int

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


class Understanding:
    """Tries the ways to read lines. Keeps nothing between calls."""

    def __init__(self, scanner: Scanner, host: PluginHost) -> None:
        self._scanner = scanner
        self._host = host
        self._lengths = [len(literal.lstrip()) for literal in scanner.literals()]

    async def crashes(self, lines: Sequence[Line], *, complete: bool) -> list[Understood]:
        """Every crash in ``lines``, each once, in the order of the file."""
        shown = [replace(line, text="") if line.text[:1] == "{" and _is_ours(line.text) else line for line in lines]
        found = await self._read(shown, complete, MAX_DEPTH, _Budget(MAX_READINGS + len(lines) // 20))
        return sorted(_settled(found), key=lambda one: (one.first, one.lines[one.crash.first_line].column(0)))

    async def _read(self, lines: Sequence[Line], complete: bool, depth: int, budget: _Budget) -> list[Understood]:
        hits = self._triggers(lines)
        if not hits or not budget.take():
            return []
        best = await self._as_it_stands(lines, hits, complete)
        if not depth:
            return best
        quoted = await self._in_strings(lines, hits, depth, budget)
        for parts, certain in self._other_ways(lines, hits, best):
            other: list[Understood] = []
            for part in parts:
                other.extend(await self._read(part, complete, depth - 1, budget))
            better, worse = _worth(other), _worth(best)
            if better > worse or (better == worse and (certain or _all_long(other))):
                best = other
        return _settled([*quoted, *best])

    async def _as_it_stands(self, lines: Sequence[Line], hits: Sequence[int], complete: bool) -> list[Understood]:
        texts = tuple([line.text for line in lines])
        shown = tuple(lines)
        if max(map(len, texts)) > MAX_LINE:
            shown = tuple(line if len(line.text) <= MAX_LINE else line.cut(0, MAX_LINE) for line in lines)
            texts = tuple(line.text for line in shown)
        window = Window(texts, tuple(hits), complete)
        return [Understood(_marked(claim, shown), shown) for claim in await self._host.parse(window)]

    async def _in_strings(
        self, lines: Sequence[Line], hits: Sequence[int], depth: int, budget: _Budget
    ) -> list[Understood]:
        found: list[Understood] = []
        for hit in hits:
            line = lines[hit]
            level = records.level(line.text) if strings.is_record(line.text) else ""
            for quoted in strings.with_breaks(line):
                inner = replace(quoted, dropped=level or line.dropped)
                found.extend(await self._read(strings.decoded(inner), True, depth - 1, budget))
        return found

    def _other_ways(
        self, lines: Sequence[Line], hits: Sequence[int], found: Sequence[Understood]
    ) -> Iterator[tuple[list[list[Line]], bool]]:
        """Ways to part the lines into streams without what is in front of them, and whether there is no doubt."""
        streams = records.streams(lines, lambda text: bool(self._scanner.scan(text.encode("utf-8", "replace"))), hits)
        if streams:
            yield streams, True
            return
        heads = {
            number: one.crash.first_line
            for one in found
            for number in range(one.crash.first_line, one.crash.last_line + 1)
        }
        tried: set[str] = set()
        # One line of each report is enough, and every line that belongs to none.
        places = {heads.get(hit, hit): hit for hit in reversed(hits)}
        for head, hit in sorted(places.items())[:MAX_LEARNT]:
            for learnt in prefix.learn(lines, hit, self._column(lines[hit].text)):
                # What the first line of a report lacks is not in front of its lines, but a part of them.
                if learnt.pattern.pattern not in tried and learnt.pattern.match(lines[head].text):
                    tried.add(learnt.pattern.pattern)
                    yield learnt.apart(lines), learnt.certain
            if len(tried) >= MAX_TRIED:
                return

    def _triggers(self, lines: Sequence[Line]) -> list[int]:
        """The lines on which a trigger ends, in order."""
        rows = [line.text.encode("utf-8", "replace") for line in lines]
        found = self._scanner.scan(b"\n".join(rows))
        if not found:
            return []
        ends = list(accumulate(len(row) + 1 for row in rows))
        return list(dict.fromkeys(bisect_left(ends, hit.end) for hit in found))

    def _column(self, text: str) -> int:
        """Where the last trigger begins on a line, without the white space in front; its end if it has none.

        The last, since a short one may stand in a prefix by chance.
        """
        data = text.encode("utf-8", "replace")
        starts = [max(0, hit.end - self._lengths[hit.literal]) for hit in self._scanner.scan(data)]
        return len(data[: max(starts, default=len(data))].decode("utf-8", "replace"))


def _marked(claim: Claim, lines: Sequence[Line]) -> Claim:
    """The claim, marked as handled where what was taken off its first line says that it was logged at INFO or DEBUG."""
    crash = claim.crash
    if crash.handled or not is_quiet(lines[crash.first_line].dropped):
        return claim
    return Claim(claim.plugin, replace(crash, handled=True))


def _worth(found: Sequence[Understood]) -> tuple[int, int]:
    """How much was understood: all frames, and then the fewer reports the better."""
    return sum(len(cause.frames) for one in found for cause in one.crash.causes), -len(found) if found else -1000


def _all_long(found: Sequence[Understood]) -> bool:
    """Whether no report is so short that all of its lines could begin alike by themselves."""
    return all(one.crash.last_line - one.crash.first_line >= 2 for one in found)


def _settled(found: Sequence[Understood]) -> list[Understood]:
    """The reports that share no character with a better one, and no line with one that says the same."""
    order = sorted(found, key=lambda one: (-(one.last - one.first), -_worth([one])[0]))
    taken: dict[int, list[tuple[int, int, Understood]]] = {}
    kept: list[Understood] = []
    for one in order:
        cells = one.cells()
        if any(
            (start < end_before and start_before < end) or _says_the_same(one, other)
            for number, (start, end) in cells.items()
            for start_before, end_before, other in taken.get(number, ())
        ):
            continue
        kept.append(one)
        for number, (start, end) in cells.items():
            taken.setdefault(number, []).append((start, end, one))
    return kept


def _says_the_same(one: Understood, other: Understood) -> bool:
    return (
        one.crash.root.crash_type == other.crash.root.crash_type and one.crash.root.message == other.crash.root.message
    )


def _is_ours(text: str) -> bool:
    """Whether a line is one that ``crashlight scan --format json`` wrote."""
    return text.startswith('{"file": ') and '"group_count": ' in text and '"crash_type": ' in text
