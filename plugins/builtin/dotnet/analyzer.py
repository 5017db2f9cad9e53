""".NET: exceptions of CoreCLR, .NET Framework, Mono, Unity and NativeAOT."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class DotnetAnalyzer:
    """Reads exceptions as ``Exception.ToString`` prints them, and what the runtimes say of a failure of their own."""

    def parse(self, window: Window) -> list[Crash]:
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding:
        return conclude(RULES, crash, excerpt, "dotnet/other")
