"""What an analyzer plugin is."""

from typing import Protocol

from crashlight_sdk.words import Crash, Excerpt, Finding, Window


class Analyzer(Protocol):
    """Text to structure (``parse``), structure to meaning (``explain``).

    An analyzer keeps no state between calls, and must give the same answer for the same input. An
    optional third method, ``refine(crash, finding, excerpt) -> Finding | None``, lets a plugin that
    names ``languages`` in its triggers improve what another analyzer concluded.
    """

    def parse(self, window: Window) -> list[Crash]:
        """Every crash in the window, in order, without overlap; an empty list where there is none."""
        ...

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """Why it crashed; None where no rule fits. ``excerpt`` is the culprit's source where it is known."""
        ...
