"""The source excerpts that runtimes print above or inside a report."""

import re

from crashlight_sdk import Frame, Span

from .frames import origin

_PLACE = re.compile(
    r"\s*+(?P<file>(?:file:///|node:|[A-Za-z]:[\\/]|[./~*\w@-])[^\s:]*(?: [^\s:]+)*?):(?P<line>\d++|\*)(?::\d+)?\s*$"
)
_CARET = re.compile(r"\s*+[\^~][\^~ ]*+$")
_CODE = re.compile(r"\s*+>?\s*+\d*+ *+[|│]")
MAX_LINES = 12


def above(lines: tuple[str, ...], at: int, floor: int) -> tuple[int, Frame | None]:
    """Node's excerpt above the headline on line ``at``: where it begins, and the place that it shows.

    It is the place on a line of its own, the source line (or a few), and a line of carets.
    """
    index = at - 1
    while index >= floor and index >= at - 2 and not lines[index].strip():
        index -= 1
    if index < floor or not _CARET.match(lines[index]):
        return _code_frame(lines, at, floor), None
    for first in range(index - 1, max(floor, index - MAX_LINES) - 1, -1):
        match = _PLACE.match(lines[first])
        if match is not None:
            number = match["line"]
            text = " ".join(lines[first + 1].split()) if first + 1 < index else None
            frame = Frame(
                file=match["file"],
                line=int(number) if number.isdigit() else None,
                function=None,
                origin=origin(match["file"]),
                printed=Span(first, match.start("file"), match.end("line")),
                text=text,
            )
            return first, frame
    first = _code_frame(lines, index, floor)
    return (first if first < index else at), None


def _code_frame(lines: tuple[str, ...], start: int, floor: int) -> int:
    """Where Bun's numbered source lines above line ``start`` begin."""
    index = at = start
    while index - 1 >= floor and index > at - MAX_LINES and _CODE.match(lines[index - 1]):
        index -= 1
    return index if index < at and any(character.isdigit() for character in lines[index][:8]) else start


def is_code(line: str) -> bool:
    """Whether a line between headline and frames shows source: a numbered line, or carets."""
    return bool(_CODE.match(line) or _CARET.match(line))


def is_numbered(line: str) -> bool:
    """Whether the line is one of a code frame, as Vitest prints it below the place."""
    return bool(_CODE.match(line)) and line.strip() != ""


def is_caret(line: str) -> bool:
    """Whether the line only points at the one above it."""
    return bool(_CARET.match(line))
