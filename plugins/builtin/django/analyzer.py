"""Django on Python: the traceback is read by the Python analyzer; what Django's exceptions mean is said here."""

from crashlight_sdk import Crash, Excerpt, Finding
from crashlight_sdk.rules import conclude

from .rules import RULES

OTHERWISE = "django/none"


class DjangoAnalyzer:
    """Only refines: it finds no crash of its own."""

    def refine(self, crash: Crash, finding: Finding | None, excerpt: Excerpt | None) -> Finding | None:
        """A finding where a rule of Django's fits; None leaves what was said."""
        if not _is_django(crash):
            return None
        better = conclude(RULES, crash, excerpt, OTHERWISE)
        return None if better.rule == OTHERWISE else better


def _is_django(crash: Crash) -> bool:
    """Whether Django raised it, or called the code that did."""
    return crash.root.crash_type.startswith("django.") or any(
        "/django/" in frame.file.replace("\\", "/")
        for cause in crash.causes
        for frame in cause.frames
        if frame.file is not None
    )
