"""The smallest good plugin: a shell script that calls a command that is not there.

It reads ``deploy.sh: line 12: kubctl: command not found``.
"""

import re

from crashlight_sdk import Cause, Crash, Excerpt, Finding, Frame, Span, Window

# Linear in the length of the line: every part ends at a character that the part before it cannot match, none
# gives back what it took (``++``), and the lookbehind lets a match begin at the start of a word alone.
NOT_FOUND = re.compile(
    r"(?<![^\s:])(?P<file>[^\s:]++): line (?P<line>\d{1,7}): (?P<command>[^\s:]++): command not found"
)


class SmallestAnalyzer:
    """Finds one kind of line and explains it."""

    def parse(self, window: Window) -> list[Crash]:
        """A crash for each line that fits."""
        return [
            _crash(number, match)
            for number, line in enumerate(window.lines)
            if "command not found" in line and (match := NOT_FOUND.search(line))
        ]

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """What is missing, and where it is called."""
        command = crash.root.message.partition(":")[0]
        return Finding(
            category="missing-dependency",
            cause=f"The script calls '{command}', which is not installed or not on the PATH.",
            fix=f"Install '{command}', correct its name, or extend PATH.",
            confidence=0.9,
            rule="smallest/command-not-found",
        )


def _crash(number: int, match: re.Match[str]) -> Crash:
    frame = Frame(
        file=match["file"],
        line=int(match["line"]),
        function=None,
        origin="app",
        printed=Span(number, match.start("file"), match.end("line")),
    )
    headline = Span(number, match.start("command"), match.end())
    cause = Cause("command not found", f"{match['command']}: command not found", (frame,), headline)
    return Crash("shell", number, number, (cause,))
