"""JavaScript and TypeScript: Node, Deno, Bun, the browsers, and the reports of test runners."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from . import browsers, fatal, stack
from .rules import RULES

FORMATS = (fatal.report_at, stack.report_at, browsers.report_at)


class NodeAnalyzer:
    """Finds and explains the crashes of JavaScript programs."""

    def parse(self, window: Window) -> list[Crash]:
        """Every report in the window, whichever engine printed it."""
        return read_reports(window, _report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What the rules say of the root cause."""
        return conclude(RULES, crash, excerpt, "node/other")


def _report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    for report_at in FORMATS:
        crash = report_at(lines, at, floor)
        if crash is not None:
            return crash
    return None
