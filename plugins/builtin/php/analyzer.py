"""PHP: fatal errors, uncaught exceptions, and the logs of Laravel, Symfony and PHPUnit."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from . import fatal, frameworks
from .rules import RULES

FORMATS = (fatal.report_at, frameworks.report_at)


class PhpAnalyzer:
    """Finds and explains the crashes of PHP programs."""

    def parse(self, window: Window) -> list[Crash]:
        """Every report in the window."""
        return read_reports(window, _report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What the rules say of the root cause."""
        return conclude(RULES, crash, excerpt, "php/other")


def _report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    for report_at in FORMATS:
        crash = report_at(lines, at, floor)
        if crash is not None:
            return crash
    return None
