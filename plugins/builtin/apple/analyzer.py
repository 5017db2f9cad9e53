"""Apple: crash reports of macOS and iOS, Swift's fatal errors, exceptions of Objective-C."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class AppleAnalyzer:
    """Reads what Apple's systems and the runtimes of Swift and Objective-C print."""

    def parse(self, window: Window) -> list[Crash]:
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding:
        return conclude(RULES, crash, excerpt, "apple/other")
