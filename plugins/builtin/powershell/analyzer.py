"""PowerShell: errors in both layouts, and those of its parser."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class PowershellAnalyzer:
    """Reads the error records of Windows PowerShell and of PowerShell 7."""

    def parse(self, window: Window) -> list[Crash]:
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding:
        return conclude(RULES, crash, excerpt, "powershell/other")
