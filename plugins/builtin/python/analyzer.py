"""Python: tracebacks of CPython, pytest, IPython, rich and faulthandler."""

from crashlight_sdk import Crash, Excerpt, Finding, Window
from crashlight_sdk.reports import read_reports
from crashlight_sdk.rules import conclude

from . import faulthandler, ipython, pytest, rich, traceback
from .rules import RULES

# In this order: a pytest section may hold a whole traceback, which then belongs to it.
FORMATS = (pytest.report_at, ipython.report_at, rich.report_at, faulthandler.report_at, traceback.report_at)


class PythonAnalyzer:
    """Finds and explains the crashes of Python programs."""

    def parse(self, window: Window) -> list[Crash]:
        """Every report in the window, whichever way it was printed."""
        return read_reports(window, _report_at)

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What the rules say of the root cause."""
        return conclude(RULES, crash, excerpt, "python/other")


def _report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    for report_at in FORMATS:
        crash = report_at(lines, at, floor)
        if crash is not None:
            return crash
    return None
