"""Tracebacks that the library ``rich`` draws in boxes."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

from .errors import CAUSED, error, message_end, whole_message
from .frames import frame

_TOP = re.compile(r"\s*+[╭┌+][─━-]+ ?Traceback \(most recent call last\) ?[─━-]+[╮┐+]")
_BOTTOM = re.compile(r"\s*+[╰└][─━]+[╯┘]")
_FRAME = re.compile(r"\s*+[│|] (?P<file>[^\s│|][^│|]*?):(?P<line>\d++) in (?P<function>\S.*?)\s*+[│|]?\s*+$")
_CODE = re.compile(r"\s*+[│|] ❱ +\d+ [│|](?P<text>.*?)[│|]?\s*+$")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The boxes from line ``at`` on, with the errors below them; the first box is the root cause."""
    causes: list[Cause] = []
    first, last = at, at
    while (box := _box(lines, at)) is not None:
        cause, last = box
        causes.insert(0, cause)
        at = last + 1
        while at < len(lines) and at < last + 6 and (not lines[at].strip() or lines[at].strip() in CAUSED):
            at += 1
    return Crash("python", first, last, tuple(causes)) if causes else None


def _box(lines: tuple[str, ...], at: int) -> tuple[Cause, int] | None:
    if at >= len(lines) or "Traceback (" not in lines[at] or not _TOP.match(lines[at]):
        return None
    frames: list[Frame] = []
    index = at + 1
    while index < len(lines) and not _BOTTOM.match(lines[index]):
        match, code = _FRAME.match(lines[index]), _CODE.match(lines[index])
        if match is not None:
            span = Span(index, match.start("file"), match.end("line"))
            frames.insert(0, frame(match["file"], int(match["line"]), match["function"], span))
        elif code is not None and frames and frames[0].text is None:
            head = frames[0]
            frames[0] = frame(head.file or "", head.line, head.function, head.printed, code["text"].strip())
        index += 1
    found = error(lines[index + 1].strip()) if index + 1 < len(lines) else None
    if found is None:
        return Cause("unknown", "", tuple(frames)), min(index, len(lines) - 1)

    def text_at(number: int) -> str | None:
        return lines[number] if number < len(lines) else None

    end = message_end(text_at, index + 1, len(lines))
    message = whole_message(found[1], text_at, index + 1, end)
    return Cause(found[0], message, tuple(frames), Span(index + 1)), end
