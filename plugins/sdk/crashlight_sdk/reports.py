"""Walking a window: the loop that every line-based analyzer needs, written once."""

import re
from collections.abc import Callable
from dataclasses import replace

from crashlight_sdk.words import Cause, Crash, Frame, Window

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")  # NULs and the like; a blank keeps the columns

ReportAt = Callable[[tuple[str, ...], int, int], Crash | None]


def read_reports(window: Window, report_at: ReportAt) -> list[Crash]:
    """All reports of a window, in order and without overlap.

    ``report_at(lines, at, floor)`` gives the report whose sign is line ``at``, or None. It may begin
    before ``at`` but not before ``floor``, the line after the report before. A report that touches the
    end of an incomplete window is marked ``open_end``.
    """
    lines = tuple(_CONTROL.sub(" ", line) for line in window.lines)
    crashes: list[Crash] = []
    at = floor = 0
    while at < len(lines):
        crash = report_at(lines, at, floor)
        if crash is None:
            at += 1
            continue
        at = floor = max(crash.last_line, at) + 1
        touches = not window.complete and not any(line.strip() for line in lines[floor:])
        crashes.append(replace(crash, open_end=True) if touches else crash)
    return crashes


def culprit(cause: Cause) -> Frame | None:
    """The frame to look at first: the innermost of the application, else the innermost that is not the runtime's."""
    for wanted in (("app",), ("library", "unknown"), ("runtime",)):
        for frame in cause.frames:
            if frame.origin in wanted:
                return frame
    return None


_ENDED = re.compile(
    r"(?:==\d++==\s*+(?:ERROR: )?|ERROR: )(?:libFuzzer: deadly signal|\w*Sanitizer: (?:ABRT|TRAP|ILL)\b)"
    r"|San(?:itizer)?:DEADLYSIGNAL"
)
_SUMMARY = re.compile(r"^\s*+SUMMARY: |ABORTING\s*$")


def sanitizer_epilogue(lines: tuple[str, ...], last: int) -> int:
    """The last line of what a sanitizer or fuzzer says of the abort that ended the report whose end is ``last``.

    A fuzzed program that panics is reported twice, by its language's runtime and by the fuzzer: that is one
    crash. Returns ``last`` where nothing of that kind follows.
    """
    begin = last + 1
    while begin < min(len(lines), last + 4) and not lines[begin].strip():
        begin += 1
    window = range(begin, min(len(lines), begin + 3))
    if not any(_ENDED.search(lines[index]) for index in window):
        return last
    end = begin
    for index in range(begin, min(len(lines), begin + 400)):
        line = lines[index]
        if (
            line.lstrip().startswith(("#", "==", "SCARINESS", "NOTE: ", "Hint", "====="))
            or _ENDED.search(line)
            or _SUMMARY.search(line)
        ):
            end = index
        elif line.strip() and index > end + 3:
            break
    return end
