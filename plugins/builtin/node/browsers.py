"""Stacks of Firefox, Safari and old Opera: ``function@url:line:column``, two neighbouring lines at least."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span
from crashlight_sdk.records import indent, logged_quietly

from .frames import origin
from .headline import headline

_URL = r"(?:https?|file|webpack(?:-internal)?|resource|chrome|moz-extension|safari-(?:web-)?extension|app|capacitor|blob|ionic)://"
_MOZILLA = re.compile(
    rf"\s*+(?P<function>[^@\s(][^@(]*+(?:\[\"[^\"]*\"\])?|[^\s@][^@]*?\(.*\)|\w+\[\"@?[^\"]*\"\]"
    rf"|\(.*?\)|)@(?P<file>{_URL}[^\s]*?|Scratchpad/\d+|debugger eval code|\[native code\]"
    rf"|/[^\s:]+)"
    r"(?P<eval> line \d+ > (?:eval|Function).*?)?(?::(?P<line>\d++))?(?::(?P<column>\d++))?\s*$"
)
_BARE = re.compile(rf"\s*+(?P<function>)(?P<file>{_URL}[^\s]+?)(?::(?P<line>\d++))(?::(?P<column>\d++))\s*$")
_FLAGGED = re.compile(r"\s*+(?P<function>[\w$.]*)@?\[native code\]\s*$|(?:eval|global|module) code\s*$")
_EVAL_LINE = re.compile(r" line (?P<line>\d++) > (?:eval|Function)")
_OPERA = re.compile(
    r"(?:\s*+\.\.\.)?\s*+Line (?P<line>\d++) of (?:linked script|inline#\d+ script in) (?P<file>[^\s:]+:[^\s:]+)"
    r"(?:: In function (?P<function>\S+))?\s*$"
)
_OPERA_HEAD = re.compile(r"Statement on line \d+: (?P<what>.*)|Backtrace:\s*$")
MAX_FRAME = 2_000  # characters of a frame
_CREATED = re.compile(r"Error (?:created|thrown) at ")
_NAME = re.compile(r"[\w$.<>/]{1,80}\s*$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The stack whose first certain frame is line ``at``."""
    line = lines[at]
    if "Line " in line and _OPERA.match(line):
        return _opera(lines, at, floor)
    if "@" not in line and "://" not in line:
        return None
    if _frame(line, at) is None:
        return None
    first = at
    while (
        first > floor and first > at - 3 and (_FLAGGED.match(lines[first - 1]) or _lone_name(lines, first - 1, floor))
    ):
        first -= 1
    frames, last = _run(lines, first)
    head = headline(lines[first - 1]) if first > floor else None
    message = ""
    if head is None and first - 2 >= floor and (above := headline(lines[first - 2])) is not None and above.strong:
        head, message, first = above, lines[first - 1].strip(), first - 1
    placed = [frame for frame in frames if frame.file is not None]
    if (len(frames) < 2 and head is None) or not placed:
        return None
    if head is None:
        cause = Cause("Error", "", tuple(frames))
        return Crash("javascript", first, last, (cause,), handled=logged_quietly(lines, first))
    said = f"{head.message}\n{message}".strip()
    cause = Cause(head.type, said, tuple(frames), Span(first - 1, head.column))
    return Crash("javascript", first - 1, last, (cause,), handled=logged_quietly(lines, first - 1))


def _lone_name(lines: tuple[str, ...], index: int, floor: int) -> bool:
    """A function without a place, as Safari prints code inside ``eval``; only above its other marks."""
    below = lines[index + 1]
    inside = _FLAGGED.match(below) is not None or (_NAME.fullmatch(below) is not None and index > floor)
    return inside and _NAME.fullmatch(lines[index]) is not None and headline(lines[index]) is None


def _run(lines: tuple[str, ...], first: int) -> tuple[list[Frame], int]:
    frames: list[Frame] = []
    index = first
    while index < len(lines):
        line = lines[index]
        frame = _frame(line, index)
        if frame is not None:
            frames.append(frame)
        elif _FLAGGED.match(line) or (_NAME.fullmatch(line) and not frames):
            frames.append(Frame(None, None, line.partition("@")[0].strip() or None, origin="runtime"))
        elif not (_CREATED.match(line) or line.strip() in ("[native code]", "Async*")):
            break
        index += 1
    return frames, index - 1


def _frame(line: str, index: int) -> Frame | None:
    if len(line) > MAX_FRAME:
        return None
    match = _MOZILLA.match(line) if "@" in line else None
    match = match or (_BARE.match(line) if "://" in line else None)
    if match is None:
        return None
    file, number = match["file"], match["line"]
    groups = match.groupdict()
    if (inside := groups.get("eval")) is not None and (outer := _EVAL_LINE.match(inside)) is not None:
        number = outer["line"]
    if number is None and file != "[native code]":
        return None
    native = file == "[native code]"
    return Frame(
        file=None if native else file,
        line=int(number) if number and not native else None,
        function=(match["function"] or "").partition("(")[0].strip() or None,
        column=int(match["column"]) if match["column"] and not groups.get("eval") else None,
        origin="runtime" if native else origin(file),
        printed=None if native else Span(index, match.start("file"), match.end("line") if match["line"] else None),
    )


def _opera(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    frames: list[Frame] = []
    last = index = at
    while index < len(lines):
        match = _OPERA.match(lines[index])
        if match is None:
            break
        span = Span(index, match.start("line"), match.end("file"))
        text = lines[index + 1].strip() if index + 1 < len(lines) and not _OPERA.match(lines[index + 1]) else None
        frames.append(
            Frame(
                match["file"],
                int(match["line"]),
                match["function"],
                origin=origin(match["file"]),
                printed=span,
                text=text,
            )
        )
        last = index + 1 if text is not None and indent(lines[index + 1]) else index
        index = last + 1
    first, message, printed = at, "", None
    while first > floor and (head := _OPERA_HEAD.match(lines[first - 1])) is not None:
        first -= 1
        if head["what"]:
            message, printed = head["what"], Span(first, head.start("what"))
    if len(frames) < 2 and printed is None:
        return None
    return Crash("javascript", first, last, (Cause("Error", message, tuple(frames), printed),))
