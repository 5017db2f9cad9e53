"""Erlang: crash and error reports of OTP, exceptions in the shell and in scripts, Lager's one-line reports."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class ErlangAnalyzer:
    """Reads what the Erlang runtime says of a process that ended by an error."""

    def parse(self, window: Window) -> list[Crash]:
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding:
        return conclude(RULES, crash, excerpt, "erlang/other")
