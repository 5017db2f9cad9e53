"""Kernels: oopses, panics, warnings, sanitizers, lockdep, stalls, the OOM killer, ZFS, the BSDs and Zircon."""

from dataclasses import replace

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from .reports import PREFIX, report_at
from .rules import RULES


class KernelAnalyzer:
    """Reads what kernels print on their console when something is wrong with them."""

    def parse(self, window: Window) -> list[Crash]:
        lines = tuple(_blanked(line) for line in window.lines)
        return read_reports(replace(window, lines=lines), report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding:
        return conclude(RULES, crash, excerpt, "kernel/other")


def _blanked(line: str) -> str:
    """The line with time stamps and the like replaced by blanks, so that columns stay what they are."""
    prefix = PREFIX.match(line)
    width = prefix.end() if prefix else 0
    return " " * width + line[width:] if width else line
