"""Dart and Flutter: unhandled exceptions, and what the framework catches and prints."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class DartAnalyzer:
    """Finds and explains the crashes of Dart programs."""

    def parse(self, window: Window) -> list[Crash]:
        """Every report in the window."""
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What the rules say of the root cause."""
        return conclude(RULES, crash, excerpt, "dart/other")
