"""Failures as RSpec prints them: a number, what failed, what was raised, and frames marked by "#"."""

import re

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import frame_of

_FAILED = re.compile(r"\s*+Failure/Error: (?P<text>.*)$")
_TITLE = re.compile(r"\s*+(?P<number>\d++\.?\d*+)\) (?P<title>\S.*)$")
_CLASS = re.compile(r"(?P<type>[A-Z]\w*(?:::[A-Z]\w*)*):\s*$")
_CAUSED = re.compile(r"\s*+# -+ ?(?:Caused by:)? ?-*\s*$")
_CAUSE = re.compile(r"\s*+# (?P<type>[A-Z]\w*(?:::[A-Z]\w*)*):\s*$")
MAX_LINES = 200


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The failure whose "Failure/Error" line is ``at``."""
    failed = _FAILED.match(lines[at]) if "Failure/Error: " in lines[at] else None
    if failed is None:
        return None
    first = at
    for index in range(at - 1, max(floor, at - 6) - 1, -1):
        if _TITLE.match(lines[index]):
            first = index
            break
    begin = at + 1
    while begin < min(len(lines), at + MAX_LINES) and not lines[begin].lstrip().startswith("# "):
        if _TITLE.match(lines[begin]) or _FAILED.match(lines[begin]):
            return None
        begin += 1
    frames: list[Frame] = []
    index = begin
    while index < len(lines) and lines[index].lstrip().startswith("#"):
        if _CAUSED.match(lines[index]):
            break
        frame = frame_of(lines[index], index)
        if frame is not None:
            frames.append(frame)
        index += 1
    name, message = _said(lines[at + 1 : begin], failed["text"])
    causes = [Cause(name, message, tuple(frames), Span(at, failed.start("text")))]
    last = index - 1
    if index < len(lines) and _CAUSED.match(lines[index]):
        cause, last = _cause(lines, index + 1)
        causes += [cause] if cause is not None else []
    return Crash("ruby", first, last, tuple(causes)) if frames else None


def _said(between: tuple[str, ...], failed: str) -> tuple[str, str]:
    """Class and message between the failed line and the frames; an expectation has no class."""
    rows = [line.strip() for line in between]
    for index, row in enumerate(rows):
        match = _CLASS.match(row)
        if match is not None:
            return match["type"], "\n".join(row for row in rows[index + 1 :] if row).strip()
    return "RSpec::Expectations::ExpectationNotMetError", "\n".join(row for row in rows if row) or failed


def _cause(lines: tuple[str, ...], index: int) -> tuple[Cause | None, int]:
    head = _CAUSE.match(lines[index]) if index < len(lines) else None
    frames: list[Frame] = []
    said: list[str] = []
    begin = index
    index += 1
    while index < len(lines) and lines[index].lstrip().startswith("#"):
        frame = frame_of(lines[index], index)
        if frame is not None:
            frames.append(frame)
        elif not frames:
            said.append(lines[index].strip(" #"))
        index += 1
    if head is None:
        return None, index - 1
    return Cause(head["type"], "\n".join(said), tuple(frames), Span(begin, head.start("type"))), index - 1
