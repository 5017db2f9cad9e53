"""Walking a window: the loop that every line-based analyzer needs, written once."""

from collections.abc import Callable
from dataclasses import replace

from crashlight_sdk.words import Cause, Crash, Frame, Window

ReportAt = Callable[[tuple[str, ...], int, int], Crash | None]


def read_reports(window: Window, report_at: ReportAt) -> list[Crash]:
    """All reports of a window, in order and without overlap.

    ``report_at(lines, at, floor)`` gives the report whose sign is line ``at``, or None. It may begin
    before ``at`` but not before ``floor``, the line after the report before. A report that touches the
    end of an incomplete window is marked ``open_end``.
    """
    lines = window.lines
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
