"""Ruby: uncaught exceptions in both orders, Rails and loggers, Minitest and RSpec, crashes of the interpreter."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from . import backtrace, rspec
from .rules import RULES

FORMATS = (rspec.report_at, backtrace.report_at)


class RubyAnalyzer:
    """Finds and explains the crashes of Ruby programs."""

    def parse(self, window: Window) -> list[Crash]:
        """Every report in the window."""
        return read_reports(window, _report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What the rules say of the root cause."""
        return conclude(RULES, crash, excerpt, "ruby/other")


def _report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    for report_at in FORMATS:
        crash = report_at(lines, at, floor)
        if crash is not None:
            return crash
    return None
