"""C, C++ and other native code: sanitizers, debuggers, aborts, signals and bare backtraces."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class NativeAnalyzer:
    """Reads what compilers' runtimes, debuggers, shells and C libraries print of a crash."""

    def parse(self, window: Window) -> list[Crash]:
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding:
        return conclude(RULES, crash, excerpt, "native/other")
