"""Elixir and Erlang: raised exceptions, terminating processes, ExUnit, SASL reports."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class ElixirAnalyzer:
    """Finds and explains the crashes of programs on the BEAM."""

    def parse(self, window: Window) -> list[Crash]:
        """Every report in the window."""
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What the rules say of the root cause."""
        return conclude(RULES, crash, excerpt, "elixir/other")
