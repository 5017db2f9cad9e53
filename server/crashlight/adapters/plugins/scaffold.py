"""``crashlight plugins new``: a plugin that works, with a sample log and a test."""

from pathlib import Path
from typing import Final

from crashlight.adapters.plugins.manifest import ID_PATTERN, PluginError

_MANIFEST: Final = """\
[plugin]
id = "{id}"
version = "0.1.0"
api = 1
entry = "analyzer:{name}Analyzer"
description = "What it reads, in one line."

[triggers]
literals = ["{id} failed: "]

[permissions]
source = "none"
"""

_ANALYZER: Final = '''\
"""Reads lines such as ``app.cfg:12: {id} failed: no such key``. Change it to what your crashes look like."""

import re

from crashlight_sdk import Cause, Crash, Excerpt, Finding, Frame, Span, Window

# Each part ends at a character that the part before it cannot match, and gives nothing back (``++``); the
# lookbehind lets a match begin at the start of a word alone, not once for each of its letters.
FAILED = re.compile(r"(?<![^\\s:])(?P<file>[^\\s:]++):(?P<line>\\d{{1,7}}): {id} failed: (?P<message>.++)")


class {name}Analyzer:
    """Text to structure, structure to meaning."""

    def parse(self, window: Window) -> list[Crash]:
        """A crash for each line that fits. Line numbers are 0-based in the window."""
        return [_crash(number, match) for number, line in enumerate(window.lines) if (match := FAILED.search(line))]

    def explain(self, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        """Why it failed and what to do; None where no rule fits."""
        return Finding(
            category="other",
            cause=f"{id} said: {{crash.root.message[:200]}}",
            fix="Look at the line that it names.",
            confidence=0.5,
            rule="{id}/failed",
        )


def _crash(number: int, match: re.Match[str]) -> Crash:
    place = Span(number, match.start("file"), match.end("line"))
    frame = Frame(match["file"], int(match["line"]), None, origin="app", printed=place)
    cause = Cause("{id} failed", match["message"], (frame,), Span(number, match.start("message"), match.end()))
    return Crash("other", number, number, (cause,))
'''

_SAMPLE: Final = """\
starting
app.cfg:12: {id} failed: no such key
stopped
"""

_TEST: Final = '''\
"""Run with pytest, or run ``crashlight plugins test`` on the plugin's folder for the sandbox's view."""

from pathlib import Path

from crashlight_sdk.testing import load, parse

FOLDER = Path(__file__).parent.parent


def test_the_sample_is_found() -> None:
    crash, = parse(load(FOLDER), (FOLDER / "tests" / "sample.log").read_text())
    assert (crash.first_line, crash.root.message) == (1, "no such key")
    assert crash.root.frames[0].line == 12
'''


def new(plugin: str, parent: Path) -> Path:
    """Write a plugin into a new folder of its name below ``parent``. Raises PluginError."""
    if not ID_PATTERN.fullmatch(plugin):
        raise PluginError(f"'{plugin}' is no id: small letters, digits and '-', a letter first, at most 40")
    folder = parent / plugin
    if folder.exists():
        raise PluginError(f"{folder} exists already")
    words = {"id": plugin, "name": "".join(part.capitalize() for part in plugin.split("-"))}
    (folder / "tests").mkdir(parents=True)
    for path, template in (
        ("plugin.toml", _MANIFEST),
        ("analyzer.py", _ANALYZER),
        ("tests/sample.log", _SAMPLE),
        (f"tests/test_{plugin.replace('-', '_')}.py", _TEST),
    ):
        (folder / path).write_text(template.format(**words), encoding="utf-8")
    return folder
