"""The JVM: Java, Kotlin, Scala, Groovy and Clojure, on servers and on Android."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from . import dumps, stacktrace
from .rules import RULES

FORMATS = (dumps.report_at, stacktrace.report_at)


class JvmAnalyzer:
    """Finds and explains the crashes of programs on the JVM and on Android's runtime."""

    def parse(self, window: Window) -> list[Crash]:
        """Every report in the window."""
        return read_reports(window, _report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What the rules say of the root cause."""
        return conclude(RULES, crash, excerpt, "jvm/other")


def _report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    for report_at in FORMATS:
        crash = report_at(lines, at, floor)
        if crash is not None:
            return crash
    return None
