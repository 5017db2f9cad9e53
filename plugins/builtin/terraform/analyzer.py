"""Terraform: errors of plans and applies, with the place in the configuration."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import report_at
from .rules import RULES


class TerraformAnalyzer:
    """Reads the boxes that Terraform draws around its errors."""

    def parse(self, window: Window) -> list[Crash]:
        return read_reports(window, report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding:
        return conclude(RULES, crash, excerpt, "terraform/other")
