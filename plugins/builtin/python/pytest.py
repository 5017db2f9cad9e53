"""Failures as pytest prints them, long and short."""

import re
from dataclasses import replace

from crashlight_sdk import Cause, Crash, Frame, Span

from .errors import CAUSED, error
from .frames import frame

_TITLE = re.compile(r"_{3,} (?P<title>\S.*?) _{3,}\s*$")
_SECTION = re.compile(r"={3,} .*={3,}\s*$|={10,}\s*$|-{3,} Captured |!{3,} ")
_ENTRY = re.compile(r"(?:_ ){3,}_?\s*$")
_PLACE = re.compile(
    r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:<>|\"][^:<>|\"]*\.pyx?|<\w+>):(?P<line>\d++): ?"
    r"(?:in (?P<function>\S.*)|(?P<type>[^\W\d][\w.]*))?\s*$"
)
_DEF = re.compile(r"\s+(?:async )?def (?P<name>\w+)\(")
_SAID = re.compile(r"E(?:   |\t)\s*+(?P<text>.*)$")
_AT = re.compile(r">(?:   |\t)\s*+(?P<text>\S.*)$")
_EXPLAINS = re.compile(r"\s*\+|\s*[-?+] ")
MAX_LINES = 3000


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The failure whose title is line ``at``, or the failure pasted without a title around the first ``E`` line."""
    line = lines[at]
    title = _TITLE.match(line) if line.startswith("___") else None
    if title is not None:
        end = at + 1
        while end < min(len(lines), at + MAX_LINES) and not _TITLE.match(lines[end]) and not _SECTION.match(lines[end]):
            end += 1
        return _section(lines, at, at + 1, end)
    if line.startswith("E  ") and _SAID.match(line) and _has_place(lines, at, floor):
        first, end = _around(lines, at, floor)
        return _section(lines, first, first, end)
    return None


def _has_place(lines: tuple[str, ...], at: int, floor: int) -> bool:
    """Whether line ``at`` is the first of its "E" lines, and a place stands a little above or below them."""
    if at > floor and lines[at - 1].startswith("E  "):
        return False
    near = (*lines[max(floor, at - 4) : at], *lines[at + 1 : at + 40])
    return any(".py" in line and _PLACE.match(line) for line in near)


def _around(lines: tuple[str, ...], at: int, floor: int) -> tuple[int, int]:
    """The lines of a failure that has no title: what is indented, marked or a place, around line ``at``."""
    first = at
    while first > max(floor, at - 200) and _belongs(lines[first - 1]):
        first -= 1
    while first < at and not lines[first].strip():
        first += 1
    end = at + 1
    while end < min(len(lines), at + 500) and _belongs(lines[end]):
        end += 1
    return first, end


def _belongs(line: str) -> bool:
    return not line.strip() or line[:4] in ("    ", "E   ", ">   ") or bool(_PLACE.match(line) or _ENTRY.match(line))


def _section(lines: tuple[str, ...], first: int, index: int, end: int) -> Crash | None:
    causes: list[Cause] = []
    block = _Block()
    last = first
    for number in range(index, end):
        line = lines[number]
        if line.strip() in CAUSED:
            if (cause := block.cause()) is not None:
                causes.insert(0, cause)
            block = _Block()
        elif block.read(number, line):
            last = number
    if (cause := block.cause()) is not None:
        causes.insert(0, cause)
    return Crash("python", first, last, tuple(causes)) if causes else None


class _Block:
    """The entries of one exception; pytest prints the outermost call first and the error with the innermost."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.said: list[str] = []
        self.printed: Span | None = None
        self.type: str | None = None
        self.function: str | None = None
        self.text: str | None = None

    def read(self, number: int, line: str) -> bool:
        """Take one line in; whether it ends or extends the report."""
        if (said := _SAID.match(line)) is not None:
            if not self.said:
                self.printed = Span(number, said.start("text"))
            self.said.append(said["text"])
        elif (place := _PLACE.match(line)) is not None:
            self.frames.insert(0, self._frame(number, place))
            self.type = place["type"] or self.type
            self.function = self.text = None
        elif (marked := _AT.match(line)) is not None:
            self.text = marked["text"]
        elif (defined := _DEF.match(line)) is not None:
            self.function = defined["name"]
            return False
        elif self.frames and line.startswith("    ") and self.frames[0].text is None and not self.said:
            self.frames[0] = replace(self.frames[0], text=line.strip())
        else:
            return False
        return True

    def _frame(self, number: int, place: re.Match[str]) -> Frame:
        span = Span(number, place.start("file"), place.end("line"))
        function = place["function"] or self.function
        return frame(place["file"], int(place["line"]), function, span, self.text)

    def cause(self) -> Cause | None:
        """The exception, where the entries name one; an assertion is printed as the failed expression alone."""
        if not self.said or not self.frames:
            return None
        found = error(self.said[0])
        known = found is not None and (
            self.type is None or found[0].rpartition(".")[2] == self.type.rpartition(".")[2] or ":" in self.said[0]
        )
        if found is not None and known and not self.said[0].startswith("assert "):
            name, head = found
        else:
            name, head = self.type or "AssertionError", self.said[0]
        more = [text for text in self.said[1:] if text.strip()]
        details = "\n".join(text for text in more if _EXPLAINS.match(text))
        message = "\n".join([head, *(text for text in more if not _EXPLAINS.match(text))])
        return Cause(name, message, tuple(self.frames), self.printed, details)
